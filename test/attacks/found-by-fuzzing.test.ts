/**
 * Requests that made the server fail once, each with what it hit. None needed more than a typo.
 *
 * - A body that does not say it is JSON: the library's own 415 was taken for a failure of the server.
 * - The description of the API: one schema said "undefined", which no JSON can be, and all of it was gone.
 * - A trial at the address "": the check of its parts ran though it was no address, and threw.
 * - An end on 9999-12-31, as some write “never”, with days of grace: they ended in the year +010000, which
 *   is no timestamp, and no client could read any list with that license in it.
 */
import { expect, test } from 'vitest';
import { License } from '../../shared/api/licenses.ts';
import { openPortal, openServer } from '../support/server/server.ts';

test('a body of another content type is a mistake of the client', async () => {
  const { app } = await openServer();
  const answer = await app.request('/v1/sessions', {
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body: '{"email":"ana@example.com","password":"x"}',
  });
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ code: 'invalid-request' });
});

test('the API describes itself, and nothing in it contradicts itself', async () => {
  const { ask } = await openServer();
  const { status, body } = await ask('GET', '/openapi.json');
  expect(status).toBe(200);
  const text = JSON.stringify(body);
  // A pattern with the flags of its literal, and a reference that must also be null, fit nothing.
  expect(text).not.toMatch(/"pattern":"[^"]*\/[a-z]+"/u);
  expect(text).not.toMatch(/"allOf":\[\{"\$ref":"[^"]+"\},\{"type":\[[^\]]*"null"/u);
});

test('a trial at no address is refused by its field', async () => {
  const server = await openServer();
  await server.createAccount('ana@example.com');
  await server.createLicense();
  const { status, body } = await server.ask('PATCH', '/v1/operator/products/suite', {
    token: server.operator,
    json: { trial: { url: '' } },
  });
  expect(status).toBe(400);
  expect(body).toMatchObject({ code: 'invalid-request', detail: expect.stringContaining('url') });
});

test('a license that ends at the end of the calendar can be read', async () => {
  const portal = await openPortal({
    type: 'subscription',
    expiresAt: '9999-12-31T23:59:59Z',
    graceDays: 365,
  });
  const { body } = await portal.ask<{ items: unknown[] }>('GET', '/v1/licenses', {
    token: portal.ana,
  });
  expect(License.parse(body.items[0]).graceEndsAt).toBe('9999-12-31T23:59:59.999Z');
  expect((await portal.activate('web-1')).status).toBe(201);
});
