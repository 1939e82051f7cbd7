/** A second factor by commands: set up, confirmed, asked for, turned off, and taken off by an operator. */
import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addOwner, done, openPortal, ownerPassword, type Portal } from '../../support/licet.ts';

let portal: Portal;
beforeAll(async () => {
  portal = await openPortal();
  await addOwner(portal);
  done(await portal.signIn('ana', 'ana@example.com', ownerPassword));
});
afterAll(() => portal.close());

const ana = (line: string, input?: string) =>
  portal.as('ana', line, input === undefined ? {} : { input });

/** Begins one, and gives its codes: of now, or of a half minute that many later. */
const begin = async () => {
  const begun = done(
    await ana('account second-factor --current-password-file - --json', ownerPassword),
  ).json();
  const authenticator = new TOTP({ secret: Secret.fromBase32(String(begun['secret'])) });
  const code = (halfMinutes: number): string =>
    authenticator.generate({ timestamp: Date.now() + halfMinutes * 30_000 });
  return { begun, code };
};

test('is set up, asked for at sign-in, and removed by an operator when the device is lost', async () => {
  const wrong = await ana('account second-factor --current-password-file -', 'not the password');
  expect([wrong.code, wrong.stderr]).toEqual([3, expect.stringContaining('password is not right')]);
  // Each counts once, and so does the half minute that it is of; the next one is taken already.
  const { begun, code } = await begin();
  expect(begun['uri']).toMatch(/^otpauth:\/\/totp\/.*ana%40example\.com\?/u);

  const mistyped = await ana('account confirm-second-factor --code-file -', '12345');
  expect(mistyped.code).toBe(2);
  done(await ana('account confirm-second-factor --code-file -', code(0)));
  expect(done(await ana('account show')).stdout).toMatch(/Second factor +yes/u);

  const login = `login --server ${portal.url} --email ana@example.com`;
  const without = await ana(login, ownerPassword);
  expect([without.code, without.stderr]).toEqual([3, expect.stringContaining('one-time password')]);
  const totp = await portal.file('totp', code(1));
  done(await ana(`${login} --totp-file ${totp}`, ownerPassword));
  expect((await ana(`${login} --totp-file ${totp}`, ownerPassword)).code).toBe(3);

  const remove = 'operator account remove-second-factor ana@example.com';
  expect((await ana(`${remove} --yes`)).code).toBe(3);
  done(await portal.as('ops', `${remove} --yes`));
  done(await ana(login, ownerPassword));
});

test('is turned off by its owner, with the digits that it shows', async () => {
  const { code } = await begin();
  done(await ana('account confirm-second-factor --code-file -', code(0)));
  const wrong = await ana('account end-second-factor --code-file -', code(40));
  expect(wrong.code).toBe(3);
  done(await ana('account end-second-factor --code-file -', code(1)));
  expect(done(await ana('account show')).stdout).toMatch(/Second factor +no/u);
  done(await ana(`login --server ${portal.url} --email ana@example.com`, ownerPassword));
});
