/** The journal as audit: whatever was done has an entry with who, from where, what, on what and outcome. */
import { expect, test } from 'vitest';
import type { JournalEntry } from '../../../shared/api/server.ts';
import { exportJournal } from '../../../server/store/journal/journal-view.ts';
import { machine } from '../../support/machines/air-gapped.ts';
import { fingerprint, goodPassword, openPortal } from '../../support/server/server.ts';

type Body = Record<string, unknown>;

interface Step {
  /** What the journal says of it. */
  readonly action: string;
  readonly outcome?: string;
  readonly status: number;
  readonly by: string;
  readonly on: string | RegExp;
  readonly details?: Body;
}

const open = async () => {
  const portal = await openPortal({ maxActivations: 1 });
  let host = 0;

  /** A request from an address of its own, and the entries that it left, oldest first. */
  const request = async (method: string, route: string, token?: string, json?: unknown) => {
    portal.time.now += 1000;
    host += 1;
    const from = `192.0.2.${host}`;
    const before = portal.deps.store.seq();
    const answer = await portal.ask<Body>(method, route, {
      from,
      ...(token === undefined ? {} : { token }),
      ...(json === undefined ? {} : { json }),
    });
    const { body: page } = await portal.ask<{ items: JournalEntry[] }>(
      'GET',
      '/v1/operator/journal?limit=20',
      { token: portal.operator },
    );
    const entries = page.items.filter(({ seq }) => seq > before).toReversed();
    return { ...answer, from, entries };
  };

  /** Does one thing and holds its entry against what was done. */
  const step = async (
    { action, outcome = 'ok', status, by, on, details }: Step,
    ...asked: Parameters<typeof request>
  ): Promise<Body> => {
    const { from, entries, ...answer } = await request(...asked);
    expect([asked[0], asked[1], answer.status]).toEqual([asked[0], asked[1], status]);
    expect(entries).toContainEqual(
      expect.objectContaining({
        action,
        outcome,
        actor: expect.objectContaining({ id: by, from }),
        target: typeof on === 'string' ? on : expect.stringMatching(on),
        at: new Date(portal.time.now).toISOString(),
        ...(details === undefined ? {} : { details }),
      }),
    );
    // What is no part of a view: a short secret could be guessed from its document's hash.
    for (const entry of entries) expect(entry).not.toHaveProperty('hash');
    return answer.body;
  };
  return { portal, step };
};

test('every change and every sign-in is in it, done or refused, and no hash', async () => {
  const { portal, step } = await open();
  const { license, owner, operator, ana } = portal;
  const op = portal.deps.store.read(async (reader) => reader.accounts.first('role', 'operator'));
  const opId = (await op)?.id ?? '';
  const of = `/v1/licenses/${license.id}`;
  const asOperator = { by: opId, status: 201 };
  const asOwner = { by: owner.id, status: 201 };
  const by = (id: string, status: number) => ({ by: id, status });

  await step(
    { ...asOwner, action: 'session.start', on: owner.id },
    'POST',
    '/v1/sessions',
    undefined,
    { email: owner.email, password: goodPassword },
  );
  await step(
    { ...asOperator, action: 'account.create', on: /^acc_/u },
    'POST',
    '/v1/operator/accounts',
    operator,
    { email: 'ivo@example.com', name: 'Ivo' },
  );
  await step(
    { ...asOperator, action: 'product.create', on: 'other' },
    'POST',
    '/v1/operator/products',
    operator,
    { id: 'other', name: 'Other' },
  );
  const created = await step(
    { ...asOperator, action: 'license.create', on: /^lic_/u },
    'POST',
    '/v1/operator/licenses',
    operator,
    {
      ownerEmail: owner.email,
      name: 'Second',
      product: 'other',
      type: 'perpetual',
      maxActivations: 1,
      expiresAt: null,
    },
  );
  const second = String(created['id']);
  await step(
    { ...by(opId, 200), action: 'license.suspend', on: second },
    'PATCH',
    `/v1/operator/licenses/${second}`,
    operator,
    { status: 'suspended', reason: 'unpaid' },
  );
  const activation = (hostname: string) => ({
    email: owner.email,
    password: goodPassword,
    licenseId: license.id,
    machine: { hostname, fingerprint: fingerprint(hostname), platform: 'linux', version: '1' },
  });
  const first = await step(
    { ...asOwner, action: 'activation.create', on: /^act_/u },
    'POST',
    '/v1/activations',
    undefined,
    activation('one'),
  );
  await step(
    {
      ...by(owner.id, 409),
      action: 'activation.create',
      outcome: 'activation-limit-exceeded',
      on: license.id,
    },
    'POST',
    '/v1/activations',
    undefined,
    activation('two'),
  );
  const machineId = String((first['activation'] as Body)['id']);
  await step(
    { ...by(owner.id, 204), action: 'activation.release', on: machineId },
    'DELETE',
    `${of}/activations/${machineId}`,
    ana,
  );
  await step(
    { ...by(owner.id, 200), action: 'activation.reset', on: license.id },
    'POST',
    `${of}/activations/reset`,
    ana,
    {},
  );
  const user = await step(
    { ...asOwner, action: 'user.add', on: /^(lic|acc|mem)_/u },
    'POST',
    `${of}/users`,
    ana,
    { email: 'leo@example.com', name: 'Leo' },
  );
  const userId = String((user['account'] as Body)['id']);
  await step(
    {
      ...by(userId, 200),
      action: 'password.redeem',
      on: userId,
      details: { codeBy: `owner:${owner.id}` },
    },
    'PUT',
    '/v1/password-resets',
    undefined,
    { code: user['setPasswordCode'], newPassword: goodPassword },
  );
  await step(
    { ...by(owner.id, 204), action: 'user.remove', on: /^(lic|acc|mem)_/u },
    'DELETE',
    `${of}/users/${userId}`,
    ana,
  );
  await step(
    { ...asOwner, action: 'offline-key.issue', on: /^key_/u },
    'POST',
    `${of}/offline-keys`,
    ana,
    { request: machine(portal, 'plc-7').typed },
  );
  const trial = { days: 10, url: 'https://try.example.com/' };
  await step(
    { ...asOperator, action: 'product.create', on: 'demo' },
    'POST',
    '/v1/operator/products',
    operator,
    { id: 'demo', name: 'Demo', trial },
  );
  const tried = await step(
    { ...asOwner, action: 'trial.start', on: /^lic_/u },
    'POST',
    '/v1/trial',
    ana,
    { product: 'demo' },
  );
  await step(
    { ...by(owner.id, 302), action: 'trial.follow', on: /^lic_/u },
    'GET',
    new URL(String(tried['shortUrl'])).pathname,
  );
  await step(
    { ...by(owner.id, 204), action: 'password.change', on: owner.id },
    'PUT',
    '/v1/account/password',
    ana,
    { currentPassword: goodPassword, newPassword: 'another harbor lantern' },
  );
  await step(
    { ...by('anonymous', 202), action: 'password.request', on: /^(acc|pwr|req)_/u },
    'POST',
    '/v1/password-resets',
    undefined,
    { email: owner.email },
  );
  await step(
    { ...by(owner.id, 204), action: 'session.end', on: /^(ses|acc)_/u },
    'DELETE',
    '/v1/sessions/current',
    ana,
  );

  for await (const entry of exportJournal(portal.directory)) {
    expect(entry).toMatchObject({
      actor: {
        id: expect.stringMatching(/./u),
        from: expect.stringMatching(/^(local|192\.0\.2\.\d+)$/u),
      },
      action: expect.stringMatching(/^[a-z-]+\.[a-z-]+$/u),
      target: expect.stringMatching(/./u),
      outcome: expect.stringMatching(/./u),
    });
    expect(entry).not.toHaveProperty('hash');
    expect(entry).not.toHaveProperty('prev');
  }
});
