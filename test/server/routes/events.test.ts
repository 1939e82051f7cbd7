/** Server-sent events: everyone hears of what they may see, and of nothing after their session has ended. */
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createApp } from '../../../server/app.ts';
import type { ChangeEvent } from '../../../shared/api/server.ts';
import { openPortal } from '../../support/server/server.ts';

type Portal = Awaited<ReturnType<typeof openPortal>>;

/** Listens as the holder of a token; `all` fills as events come. */
const listen = async (portal: Portal, token: string) => {
  const answer = await portal.app.request('/v1/events', {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(answer.status).toBe(200);
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (!reader) throw new Error('there is no stream');
  onTestFinished(() => reader.cancel());
  const all: ChangeEvent[] = [];
  const waiting: (() => void)[] = [];
  const told = (): void => waiting.splice(0).forEach((wake) => wake());
  let text = '';
  const ended = (async () => {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      text += part.value;
      const whole = text.split('\n\n');
      text = whole.pop() ?? '';
      for (const event of whole) {
        const data = /^event: change$/mu.test(event) && /^data: (.*)$/mu.exec(event)?.[1];
        if (data) all.push(JSON.parse(data) as ChangeEvent);
      }
      told();
    }
  })();
  const until = async (fits: (event: ChangeEvent) => boolean): Promise<ChangeEvent> => {
    for (;;) {
      const found = all.find(fits);
      if (found) return found;
      await new Promise<void>((resolve) => void waiting.push(resolve));
    }
  };
  return { all, until, ended };
};

const openTwo = async () => {
  const portal = await openPortal();
  await portal.createAccount('otto@example.com');
  const ottos = await portal.createLicense({ ownerEmail: 'otto@example.com', name: 'Ottos' });
  const otto = await portal.signIn('otto@example.com');
  return { ...portal, ottos, otto };
};

describe('events', () => {
  test('tell an owner of the own license, the operator of all, and nobody of another’s', async () => {
    const portal = await openTwo();
    const ana = await listen(portal, portal.ana);
    const otto = await listen(portal, portal.otto);
    const operator = await listen(portal, portal.operator);
    await portal.activate('web-1');
    const ottoCompany = { token: portal.otto, json: { company: 'Harbor' } };
    await portal.ask('PATCH', '/v1/account', ottoCompany);

    const seen = await ana.until(({ action }) => action === 'activation.create');
    expect(seen).toMatchObject({ licenseId: portal.license.id, outcome: 'ok' });
    await otto.until(({ action }) => action === 'account.edit');
    await operator.until(({ action }) => action === 'account.edit');
    await operator.until(({ action }) => action === 'activation.create');
    // Events come in order: what Otto may not hear of would have come before his own.
    expect(otto.all.map(({ licenseId }) => licenseId)).not.toContain(portal.license.id);
    expect(ana.all.map(({ action }) => action)).not.toContain('account.edit');
  });

  test('tell of a check-in, which is in no journal, whoever may see the machine', async () => {
    const portal = await openTwo();
    const { body } = await portal.activate('web-1');
    const ana = await listen(portal, portal.ana);
    const otto = await listen(portal, portal.otto);
    const seq = portal.deps.store.seq();
    expect((await portal.checkIn(body)).status).toBe(200);
    const seen = await ana.until(({ action }) => action === 'activation.seen');
    expect(seen).toMatchObject({
      seq,
      at: new Date(portal.time.now).toISOString(),
      outcome: 'ok',
      by: body.activation.id,
      licenseId: portal.license.id,
    });
    expect(portal.deps.store.seq()).toBe(seq);
    await portal.ask('PATCH', '/v1/account', { token: portal.otto, json: { company: 'Harbor' } });
    await otto.until(({ action }) => action === 'account.edit');
    expect(otto.all.map(({ action }) => action)).toEqual(['account.edit']);
  });

  test('end with the session, and nothing that happens afterwards is told', async () => {
    const portal = await openTwo();
    const elsewhere = await portal.signIn('ana@example.com');
    const stream = await listen(portal, elsewhere);
    await portal.activate('before');
    await stream.until(({ action }) => action === 'activation.create');
    const told = stream.all.length;
    const session = await portal.ask<{ id: string }>('GET', '/v1/sessions/current', {
      token: elsewhere,
    });
    // At once, so that what happens after the end waits behind what came before it.
    const end = portal.ask('DELETE', `/v1/sessions/${session.body.id}`, { token: portal.ana });
    const after = [1, 2, 3].map((i) => portal.activate(`after-${i}`));
    await Promise.all([end, ...after]);
    await stream.ended;
    expect(stream.all.slice(told)).toEqual([]);
  });

  test('end when the session has been idle for an hour', async () => {
    const portal = await openTwo();
    const stream = await listen(portal, portal.ana);
    portal.time.now += 3_600_000;
    await portal.activate('web-1');
    await stream.ended;
    expect(stream.all).toEqual([]);
  });

  test('asked for by HEAD, or with nobody reading, keep nothing waiting', async () => {
    const portal = await openTwo();
    let watching = 0;
    const { store } = portal.deps;
    const counted: typeof store = {
      ...store,
      watch: (listener) => {
        const end = store.watch(listener);
        watching += 1;
        return () => {
          watching -= 1;
          end();
        };
      },
    };
    const app = createApp({ ...portal.deps, store: counted });
    const before = watching;
    const headers = { authorization: `Bearer ${portal.operator}` };
    const head = await app.request('/v1/events', { method: 'HEAD', headers });
    expect([head.status, watching]).toEqual([200, before]);

    const unread = await app.request('/v1/events', { headers });
    onTestFinished(() => unread.body?.cancel());
    expect(watching).toBe(before + 1);
    // More than ever wait for a reader.
    for (let i = 0; i < 1001; i += 1) {
      await store.transact({ id: 'system', from: 'local' }, async (tx) => {
        tx.record({ action: 'account.edit', target: portal.owner.id, outcome: 'ok' });
      });
    }
    await vi.waitFor(() => expect(watching).toBe(before));
  });

  test('are no means to take all connections: an account has 32 streams at most', async () => {
    const portal = await openTwo();
    const open = (token: string) =>
      portal.app.request('/v1/events', { headers: { authorization: `Bearer ${token}` } });
    const streams = [];
    for (let i = 0; i < 32; i += 1) streams.push(await open(portal.ana));
    const one = await open(portal.ana);
    expect([one.status, Number(one.headers.get('retry-after')) > 0]).toEqual([429, true]);
    expect((await one.json()) as object).toMatchObject({ code: 'too-many-requests' });
    const ottos = await open(portal.otto);
    expect(ottos.status).toBe(200);
    // One that is closed makes room.
    await streams.pop()?.body?.cancel();
    await vi.waitFor(async () => {
      const again = await open(portal.ana);
      streams.push(again);
      expect(again.status).toBe(200);
    });
    await Promise.all([...streams, ottos].map(async ({ body }) => body?.cancel()));
  });

  test('end for a user who is removed, and say nothing of the license any more', async () => {
    const portal = await openTwo();
    const added = await portal.ask<{ account: { id: string }; setPasswordCode: string }>(
      'POST',
      `/v1/licenses/${portal.license.id}/users`,
      { token: portal.ana, json: { email: 'uma@example.com', name: 'Uma' } },
    );
    await portal.redeem(added.body.setPasswordCode);
    const stream = await listen(portal, await portal.signIn('uma@example.com'));
    const gone = `/v1/licenses/${portal.license.id}/users/${added.body.account.id}`;
    await portal.ask('DELETE', gone, { token: portal.ana });
    await portal.activate('web-1');
    await stream.ended;
    expect(stream.all.map(({ action }) => action)).not.toContain('activation.create');
  });
});
