/**
 * Checking a password takes its time, and under a flood of sign-ins seconds; sending a large file takes
 * hours. The attacker uses that time: what was right when it began must still be right at its end. Each
 * of these was let in:
 *
 * - A sign-in with the old password, begun before the password was changed, got a session after all
 *   others had been ended by that change.
 * - So did an activation, which took a seat; also of an account that was disabled meanwhile.
 * - An operator who was disabled while the password of a new account was being hashed still got the
 *   account, an operator's too; and a release that was being sent was still published and signed.
 */
import { describe, expect, test } from 'vitest';
import { createApp } from '../../server/app.ts';
import type { Passwords } from '../../server/usecases/deps.ts';
import { keepOldHash } from '../support/old-hash.ts';
import { goodPassword, openPortal } from '../support/server/server.ts';

const newPassword = 'another harbor lantern';

/** A portal whose password checks end only once `meanwhile` has. */
const openSlow = async () => {
  const portal = await openPortal();
  const begun = Promise.withResolvers<void>();
  const end = Promise.withResolvers<void>();
  const held = async <T>(work: Promise<T>): Promise<T> => {
    const result = await work;
    begun.resolve();
    await end.promise;
    return result;
  };
  const { passwords } = portal.deps;
  const slow: Passwords = {
    ...passwords,
    verify: (...given) => held(passwords.verify(...given)),
    hash: (...given) => held(passwords.hash(...given)),
  };
  const app = createApp({ ...portal.deps, passwords: slow });
  /** Asks, does something else while the password is being checked, and gives the answer. */
  const during = async (
    request: { readonly path: string; readonly json: object; readonly token?: string },
    meanwhile: () => Promise<unknown>,
  ): Promise<Response> => {
    const answer = app.request(request.path, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(request.token === undefined ? {} : { authorization: `Bearer ${request.token}` }),
      },
      body: JSON.stringify(request.json),
    });
    await begun.promise;
    portal.time.now += 1000;
    await meanwhile();
    end.resolve();
    return answer;
  };
  const changePassword = () =>
    portal.ask('PUT', '/v1/account/password', {
      token: portal.ana,
      json: { currentPassword: goodPassword, newPassword },
    });
  const disable = (id: string, token = portal.operator) =>
    portal.ask('PATCH', `/v1/operator/accounts/${id}`, { token, json: { status: 'disabled' } });
  return { ...portal, during, changePassword, disable };
};

const credentials = { email: 'ana@example.com', password: goodPassword };
const machine = { fingerprint: 'ab'.repeat(32), hostname: 'late' };
const late = { path: '/v1/activations', json: { ...credentials, machine } };

const seatsOf = async (portal: Awaited<ReturnType<typeof openSlow>>): Promise<unknown> => {
  const path = `/v1/licenses/${portal.license.id}`;
  return (await portal.ask('GET', path, { token: portal.operator })).body['counter'];
};

test('a sign-in with the password that is being replaced opens no session', async () => {
  const portal = await openSlow();
  const answer = await portal.during({ path: '/v1/sessions', json: credentials }, async () => {
    expect((await portal.changePassword()).status).toBe(204);
  });
  expect(answer.status).toBe(401);
  const sessions = await portal.ask<{ items: unknown[] }>('GET', '/v1/sessions', {
    token: portal.ana,
  });
  expect(sessions.body.items).toHaveLength(1);
});

test('nor does one whose account gets another role, with more that a session may do', async () => {
  const portal = await openSlow();
  const answer = await portal.during({ path: '/v1/sessions', json: credentials }, () =>
    portal.ask('PATCH', `/v1/operator/accounts/${portal.owner.id}`, {
      token: portal.operator,
      json: { role: 'operator' },
    }),
  );
  expect(answer.status).toBe(401);
});

test('an activation with it takes no seat', async () => {
  const portal = await openSlow();
  const answer = await portal.during(late, portal.changePassword);
  expect(answer.status).toBe(401);
  expect(await seatsOf(portal)).toBe(0);
});

test('a second factor is not set up with it', async () => {
  const portal = await openSlow();
  const json = { currentPassword: goodPassword };
  const begin = { path: '/v1/account/totp', json, token: portal.ana };
  const answer = await portal.during(begin, portal.changePassword);
  expect(answer.status).toBe(401);
  const account = await portal.deps.store.read((reader) => reader.accounts.get(portal.owner.id));
  expect(account?.totp).toBeNull();
});

test('an account that is being disabled takes no seat', async () => {
  const portal = await openSlow();
  const answer = await portal.during(late, () => portal.disable(portal.owner.id));
  expect(answer.status).toBe(401);
  expect(await seatsOf(portal)).toBe(0);
});

describe('a sign-in whose password is to be hashed anew', () => {
  /** The portal over password checks of its own, and an app that hashes anew as `rehash` does. */
  const signInBy = (
    portal: Awaited<ReturnType<typeof openPortal>>,
    rehash: (password: string) => ReturnType<Passwords['hash']>,
  ) => {
    const passwords: Passwords = { ...portal.deps.passwords, hash: rehash };
    return createApp({ ...portal.deps, passwords }).request('/v1/sessions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(credentials),
    });
  };

  test('does not bring a password back that was changed meanwhile', async () => {
    const portal = await openPortal();
    await keepOldHash(portal, portal.owner.id);
    const answer = await signInBy(portal, async (password) => {
      portal.time.now += 1000;
      await portal.ask('PUT', '/v1/account/password', {
        token: portal.ana,
        json: { currentPassword: goodPassword, newPassword },
      });
      return portal.deps.passwords.hash(password);
    });
    expect(answer.status).toBe(401);
    await expect(portal.signIn('ana@example.com', newPassword)).resolves.toMatch(/^ls_/u);
  });

  test('lets its person in where there is no room for hashing now', async () => {
    const portal = await openPortal();
    const old = await keepOldHash(portal, portal.owner.id);
    const { passwords } = portal.deps;
    let busy: readonly unknown[] = [];
    const answer = await signInBy(portal, (password) => {
      busy = Array.from({ length: 150 }, () => passwords.hash(password));
      return passwords.hash(password);
    });
    expect(answer.status).toBe(201);
    await Promise.all(busy);
    const account = await portal.deps.store.read((reader) => reader.accounts.get(portal.owner.id));
    expect(account?.password?.hash).toBe(old);
    await expect(portal.signIn('ana@example.com')).resolves.toMatch(/^ls_/u);
  });
});

test('an operator who is being disabled makes no account', async () => {
  const portal = await openSlow();
  const second = await portal.createAccount('second@example.com', 'operator');
  const token = await portal.signIn('second@example.com');
  const json = {
    email: 'accomplice@example.com',
    name: 'Accomplice',
    role: 'operator',
    password: newPassword,
  };
  const answer = await portal.during({ path: '/v1/operator/accounts', json, token }, () =>
    portal.disable(second.id),
  );
  expect(answer.status).toBe(401);
  await expect(portal.signIn('accomplice@example.com', newPassword)).rejects.toThrow('401');
});

test('an operator who is disabled while sending a file publishes nothing', async () => {
  const portal = await openPortal();
  const second = await portal.createAccount('second@example.com', 'operator');
  const token = await portal.signIn('second@example.com');
  const content = 'not what anybody should run';
  const { body: release } = await portal.ask<{ id: string }>('POST', '/v1/operator/releases', {
    token,
    json: {
      product: 'suite',
      version: '6.6.6',
      fileName: 'suite.tar',
      size: content.length,
      sha256: portal.deps.digest(content),
    },
  });
  const sending = new TransformStream<Uint8Array, Uint8Array>();
  const writer = sending.writable.getWriter();
  const answer = portal.app.request(
    new Request(`http://licet/v1/operator/releases/${release.id}/file`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' },
      body: sending.readable,
      duplex: 'half',
    }),
  );
  const bytes = new TextEncoder().encode(content);
  await writer.write(bytes.subarray(0, 10));
  await portal.ask('PATCH', `/v1/operator/accounts/${second.id}`, {
    token: portal.operator,
    json: { status: 'disabled' },
  });
  await writer.write(bytes.subarray(10));
  await writer.close();
  expect((await answer).status).toBe(401);
  const listed = await portal.ask<{ items: unknown[] }>('GET', '/v1/releases', {
    token: portal.ana,
  });
  expect(listed.body.items).toEqual([]);
});
