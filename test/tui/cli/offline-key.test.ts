/** The machine's side of offline keys on the command line: real processes, no server. */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { verifyProof } from '../../../shared/statements/typed/deactivation.ts';
import { offlineKeyFile, shortenOfflineKey } from '../../../shared/statements/typed/offline-key.ts';
import {
  parseRequestCode,
  type OfflineRequest,
} from '../../../shared/statements/typed/offline-request.ts';
import { signStatement } from '../../../shared/statements/statements.ts';
import { makeTrustFile } from '../../../shared/statements/trust.ts';
import { bundle } from '../../support/bundle.ts';
import { closing } from '../../support/closing.ts';
import { day, issuer, makeServerKeys, serverClaims } from '../../support/statements.ts';
import { openProgram } from '../../support/terminal/terminal.ts';

let program = '';
beforeAll(async () => {
  program = await bundle('tui/main.tsx');
});

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A machine behind the air gap with a folder of its own, and the server's keys elsewhere. */
const openMachine = async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'licet-offline-'));
  const server = makeServerKeys(Math.floor(Date.now() / 1000) - 10 * day);
  const file = (name: string): string => path.join(folder, name);
  const trust = makeTrustFile({
    issuer,
    roots: [server.root],
    certificates: [server.cert],
    revocations: undefined,
  });
  await writeFile(file('trust.json'), JSON.stringify(trust));
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    LICET_STATE_DIR: file('state'),
    LICET_FINGERPRINT: 'fe'.repeat(32),
  };

  const licet = (args: readonly string[], input = ''): Promise<Ended> =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [program, 'offline-key', ...args], {
        env,
        cwd: folder,
      });
      let stdout = '';
      let stderr = '';
      child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
      child.once('error', reject);
      child.once('close', (code) => resolve({ code, stdout, stderr }));
      child.stdin.end(input);
    });

  const request = async (): Promise<OfflineRequest> => {
    const { stdout } = await licet(['request', '--hostname', 'plc-7', '--json']);
    const read = parseRequestCode(JSON.parse(stdout).request);
    if (!read.ok) throw new Error(read.error);
    return read.value;
  };

  /** Makes the key as the server does, and puts it into key.txt. */
  const issue = async ({ fingerprint, hostname, key }: OfflineRequest) => {
    const iat = Math.floor(Date.now() / 1000);
    const sample = serverClaims['offline-key'];
    const licet = { ...sample.licet, machine: { fingerprint, hostname, key } };
    const claims = { ...sample, iat, nbf: iat - day, exp: iat + 180 * day, licet };
    const jws = signStatement('offline-key', claims, server.signer);
    await writeFile(file('key.txt'), offlineKeyFile(jws));
    const short = shortenOfflineKey(jws);
    return { jws, claims, typed: short.ok ? short.value : '' };
  };

  return { folder, file, env, licet, request, issue, server };
};

describe('licet offline-key', () => {
  test('request, enter, verify, deactivate: the whole way of a key', async () => {
    const machine = await openMachine();
    const request = await machine.request();
    expect(request).toMatchObject({ hostname: 'plc-7', fingerprint: 'fe'.repeat(32) });
    const { claims } = await machine.issue(request);

    const verified = await machine.licet(['verify', 'key.txt', '--root', 'trust.json']);
    expect(verified).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('valid on this machine'),
    });
    expect(verified.stdout).toMatch(/License +Prod\n/u);

    expect(await machine.licet(['enter', 'key.txt', '--root', 'trust.json'])).toMatchObject({
      code: 0,
    });
    const again = await machine.licet(['verify', '--json']);
    expect(JSON.parse(again.stdout)).toMatchObject({
      valid: true,
      product: 'reports-server',
      id: claims.jti,
      license: { name: 'Prod' },
    });

    const given = await machine.licet(['deactivate', 'key.txt', '--json']);
    const { proof } = JSON.parse(given.stdout) as { proof: string };
    const { fingerprint, key } = request;
    expect(
      verifyProof(proof, { id: claims.jti, licenseId: claims.sub, fingerprint, machineKey: key }),
    ).toMatchObject({ ok: true });
    expect(await machine.licet(['verify', 'key.txt'])).toMatchObject({
      code: 4,
      stdout: '',
      stderr: expect.stringContaining('was given back'),
    });
    expect((await machine.licet(['deactivate', '--json'])).stdout).toBe(given.stdout);
  });

  test('request shows file and typed lines, saves the file, and draws a QR code', async () => {
    const machine = await openMachine();
    const shown = await machine.licet([
      'request',
      '--out',
      'request.txt',
      '--qr',
      '--hostname',
      'plc-7',
    ]);
    expect(shown.code).toBe(0);
    const typed = /Request to type\n(?<lines>(?:[0-9A-Z. ]+\n)+)/u.exec(shown.stdout)?.groups?.[
      'lines'
    ];
    const fromFile = parseRequestCode(shown.stdout);
    expect(fromFile).toMatchObject({ ok: true, value: { hostname: 'plc-7' } });
    expect(parseRequestCode(typed ?? '')).toEqual(fromFile);
    expect(parseRequestCode(await readFile(machine.file('request.txt'), 'utf8'))).toMatchObject({
      ok: true,
    });
    expect(shown.stdout).toMatch(/\n[█▀▄ ]{40,}\n/u);
  });

  test('a key is read from standard input, and typed', async () => {
    const machine = await openMachine();
    const { typed } = await machine.issue(await machine.request());
    const piped = await machine.licet(['enter', '-', '--root', 'trust.json'], typed.toLowerCase());
    expect(piped).toMatchObject({ code: 0 });
    const wrong = typed.replace(/\n(.)/u, (_, first: string) => `\n${first === 'Z' ? 'Y' : 'Z'}`);
    expect(await machine.licet(['enter', '-'], wrong)).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('Line 2 has a typing error'),
    });
  });

  test('at a terminal each typed line is checked at once', async () => {
    const machine = await openMachine();
    const { typed } = await machine.issue(await machine.request());
    const lines = typed.split('\n');
    const args = ['offline-key', 'enter', '--root', machine.file('trust.json')];
    const terminal = closing(openProgram(program, args, { env: machine.env }));
    await terminal.waitFor(' 1:');
    terminal.type('00000 00000 00000 00000 00000 00000\r');
    await terminal.waitFor('Line 1 has a typing error');
    terminal.type(lines.map((line) => `${line.toLowerCase()}\r`).join(''));
    await terminal.waitFor('This machine is licensed until');
    expect(await terminal.exited).toMatchObject({ code: 0 });
  });

  test('says why a key is not valid: changed, of a stranger, of another machine, unreadable', async () => {
    const machine = await openMachine();
    await machine.issue(await machine.request());
    const text = await readFile(machine.file('key.txt'), 'utf8');
    const verify = (key: string) =>
      machine.licet(['verify', '-', '--root', 'trust.json', '--json'], key);
    const lines = text.split('\n');
    const middle = lines[20] ?? '';
    lines[20] = `${middle.slice(0, 9)}${middle[9] === 'A' ? 'B' : 'A'}${middle.slice(10)}`;
    expect(await verify(lines.join('\n'))).toMatchObject({ code: 4, stdout: '' });
    const other = await openMachine();
    await other.issue(await other.request());
    const foreign = await readFile(other.file('key.txt'), 'utf8');
    expect(JSON.parse((await verify(foreign)).stderr)).toMatchObject({
      valid: false,
      reason: 'unknown-key',
    });
    await machine.issue(await other.request());
    const copied = await readFile(machine.file('key.txt'), 'utf8');
    expect(JSON.parse((await verify(copied)).stderr)).toMatchObject({
      reason: 'no-private-key',
      exit: 4,
    });
    expect(await verify('not a key')).toMatchObject({ code: 4 });
    expect(await machine.licet(['verify', 'no-such-file'])).toMatchObject({ code: 1 });
  });

  test('inspect reads key, request and proof on any machine', async () => {
    const machine = await openMachine();
    const request = await machine.request();
    const { claims } = await machine.issue(request);
    const inspect = async (args: readonly string[], input = '') =>
      JSON.parse((await machine.licet(['inspect', ...args, '--json'], input)).stdout) as unknown;
    expect(await inspect(['key.txt', '--root', 'trust.json'])).toMatchObject({
      id: claims.jti,
      product: 'reports-server',
      signature: 'valid',
    });
    expect(await inspect(['key.txt'])).toMatchObject({
      signature: expect.stringContaining('not checked'),
    });
    const made = JSON.parse((await machine.licet(['request', '--json'])).stdout) as {
      typed: string;
    };
    expect(await inspect(['-'], made.typed)).toMatchObject({ kind: 'licet-request+jwt' });
    await machine.licet(['enter', 'key.txt', '--root', 'trust.json']);
    const { proof } = JSON.parse((await machine.licet(['deactivate', '--json'])).stdout) as {
      proof: string;
    };
    expect(await inspect(['-'], proof)).toMatchObject({ keyId: claims.jti });
  });

  test('a wrong fingerprint is a usage error, and a missing root says what to give', async () => {
    const machine = await openMachine();
    expect(await machine.licet(['request', '--fingerprint', 'pod-7'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('64 hex digits'),
    });
    await machine.issue(await machine.request());
    expect(await machine.licet(['verify', 'key.txt'])).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('licet offline-key enter FILE --root trust.json'),
    });
  });
});
