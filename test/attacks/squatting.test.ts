/**
 * The attacker is an owner. Adding users creates accounts, and their owner issues the codes: so an
 * attacker can make an account for somebody else's e-mail before that person has one, set its password,
 * and wait. Each of these let the attacker in, or out with what is not theirs:
 *
 * - A second owner invited that e-mail, and the attacker accepted: in the second owner's license.
 * - An operator's code gave the account to its person, who joined a second owner; then the attacker
 *   issued one more code, since the account was once made by adding a user.
 * - A code that the attacker had issued before outlived the moment at which the account became an owner.
 * - A license was moved to a new owner; an accomplice accepted an old invitation afterwards.
 * - Inviting any e-mail showed the name of its account, and whether that was disabled.
 * - Inviting any e-mail, and taking the invitation back, ended all sessions of that person.
 */
import { describe, expect, test } from 'vitest';
import type { AccountCreated, SignedIn } from '../../shared/api/accounts.ts';
import type { Invitation, LicenseUser, LicenseUserAdded } from '../../shared/api/licenses.ts';
import { openPortal } from '../support/server/server.ts';

type Portal = Awaited<ReturnType<typeof openPortal>>;

const victim = 'vic@example.com';

/** Ana, the attacker, owns Prod; Otto, who is honest, owns another license. */
const openBoth = async () => {
  const portal = await openPortal();
  await portal.createAccount('otto@example.com');
  const ottos = await portal.createLicense({ ownerEmail: 'otto@example.com', name: 'Ottos' });
  const otto = await portal.signIn('otto@example.com');

  const add = (token: string, license: string, email: string, manage = false) =>
    portal.ask<LicenseUserAdded>('POST', `/v1/licenses/${license}/users`, {
      token,
      json: { email, name: 'Typed by the owner', manage },
    });
  const users = (license: string) => `/v1/licenses/${license}/users`;
  /** Takes over the e-mail of the victim: an account by Ana, its password by her code. */
  const squat = async () => {
    const added = await add(portal.ana, portal.license.id, victim);
    await portal.redeem(added.body.setPasswordCode ?? '');
    return { id: added.body.account.id, token: await portal.signIn(victim) };
  };
  const accept = async (token: string) => {
    const { body } = await portal.ask<{ items: Invitation[] }>('GET', '/v1/invitations', { token });
    return portal.ask('POST', `/v1/invitations/${body.items[0]?.id}/accept`, { token });
  };
  const anasCode = (accountId: string) =>
    portal.ask<{ code: string }>('POST', `${users(portal.license.id)}/${accountId}/code`, {
      token: portal.ana,
    });
  const operatorsCode = async (accountId: string) => {
    const path = `/v1/operator/accounts/${accountId}/password-code`;
    const { body } = await portal.ask<{ code: string }>('POST', path, { token: portal.operator });
    return body.code;
  };
  return { ...portal, ottos, otto, add, users, squat, accept, anasCode, operatorsCode };
};

const owns = (portal: Portal, token: string, license: string) =>
  portal.ask('GET', `/v1/licenses/${license}`, { token });

describe('an account that an owner made for the e-mail of somebody else', () => {
  test('can not accept what another owner offers, until an operator’s code set its password', async () => {
    const both = await openBoth();
    const squatted = await both.squat();
    const invited = await both.add(both.otto, both.ottos.id, victim, true);
    expect(invited.body).toMatchObject({ status: 'invited', setPasswordCode: null });

    const refused = await both.accept(squatted.token);
    expect([refused.status, refused.body['code']]).toEqual([403, 'forbidden']);
    expect((await owns(both, squatted.token, both.ottos.id)).status).toBe(404);

    await both.redeem(await both.operatorsCode(squatted.id), 'my own harbor lantern');
    const own = await both.signIn(victim, 'my own harbor lantern');
    expect((await both.accept(own)).status).toBe(204);
    expect((await owns(both, own, both.ottos.id)).status).toBe(200);
  });

  test('is out of its maker’s hands once an operator’s code set its password', async () => {
    const both = await openBoth();
    const { id } = await both.squat();
    expect((await both.anasCode(id)).status).toBe(201);
    await both.redeem(await both.operatorsCode(id), 'my own harbor lantern');
    expect((await both.anasCode(id)).status).toBe(403);
    const listed = await both.ask<{ items: LicenseUser[] }>('GET', both.users(both.license.id), {
      token: both.ana,
    });
    expect(listed.body.items.map(({ codeAllowed }) => codeAllowed)).toEqual([false]);
  });

  test('accepts what its own owner offers: a second license of the same', async () => {
    const both = await openBoth();
    const dev = await both.createLicense({ name: 'Dev' });
    const { token } = await both.squat();
    await both.add(both.ana, dev.id, victim);
    expect((await both.accept(token)).status).toBe(204);
  });

  test('keeps no code of its maker when it becomes an owner', async () => {
    const both = await openBoth();
    const { id } = await both.squat();
    // The attacker keeps a code in reserve that an operator's password does not end.
    const reserve = (await both.anasCode(id)).body.code;
    const account = await both.ask('PATCH', `/v1/operator/accounts/${id}`, {
      token: both.operator,
      json: { role: 'owner' },
    });
    expect(account.status).toBe(200);
    expect((await both.redeem(reserve)).status).toBe(401);
  });

  test('keeps none either where its own password is trusted', async () => {
    const both = await openBoth();
    const { id } = await both.squat();
    const code = await both.operatorsCode(id);
    await both.redeem(code, 'my own harbor lantern');
    // As if it had been issued by an older program, which still allowed it.
    const reserve = 'LEFT-OVER';
    await both.deps.store.transact({ id: 'system', from: 'local' }, async (tx) => {
      tx.codes.put({
        id: 'otc_leftover',
        hash: both.deps.digest(reserve),
        accountId: id,
        origin: `owner:${both.owner.id}`,
        createdAt: both.time.now,
        expiresAt: both.time.now + 86_400_000,
        passwordRequestId: null,
      });
      tx.record({ action: 'user.code', target: id, outcome: 'ok' });
    });
    await both.createLicense({ ownerEmail: victim, name: 'Vics' });
    const left = await both.deps.store.read((reader) => reader.codes.by('account', id));
    expect(left).toEqual([]);
  });

  test('loses sessions and codes when an operator gives it a password', async () => {
    const both = await openBoth();
    const { id } = await both.squat();
    await both.redeem(await both.operatorsCode(id), 'my own harbor lantern');
    const session = await both.signIn(victim, 'my own harbor lantern');
    const pending = await both.operatorsCode(id);
    const made = await both.ask<AccountCreated>('POST', '/v1/operator/accounts', {
      token: both.operator,
      json: { email: victim, name: 'Vic', password: 'given by the operator' },
    });
    expect(made.status).toBe(201);
    expect((await both.ask('GET', '/v1/account', { token: session })).status).toBe(401);
    expect((await both.redeem(pending)).status).toBe(401);
    await both.signIn(victim, 'given by the operator');
  });
});

describe('an invitation', () => {
  test('ends when the license is moved to another owner, and so do the former owner’s codes', async () => {
    const both = await openBoth();
    const { id } = await both.squat();
    const code = (await both.anasCode(id)).body.code;
    await both.createAccount('accomplice@example.com');
    await both.add(both.ana, both.license.id, 'accomplice@example.com', true);
    await both.ask('PATCH', `/v1/operator/licenses/${both.license.id}`, {
      token: both.operator,
      json: { ownerEmail: 'otto@example.com' },
    });
    const accomplice = await both.signIn('accomplice@example.com');
    expect((await both.accept(accomplice)).status).toBe(404);
    expect((await both.redeem(code)).status).toBe(401);
    // Who is in already stays, for the new owner to judge; the new owner's codes are not for them.
    const listed = await both.ask<{ items: LicenseUser[] }>('GET', both.users(both.license.id), {
      token: both.otto,
    });
    expect(listed.body.items).toMatchObject([{ account: { email: victim }, codeAllowed: false }]);
  });

  test('shows its maker nothing of the account that the e-mail has', async () => {
    const both = await openBoth();
    await both.ask('PATCH', `/v1/operator/accounts/${both.owner.id}`, {
      token: both.operator,
      json: { name: 'Ana Secret' },
    });
    const invited = await both.add(both.otto, both.ottos.id, 'ana@example.com');
    expect(invited.body.account).toMatchObject({ name: 'Typed by the owner', status: 'invited' });
    const list = await both.ask<{ items: LicenseUser[] }>('GET', both.users(both.ottos.id), {
      token: both.otto,
    });
    expect(JSON.stringify(list.body)).not.toContain('Ana Secret');
    // Accepting is what shows it.
    expect((await both.accept(both.ana)).status).toBe(204);
    const after = await both.ask<{ items: LicenseUser[] }>('GET', both.users(both.ottos.id), {
      token: both.otto,
    });
    expect(after.body.items).toMatchObject([{ account: { name: 'Ana Secret', status: 'active' } }]);
  });

  test('that is taken back ends nobody’s sessions', async () => {
    const both = await openBoth();
    for (const email of ['ana@example.com', 'op@example.com']) {
      const invited = await both.add(both.otto, both.ottos.id, email);
      const gone = `${both.users(both.ottos.id)}/${invited.body.account.id}`;
      expect((await both.ask('DELETE', gone, { token: both.otto })).status).toBe(204);
    }
    for (const token of [both.ana, both.operator]) {
      expect((await both.ask('GET', '/v1/account', { token })).status).toBe(200);
    }
  });
});

test('an owner’s code redeemed twice at once sets one password', async () => {
  const both = await openBoth();
  const added = await both.add(both.ana, both.license.id, victim);
  const code = added.body.setPasswordCode ?? '';
  const passwords = ['first of the harbor lanterns', 'second of the harbor lanterns'];
  const answers = await Promise.all(passwords.map((password) => both.redeem(code, password)));
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 401]);
  const signIns = await Promise.all(
    passwords.map((password) =>
      both.ask<SignedIn>('POST', '/v1/sessions', { json: { email: victim, password } }),
    ),
  );
  expect(signIns.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 401]);
});
