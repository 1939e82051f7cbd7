import { describe, expect, test } from 'vitest';
import type { Activated } from '../../../shared/api/activations.ts';
import type { Usage } from '../../../shared/api/usage.ts';
import { seatKey } from '../../../server/domain/index-keys.ts';
import { housekeeping } from '../../../server/usecases/upkeep/housekeeping.ts';
import { openCast } from '../../support/examples/cast.ts';
import { day, hour, openPortal } from '../../support/server/server.ts';

describe('what has ended is forgotten', () => {
  test('sessions, codes, kept answers and password requests, each after its time', async () => {
    const portal = await openPortal();
    await portal.ask('POST', '/v1/operator/accounts', {
      token: portal.operator,
      json: { email: 'ina@example.com', name: 'Invited' },
      headers: { 'idempotency-key': 'create-ina' },
    });
    await portal.ask('POST', '/v1/password-resets', { json: { email: 'ana@example.com' } });
    const counts = () =>
      portal.deps.store.read(async (reader) => ({
        sessions: await reader.sessions.count(),
        codes: await reader.codes.count(),
        idempotency: await reader.idempotency.count(),
        passwordRequests: await reader.passwordRequests.count(),
      }));
    const before = await counts();
    expect(before).toEqual({ sessions: 2, codes: 1, idempotency: 1, passwordRequests: 1 });
    await housekeeping(portal.deps);
    expect(await counts()).toEqual(before);
    portal.time.now += 2 * hour;
    await housekeeping(portal.deps);
    expect(await counts()).toEqual({ ...before, sessions: 0 });
    portal.time.now += day;
    await housekeeping(portal.deps);
    expect(await counts()).toEqual({ sessions: 0, codes: 0, idempotency: 0, passwordRequests: 1 });
    portal.time.now += 7 * day;
    await housekeeping(portal.deps);
    expect(await counts()).toMatchObject({ passwordRequests: 0 });
  });

  test('the mark of a session that was ended by its person', async () => {
    const portal = await openPortal();
    const { body } = await portal.ask<{ id: string }>('GET', '/v1/sessions/current', {
      token: portal.ana,
    });
    expect(portal.deps.store.marks.get(body.id)).toBeDefined();
    await portal.ask('DELETE', '/v1/sessions/current', { token: portal.ana });
    await housekeeping(portal.deps);
    expect(portal.deps.store.marks.get(body.id)).toBeUndefined();
  });

  test('never a machine that is activated again just as it would be forgotten: seat and token stay', async () => {
    const portal = await openPortal();
    const { body: gone } = await portal.activate('web-1');
    const path = `/v1/activations/${gone.activation.id}`;
    await portal.ask('DELETE', path, { token: gone.activationToken });
    portal.time.now += 30 * day;
    const { store } = portal.deps;
    let again: Activated | undefined;
    // Between the moment when it is found to be over and the one when it would be deleted.
    const between: typeof store = {
      ...store,
      transact: async (actor, work) => {
        again ??= (await portal.activate('web-1')).body;
        return store.transact(actor, work);
      },
    };
    await housekeeping({ ...portal.deps, store: between });
    if (!again) throw new Error('nothing was forgotten');
    expect(again.activation.id).toBe(gone.activation.id);
    expect((await portal.checkIn(again)).status).toBe(200);
    expect(store.marks.get(again.activation.id)).toMatchObject({ at: portal.time.now });
    await housekeeping(portal.deps);
    expect((await portal.checkIn(again)).status).toBe(200);
  });

  test('a machine that gave its seat up for good, once its lease has ended; the journal still names it', async () => {
    const portal = await openPortal();
    const { body: gone } = await portal.activate('web-1');
    const { body: released } = await portal.activate('web-2');
    const { body: running } = await portal.activate('web-3');
    const path = `/v1/activations/${gone.activation.id}`;
    const deactivated = await portal.ask('DELETE', path, { token: gone.activationToken });
    expect(deactivated.status).toBe(204);
    await portal.ask(
      'DELETE',
      `/v1/licenses/${portal.license.id}/activations/${released.activation.id}`,
      { token: portal.ana },
    );
    const kept = () =>
      portal.deps.store.read(async (reader) =>
        (await reader.activations.list()).map(({ id }) => id),
      );
    const both = [released.activation.id, running.activation.id];
    portal.time.now += 71 * hour;
    await housekeeping(portal.deps);
    expect(await kept()).toEqual([gone.activation.id, ...both]);
    portal.time.now += hour;
    await housekeeping(portal.deps);
    expect(await kept()).toEqual(both);
    expect(portal.deps.store.marks.get(gone.activation.id)).toBeUndefined();
    const token = await portal.signIn('op@example.com');
    const journal = await portal.ask<{ items: { action: string; targetLabel: string }[] }>(
      'GET',
      '/v1/operator/journal',
      { token },
    );
    expect(journal.body.items).toContainEqual(
      expect.objectContaining({ action: 'activation.deactivate', targetLabel: 'web-1' }),
    );
  });

  test('who held a floating seat until its lease ended; the machine takes one again as before', async () => {
    const portal = await openPortal({
      maxActivations: 2,
      policy: { floating: true, leaseHours: 2, checkInMinutes: 30 },
    });
    const { body: gone } = await portal.activate('job-1');
    const { body: running } = await portal.activate('job-2');
    const written = () =>
      portal.deps.store.read(async (reader) =>
        (await reader.activations.by('seat', seatKey(portal.license.id, 1))).map(({ id }) => id),
      );
    portal.time.now += hour;
    expect((await portal.checkIn(running)).status).toBe(200);
    portal.time.now += hour;
    await housekeeping(portal.deps);
    expect(await written()).toEqual([running.activation.id]);
    expect((await portal.checkIn(gone)).status).toBe(200);
    expect(await written()).toEqual([gone.activation.id, running.activation.id]);
    await housekeeping(portal.deps);
    expect(await written()).toEqual([gone.activation.id, running.activation.id]);
  });

  test('links to a file after an hour, those to a trial after a minute', async () => {
    const { deps, time, ids, tokens, ask } = await openCast();
    const counts = () =>
      deps.store.read(async (reader) => [
        await reader.downloadLinks.count(),
        await reader.trialLinks.count(),
      ]);
    const { operator: token } = tokens;
    const json = { trial: { days: 10, url: 'https://try.example.com' } };
    await ask('PATCH', `/v1/operator/products/${ids.product}`, { token, json });
    const trial = { token: tokens.owner, json: { product: ids.product } };
    expect((await ask('POST', '/v1/trial', trial)).status).toBe(201);
    expect(await counts()).toEqual([1, 1]);
    time.now += 59_000;
    await housekeeping(deps);
    expect(await counts()).toEqual([1, 1]);
    time.now += 1000;
    await housekeeping(deps);
    expect(await counts()).toEqual([1, 0]);
    const [link] = await deps.store.read((reader) => reader.downloadLinks.list());
    time.now = link?.expiresAt ?? 0;
    await housekeeping(deps);
    expect(await counts()).toEqual([0, 0]);
  });
});

test('usage is kept for 400 days: months before that go, but for the last that says what was held since', async () => {
  const portal = await openPortal({ maxActivations: 5, type: 'perpetual' });
  const begin = portal.time.now;
  const ids = () =>
    portal.deps.store.read(async (reader) =>
      (await reader.usage.list()).map(({ id }) => id.slice(-'2026-03'.length)),
    );
  for (let month = 0; month < 4; month += 1) {
    portal.time.now = begin + month * 31 * day;
    expect((await portal.activate(`server-${month}`)).status).toBe(201);
    await portal.deps.usage.flush();
  }
  expect(await ids()).toEqual(['2026-03', '2026-04', '2026-05', '2026-06']);
  portal.time.now = Date.parse('2027-05-15T08:00:00Z');
  await housekeeping(portal.deps);
  expect(await ids()).toEqual(['2026-03', '2026-04', '2026-05', '2026-06']);
  portal.time.now = Date.parse('2027-07-15T08:00:00Z');
  await housekeeping(portal.deps);
  expect(await ids()).toEqual(['2026-05', '2026-06']);
  portal.time.now = Date.parse('2027-12-15T08:00:00Z');
  await housekeeping(portal.deps);
  expect(await ids()).toEqual(['2026-06']);
  // Four seats are still held, and every day that can be asked for says so.
  const ana = await portal.signIn('ana@example.com');
  const target = `/v1/licenses/${portal.license.id}/usage?from=2026-12-01&to=2026-12-02`;
  const { body } = await portal.ask<Usage>('GET', target, { token: ana });
  expect(body.days).toEqual([
    { day: '2026-12-01', used: 4, peak: 4, refused: 0 },
    { day: '2026-12-02', used: 4, peak: 4, refused: 0 },
  ]);
});

test('once the certificate of the signing key has ended, activating says so, and reading goes on', async () => {
  const portal = await openPortal();
  portal.time.now += 366 * day;
  const { status, body, headers } = await portal.activate('server-1');
  expect(status).toBe(503);
  expect(headers.get('retry-after')).toBe('3600');
  expect(body).toMatchObject({
    code: 'unavailable',
    detail: expect.stringContaining('licet keys rotate'),
  });
  const token = await portal.signIn('ana@example.com');
  const license = await portal.ask('GET', `/v1/licenses/${portal.license.id}`, { token });
  expect(license).toMatchObject({ status: 200, body: { counter: 0 } });
});
