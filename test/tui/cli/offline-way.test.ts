/** The way of an offline key in commands alone: an owner at the server, a technician at two machines. */
import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { toQrText } from '../../../shared/statements/codes.ts';
import { makeProof } from '../../../shared/statements/typed/deactivation.ts';
import { generateKey } from '../../../shared/statements/keys.ts';
import { joinQrParts } from '../../../shared/statements/typed/qr-parts.ts';
import { bundle } from '../../support/bundle.ts';
import { closing } from '../../support/closing.ts';
import {
  addOwner,
  done,
  licet,
  makeFolder,
  openPortal,
  ownerPassword,
  passphrase,
  type Portal,
  type TestFolder,
} from '../../support/licet.ts';
import { readQr } from '../../support/terminal/qr-cells.ts';
import { openProgram, type TerminalOptions } from '../../support/terminal/terminal.ts';

// Many processes one after the other, on machines that have other work too.
vi.setConfig({ testTimeout: 180_000 });

let portal: Portal;
let folder: TestFolder;
beforeAll(async () => {
  portal = await openPortal();
  await addOwner(portal);
  done(await portal.signIn('ana', 'ana@example.com', ownerPassword));
  folder = await makeFolder();
  // An owner has no data folder: the server gives what a machine is to trust.
  done(await portal.as('ana', `offline-key trust --out ${folder.path}/trust.json`));
});
afterAll(async () => {
  await folder.remove();
  await portal.close();
});

const ana = async (line: string, input?: string) =>
  done(await portal.as('ana', line, input === undefined ? {} : { input }));

/** A command of Ana's at a terminal. */
const anaAt = async (line: string, options: TerminalOptions = {}) =>
  closing(
    openProgram(await bundle('tui/main.tsx'), line.split(' '), {
      ...options,
      env: { LICET_CONFIG_DIR: path.join(portal.folder, 'config', 'ana') },
    }),
  );

/** A machine with a state folder and a fingerprint of its own. */
const machine = (name: string) => {
  const env = {
    LICET_STATE_DIR: path.join(folder.path, name),
    LICET_FINGERPRINT: Buffer.from(name.padEnd(32, '.')).toString('hex'),
  };
  const run = (line: string, input?: string) =>
    licet(`offline-key ${line}`, { env, ...(input === undefined ? {} : { input }) });
  const at = async (line: string, options: TerminalOptions = {}) =>
    closing(
      openProgram(await bundle('tui/main.tsx'), `offline-key ${line}`.split(' '), {
        ...options,
        env,
      }),
    );
  return { env, run, at };
};

const wrongAt = (line: string): string => `${line.startsWith('Z') ? 'Y' : 'Z'}${line.slice(1)}`;

test('typed line by line at a terminal: request, key and proof, each wrong line named at once', async () => {
  const plant = machine('plant-7');
  const made = done(await plant.run('request --hostname plant-7 --json')).json();
  const request = String(made['typed']).split('\n');

  const issue = await anaAt('offline-key issue --license Prod --typed', { rows: 60 });
  await issue.waitFor('Paste the request code, or type it line by line.');
  await issue.waitFor(' 1:');
  issue.type(`${wrongAt(request[0] ?? '')}\r`);
  await issue.waitFor('Line 1 has a typing error');
  for (const [index, line] of request.entries()) {
    issue.type(`${line}\r`);
    if (index + 1 < request.length) await issue.waitFor(` ${index + 2}:`);
  }
  await issue.waitFor('works until');
  expect(await issue.exited).toMatchObject({ code: 0 });
  const shown = issue.screen();
  expect(shown).not.toContain('BEGIN LICET');
  const key = [...shown.matchAll(/^ *\d+\. (?<line>[0-9A-Z ]+)$/gmu)].map(
    (match) => match.groups?.['line'] ?? '',
  );

  const enter = await plant.at(`enter --root ${folder.path}/trust.json`, { rows: 60 });
  await enter.waitFor(' 1:');
  enter.type(`${request[0] ?? ''}\r`);
  await enter.waitFor('This is not an offline key, but a request code.');
  enter.type(key.map((line) => `${line.toLowerCase()}\r`).join(''));
  await enter.waitFor('This machine is licensed until');
  expect(await enter.exited).toMatchObject({ code: 0 });

  const proof = String(done(await plant.run('deactivate --json')).json()['typed']).split('\n');
  const give = await anaAt('offline-key return', { rows: 60 });
  await give.waitFor('Paste the proof, or type it line by line.');
  give.type(`${proof[0] ?? ''}\r`);
  await give.waitFor(' 2:');
  give.type(`${wrongAt(proof[1] ?? '')}\r`);
  await give.waitFor('Line 2 has a typing error');
  for (const line of proof.slice(1)) give.type(`${line}\r`);
  await give.waitFor('The key of plant-7 is given back: its seat is free.');
  expect(await give.exited).toMatchObject({ code: 0 });

  // Once, and no more: shown again by the machine it frees nothing.
  const again = done(await plant.run('deactivate --json')).json();
  expect(again['typed']).toBe(proof.join('\n'));
  const file = `${folder.path}/proof.txt`;
  await writeFile(file, String(again['proof']));
  const input = String(again['proof']);
  for (const [line, options] of [
    ['return --proof-file -', { input }],
    ['return -', { input }],
    ['return plant-7 -', { input }],
    [`return plant-7 ${file}`, {}],
    [`return ${file}`, {}],
  ] as const) {
    const more = await portal.as('ana', `offline-key ${line}`, options);
    expect(more).toMatchObject({ code: 1, stderr: expect.stringContaining('given back already') });
  }
});

test('as QR codes: whole where the terminal is large, in parts where it is small', async () => {
  const plant = machine('plant-8');
  const request = done(await plant.run(`request --hostname plant-8 --out ${folder.path}/8.txt`));
  const large = await plant.at('request --hostname plant-8 --qr', { columns: 120, rows: 60 });
  await large.waitFor(() => readQr(large.cells()) !== undefined);
  expect(await large.exited).toMatchObject({ code: 0 });
  const typed = /Request to type\n(?<lines>(?: *\d+\. [0-9A-Z ]+\n?)+)/u.exec(large.screen());
  expect(readQr(large.cells())).toBe(
    toQrText((typed?.groups?.['lines'] ?? '').replaceAll(/^ *\d+\. /gmu, '')),
  );
  expect(request.stdout).toContain('BEGIN LICET OFFLINE REQUEST');

  await ana(`offline-key issue ${folder.path}/8.txt --license Prod --out ${folder.path}/8.key.txt`);
  const { shortKey } = (await ana('offline-key show plant-8 --license Prod --json')).json();
  const small = await anaAt('offline-key show plant-8 --license Prod --typed --qr', {
    columns: 60,
    rows: 20,
  });
  await small.waitFor(/Part 1 of \d\. Enter: the next part\./u);
  const count = Number(/Part 1 of (\d)/u.exec(small.screen())?.[1]);
  const parts: string[] = [];
  for (let part = 1; part <= count; part += 1) {
    await small.waitFor(() => readQr(small.cells())?.startsWith(`LICET:${part}/${count}`) ?? false);
    parts.push(readQr(small.cells()) ?? '');
    if (part < count) small.press('enter');
  }
  expect(await small.exited).toMatchObject({ code: 0 });
  expect(joinQrParts(parts.join('\n'))).toEqual({ ok: true, value: toQrText(String(shortKey)) });
  // Scanned, the parts are entered as they come.
  const entered = await plant.run(
    `enter - --root ${folder.path}/trust.json`,
    parts.toReversed().join('\n'),
  );
  expect(entered).toMatchObject({ code: 0 });
});

test('the list shows all licenses, the next visit first; the sheet, the file and the screen agree', async () => {
  for (const [name, license, days] of [
    ['late-1', 'Prod', 170],
    ['soon-1', 'Dev', 40],
  ] as const) {
    const made = done(await machine(name).run(`request --hostname ${name} --json`)).json();
    await ana(`offline-key issue - --license ${license} --days ${days}`, String(made['request']));
  }
  const list = await ana('offline-key list');
  expect(list.stdout.split('\n')[0]).toMatch(
    /^Machine +License +Next visit +Ends +Status +Given back/u,
  );
  const machines = list.stdout.split('\n').map((line) => line.split(' ')[0]);
  expect(machines.indexOf('soon-1')).toBeLessThan(machines.indexOf('late-1'));
  expect(machines.indexOf('late-1')).toBeLessThan(machines.indexOf('plant-7'));
  expect(list.stdout).toMatch(/plant-7 +Prod +- .* returned +1 /u);
  const visit = /soon-1 +Dev +(?<day>\d{4}-\d\d-\d\d)/u.exec(list.stdout)?.groups?.['day'];
  const sheet = await ana('offline-key sheet soon-1 --license Dev');
  expect(sheet.stdout).toContain(`NEXT VISIT DUE  ${visit}`);
  // A proof of a key that is on none of one's licenses is told from one that is.
  const stranger = makeProof(
    generateKey((bytes) => new Uint8Array(bytes).fill(7)),
    { id: 'key_01jt0000000000000000000000', licenseId: 'lic_1', fingerprint: 'ab'.repeat(32) },
    Date.now(),
  );
  const nobody = await portal.as('ana', 'offline-key return --proof-file -', {
    input: stranger.typed,
  });
  expect(nobody.code).toBe(2);
  expect(nobody.stderr).toContain('key_01jt0000000000000000000000, which is not on');

  const file = `${folder.path}/again.key.txt`;
  await ana(`offline-key show soon-1 --license Dev --out ${file}`);
  expect((await stat(file)).size).toBeGreaterThan(500);
  expect(await readFile(file, 'utf8')).toBe(
    (await ana('offline-key show soon-1 --license Dev')).stdout,
  );
});

test('a typed key is read anywhere: all but the machine, which is left out of it', async () => {
  const typed = await ana('offline-key show soon-1 --license Dev --typed');
  const shown = done(await licet('offline-key inspect - --json', { input: typed.stdout })).json();
  expect(shown).toMatchObject({
    kind: 'licet-offline-key+jwt',
    product: 'acme-server',
    license: { name: 'Dev', entitlements: { exports: true, users: 25 } },
    administrator: { email: 'ana@example.com' },
    signature: expect.stringContaining('not checked'),
  });
  const wrong = typed.stdout.replace(/(?<=^ *3\. )./mu, (first) => (first === 'Z' ? 'Y' : 'Z'));
  expect(await licet('offline-key inspect -', { input: wrong })).toMatchObject({
    code: 4,
    stderr: expect.stringContaining('Line 3 has a typing error'),
  });
});

test('after a rotation old keys verify, and a typed one needs the new trust file, which is said', async () => {
  const old = machine('soon-1');
  await ana(`offline-key show soon-1 --license Dev --out ${folder.path}/old.key.txt`);
  done(await licet(`keys rotate --data ${portal.data}`, { input: passphrase }));
  const jwks = async () =>
    ((await (await fetch(`${portal.url}/.well-known/jwks.json`)).json()) as { keys: unknown[] })
      .keys.length;
  await vi.waitUntil(async () => (await jwks()) === 2, { timeout: 30_000 });
  done(await old.run(`enter ${folder.path}/old.key.txt --root ${folder.path}/trust.json`));

  await ana('offline-key renew soon-1 --license Dev');
  const typed = (await ana('offline-key show soon-1 --license Dev --typed')).stdout;
  expect(await old.run('enter -', typed)).toMatchObject({
    code: 4,
    stderr: expect.stringMatching(/not in the trust file.*newer trust file/u),
  });
  done(await licet(`keys export-trust --data ${portal.data} --out ${folder.path}/new-trust.json`));
  done(await old.run(`enter - --root ${folder.path}/new-trust.json`, typed));
  expect(done(await old.run('verify')).stderr).toContain('valid on this machine');
});

test('a revoked signing key: its offline keys are refused where the trust file says so', async () => {
  const plant = machine('soon-1');
  const list = done(await licet(`keys list --data ${portal.data} --json`)).json();
  const keys = list['keys'] as { readonly kid: string; readonly status: string }[];
  const kid = keys.find(({ status }) => status === 'current')?.kid ?? '';
  done(
    await licet(`keys revoke ${kid} --reason "laptop stolen" --yes --data ${portal.data}`, {
      input: passphrase,
    }),
  );
  done(await plant.run('verify'));
  done(await licet(`keys export-trust --data ${portal.data} --out ${folder.path}/revoked.json`));
  const refused = await plant.run(`verify --root ${folder.path}/revoked.json --json`);
  expect(refused.code).toBe(4);
  expect(JSON.parse(refused.stderr)).toMatchObject({ valid: false, reason: 'revoked-key' });
  expect(refused.stderr).toContain('laptop stolen');
  // The list stays on the machine: the product there learns of it.
  expect(await plant.run('verify')).toMatchObject({
    code: 4,
    stderr: expect.stringContaining('laptop stolen'),
  });
});
