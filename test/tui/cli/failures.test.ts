/** How commands fail: exit codes, clear sentences, nothing on standard output. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  addOwner,
  done,
  licet,
  openPortal,
  ownerPassword,
  type Portal,
} from '../../support/licet.ts';

let portal: Portal;
beforeAll(async () => {
  portal = await openPortal();
  await addOwner(portal);
  done(await portal.signIn('ana', 'ana@example.com', ownerPassword));
});
afterAll(() => portal.close());

interface Case {
  readonly name: string;
  readonly line: string;
  readonly person?: string;
  readonly input?: string;
  readonly code: number;
  readonly says: RegExp;
}

const cases: readonly Case[] = [
  { name: 'an unknown command', line: 'licences', code: 2, says: /unknown command/u },
  { name: 'an unknown option', line: 'license list --nope', code: 2, says: /unknown option/u },
  { name: 'a group without a command', line: 'license', code: 2, says: /Usage: licet license/u },
  {
    name: 'no server named',
    line: 'license list',
    code: 2,
    says: /No server is named.*--server/su,
  },
  {
    name: 'an address that is none',
    line: 'license list --server ftp://x',
    code: 2,
    says: /https:\/\//u,
  },
  {
    name: 'a number that is none',
    line: 'license seats Prod many',
    person: 'ops',
    code: 2,
    says: /must be a number of machines, or unlimited/u,
  },
  {
    name: 'a date that does not exist',
    line: 'license renew Prod 2027-02-30',
    person: 'ops',
    code: 2,
    says: /must be a date/u,
  },
  {
    name: 'a field that is missing where nobody can be asked',
    line: 'operator account create x@example.com',
    person: 'ops',
    code: 2,
    says: /Name is needed.*--name/su,
  },
  {
    name: 'nobody signed in',
    line: 'license list --server 127.0.0.1:1',
    code: 3,
    says: /not signed in to http:\/\/127\.0\.0\.1:1.*licet login/su,
  },
  {
    name: 'what only operators may do',
    line: 'operator account list',
    person: 'ana',
    code: 3,
    says: /operator/u,
  },
  {
    name: 'an unknown license',
    line: 'license show Nope',
    person: 'ana',
    code: 1,
    says: /no license “Nope”.*Prod, Dev/su,
  },
  {
    name: 'a license id that is not one',
    line: 'license show lic_nope',
    person: 'ana',
    code: 1,
    says: /license/u,
  },
  {
    name: 'a malformed request code',
    line: 'offline-key issue --license Prod --request garbage',
    person: 'ana',
    code: 4,
    says: /Line 1 has a typing error/u,
  },
  {
    name: 'an e-mail that is taken',
    line: 'operator account create ana@example.com --name Ana',
    person: 'ops',
    code: 1,
    says: /ana@example\.com/u,
  },
  {
    name: 'a password that is too short',
    line: 'operator account create b@example.com --name B --password-file -',
    input: 'short',
    person: 'ops',
    code: 2,
    says: /15 characters or more/u,
  },
  {
    name: 'a wrong password',
    line: 'account password --current-password-file - --new-password-file -',
    input: 'not the password at all\na new one that is long\n',
    person: 'ana',
    code: 3,
    says: /password/u,
  },
];

for (const { name, line, person, input, code, says } of cases) {
  test(`${name}: exit ${code}`, async () => {
    const ran = await portal.as(person ?? 'nobody', line, input === undefined ? {} : { input });
    expect(ran.stderr).toMatch(says);
    expect(ran.code).toBe(code);
    expect(ran.stdout).toBe('');
    expect(ran.stderr).not.toMatch(/\n\s+at /u);
  });
}

test('a server that does not answer: exit 5, and what to check', async () => {
  const ran = await licet('license list --server http://127.0.0.1:9', {
    env: { LICET_TOKEN: 'x', LICET_CONFIG_DIR: portal.folder },
  });
  expect(ran.code).toBe(5);
  expect(ran.stderr).toContain('could not be reached');
});

test('with --json a failure is one line of JSON with the problem in it', async () => {
  const ran = await portal.as('ana', 'operator account list --json');
  const failure = JSON.parse(ran.stderr) as Record<string, unknown>;
  expect(failure).toMatchObject({ exit: 3, problem: { code: 'forbidden', status: 403 } });
});
