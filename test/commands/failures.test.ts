/** How commands fail: exit codes, clear sentences, nothing on standard output. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  addOwner,
  licet,
  makeFolder,
  openPortal,
  ownerPassword,
  startLicet,
  type Portal,
} from '../support/licet.ts';

let portal: Portal;
beforeAll(async () => {
  portal = await openPortal();
  await addOwner(portal);
  await portal.signIn('ana', 'ana@example.com', ownerPassword);
});
afterAll(() => portal.close());

interface Case {
  readonly name: string;
  readonly args: readonly string[];
  readonly person?: string;
  readonly input?: string;
  readonly code: number;
  readonly says: RegExp;
}

const cases: readonly Case[] = [
  { name: 'an unknown command', args: ['licences'], code: 2, says: /unknown command/u },
  {
    name: 'an unknown option',
    args: ['license', 'list', '--nope'],
    code: 2,
    says: /unknown option/u,
  },
  { name: 'a group without a command', args: ['license'], code: 2, says: /Usage: licet license/u },
  {
    name: 'an option that is no number',
    args: ['license', 'seats', 'Prod', 'many'],
    person: 'ops',
    code: 2,
    says: /must be a number of machines, or unlimited/u,
  },
  {
    name: 'a date that does not exist',
    args: ['license', 'renew', 'Prod', '2027-02-30'],
    person: 'ops',
    code: 2,
    says: /must be a date/u,
  },
  {
    name: 'a field that is missing where nobody can be asked',
    args: ['operator', 'account', 'create', 'x@example.com'],
    person: 'ops',
    code: 2,
    says: /Name is needed.*--name/su,
  },
  {
    name: 'nobody signed in',
    args: ['license', 'list'],
    person: 'nobody',
    code: 3,
    says: /not signed in|No server/u,
  },
  {
    name: 'what only operators may do',
    args: ['operator', 'account', 'list'],
    person: 'ana',
    code: 3,
    says: /operator/u,
  },
  {
    name: 'an unknown license',
    args: ['license', 'show', 'Nope'],
    person: 'ana',
    code: 1,
    says: /no license “Nope”.*Prod, Dev/su,
  },
  {
    name: 'a license id that is not one',
    args: ['license', 'show', 'lic_nope'],
    person: 'ana',
    code: 1,
    says: /license/u,
  },
  {
    name: 'a malformed request code',
    args: ['offline-key', 'issue', '--license', 'Prod', '--request', 'garbage'],
    person: 'ana',
    code: 4,
    says: /Line 1 .*Check it|request/iu,
  },
  {
    name: 'an e-mail that is taken',
    args: ['operator', 'account', 'create', 'ana@example.com', '--name', 'Ana'],
    person: 'ops',
    code: 1,
    says: /ana@example\.com/u,
  },
  {
    name: 'a password that is too short',
    args: ['operator', 'account', 'create', 'b@example.com', '--name', 'B', '--password-file', '-'],
    input: 'short',
    person: 'ops',
    code: 2,
    says: /15 characters or more/u,
  },
  {
    name: 'a wrong password',
    args: ['account', 'password', '--current-password-file', '-', '--new-password-file', '-'],
    input: 'not the password at all\na new one that is long\n',
    person: 'ana',
    code: 3,
    says: /password/u,
  },
];

for (const { name, args, person, input, code, says } of cases) {
  test(`${name}: exit ${code}`, async () => {
    const all = person === 'nobody' ? [...args, '--server', portal.url] : args;
    const ran = await portal.as(person ?? 'nobody', all, input === undefined ? {} : { input });
    expect(ran.stderr).toMatch(says);
    expect(ran.code).toBe(code);
    expect(ran.stdout).toBe('');
    expect(ran.stderr).not.toMatch(/\n\s+at /u);
  });
}

test('a server that does not answer: exit 5, and what to check', async () => {
  const ran = await licet(['license', 'list', '--server', 'http://127.0.0.1:9'], {
    env: { LICET_TOKEN: 'x', LICET_CONFIG_DIR: portal.folder },
  });
  expect(ran.code).toBe(5);
  expect(ran.stderr).toContain('could not be reached');
});

test('with --json a failure is one line of JSON with the problem in it', async () => {
  const ran = await portal.as('ana', ['operator', 'account', 'list', '--json']);
  const failure = JSON.parse(ran.stderr) as Record<string, unknown>;
  expect(failure).toMatchObject({ exit: 3, problem: { code: 'forbidden', status: 403 } });
});

test('a second server on the folder says which process has it', async () => {
  const ran = await licet(['serve', '--data', portal.data, '--listen', '127.0.0.1:0']);
  expect(ran.code).toBe(1);
  expect(ran.stderr).toContain(String(portal.server.pid));
  expect(ran.stdout).toBe('');
});

test('a port in use is named, with what to do', async () => {
  const { port } = new URL(portal.url);
  const folder = await makeFolder();
  try {
    const data = `${folder.path}/data`;
    await licet(['init', '--data', data, '--operator-email', 'a@example.com']);
    const ran = await licet(['serve', '--data', data, '--listen', `127.0.0.1:${port}`]);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(/in use.*--listen/su);
  } finally {
    await folder.remove();
  }
});

test('a folder that is not licet’s is refused, and not changed', async () => {
  const folder = await makeFolder();
  try {
    await folder.file('thesis.txt', 'mine');
    const init = await licet(['init', '--data', folder.path, '--operator-email', 'a@example.com']);
    expect(init.code).toBe(1);
    expect(init.stderr).toContain('thesis.txt');
    const serve = await licet(['serve', '--data', folder.path, '--listen', '127.0.0.1:0']);
    expect(serve.code).toBe(1);
    expect(serve.stderr).toMatch(/not .*licet|licet init/u);
  } finally {
    await folder.remove();
  }
});

test('a setting that is not allowed names setting, value and what is: exit 2', async () => {
  const ran = await licet(['serve', '--data', portal.data, '--listen', 'everywhere']);
  expect(ran.code).toBe(2);
  expect(ran.stderr).toMatch(/"listen".*"everywhere".*HOST:PORT/su);
});

test('a lost operator comes back by a code, while the server is stopped', async () => {
  const folder = await makeFolder();
  try {
    const data = `${folder.path}/data`;
    const init = await licet([
      'init',
      '--data',
      data,
      '--operator-email',
      'a@example.com',
      '--json',
    ]);
    expect(init.json()).toMatchObject({ operator: { email: 'a@example.com' }, code: {} });
    const recovered = await licet([
      'operator',
      'recover',
      'a@example.com',
      '--data',
      data,
      '--json',
    ]);
    expect(recovered.json()).toMatchObject({ email: 'a@example.com', code: expect.any(String) });
    const server = await startLicet(['serve', '--data', data, '--listen', '127.0.0.1:0']);
    const env = { LICET_CONFIG_DIR: folder.path };
    const set = await licet(
      [
        'account',
        'set-password',
        '--server',
        server.url,
        '--code-file',
        '-',
        '--new-password-file',
        '-',
      ],
      { env, input: `${String(recovered.json()['code'])}\nback again with this one\n` },
    );
    expect(set, set.stderr).toMatchObject({ code: 0 });
    const running = await licet(['operator', 'recover', 'a@example.com', '--data', data]);
    expect(running.code).toBe(1);
    expect(running.stderr).toContain(String(server.pid));
    expect(await server.stop()).toBe(0);
  } finally {
    await folder.remove();
  }
});
