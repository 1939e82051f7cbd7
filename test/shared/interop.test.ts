/** Statements are verified by others: jose, OpenSSL, Node's crypto and Python, with the code that the docs show. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import * as jose from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { statementTypes, typOf } from '../../shared/statements/claims.ts';
import { publicKeyFromText, toJwk } from '../../shared/statements/keys.ts';
import { offlineKeyFile } from '../../shared/statements/typed/offline-key.ts';
import { signStatement } from '../../shared/statements/statements.ts';
import { toPem } from '../../shared/statements/trust.ts';
import golden from '../golden/statements.json' with { type: 'json' };
import { day, makeServerKeys, serverClaims } from '../support/statements.ts';

const run = promisify(execFile);

const can = (command: string, ...args: readonly string[]): boolean => {
  try {
    execFileSync(command, [...args], { stdio: 'ignore', timeout: 20_000 });
    return true;
  } catch {
    return false;
  }
};

const hasPython = can('python3', '-c', 'import cryptography');
const hasOpenSsl = can('openssl', 'version') && can('sh', '-c', 'awk 1 </dev/null');

// The examples hold a key against the real clock, so this one is made now.
const seconds = Math.floor(Date.now() / 1000);
const server = makeServerKeys(seconds - 10 * day);
const sample = serverClaims['offline-key'];
const claims = { ...sample, iat: seconds, nbf: seconds - day, exp: seconds + 180 * day };
const key = signStatement('offline-key', claims, server.signer);

const changed = (jws: string): string => {
  const [header = '', payload = '', signature = ''] = jws.split('.');
  const text = Buffer.from(payload, 'base64url').toString().replace('"users":25', '"users":99');
  return [header, Buffer.from(text).toString('base64url'), signature].join('.');
};

/** The code block of a language in the docs. */
const example = async (language: string): Promise<string> => {
  const docs = await readFile(new URL('../../docs/offline-keys.md', import.meta.url), 'utf8');
  const code = new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(docs)?.[1];
  if (code === undefined) throw new Error(`docs/offline-keys.md has no example in ${language}`);
  return code;
};

const folder = await mkdtemp(path.join(os.tmpdir(), 'licet-interop-'));
const inFolder = (name: string): string => path.join(folder, name);

beforeAll(async () => {
  await writeFile(inFolder('key.txt'), offlineKeyFile(key));
  await writeFile(inFolder('changed.txt'), offlineKeyFile(changed(key)));
  const stranger = makeServerKeys();
  await writeFile(
    inFolder('stranger.txt'),
    offlineKeyFile(signStatement('offline-key', claims, stranger.signer)),
  );
});

describe('jose', () => {
  const jwks = jose.createLocalJWKSet({ keys: [toJwk(server.signing)] });

  it.each(Object.keys(serverClaims) as (keyof typeof serverClaims)[])(
    'verifies a statement of type %s by the key set',
    async (type) => {
      const { payload } = await jose.jwtVerify(
        signStatement(type, serverClaims[type], server.signer),
        jwks,
        {
          algorithms: ['EdDSA'],
          typ: typOf(type),
          currentDate: new Date(serverClaims[type].iat * 1000),
        },
      );
      expect(payload).toEqual(serverClaims[type]);
    },
  );

  it.each(Object.keys(golden.statements) as (keyof typeof golden.statements)[])(
    'verifies the frozen statement of type %s by the key that signs such ones',
    async (type) => {
      const { by } = statementTypes[type];
      const certificate = jose.decodeJwt<{ cnf: { jwk: jose.JWK } }>(golden.statements.cert);
      const keys = {
        root: golden.trust.roots,
        server: [{ ...certificate.cnf.jwk, kid: certificate.sub ?? '' }],
        machine: [publicKeyFromText(golden.machineKey)].flatMap((key) => (key ? [toJwk(key)] : [])),
      }[by];
      const verified = await jose.compactVerify(
        golden.statements[type],
        jose.createLocalJWKSet({ keys }),
        { algorithms: ['EdDSA'] },
      );
      expect(verified.protectedHeader.typ).toBe(typOf(type));
    },
  );

  it('refuses a changed one', async () => {
    await expect(jose.jwtVerify(changed(key), jwks)).rejects.toThrow(/signature/);
  });

  it('has the same thumbprint for a key', async () => {
    expect(await jose.calculateJwkThumbprint(toJwk(server.root))).toBe(server.root.kid);
  });
});

interface Verifier {
  readonly name: string;
  readonly language: string;
  readonly file: string;
  readonly found: boolean;
  readonly command: (file: string, key: string) => readonly [string, ...string[]];
}

const product = claims.aud;
const verifiers: readonly Verifier[] = [
  {
    name: "Node's crypto",
    language: 'ts',
    file: 'verify.ts',
    found: true,
    command: (file, text) => [process.execPath, file, text, server.root.x, product],
  },
  {
    name: 'OpenSSL',
    language: 'sh',
    file: 'verify.sh',
    found: hasOpenSsl,
    command: (file, text) => ['sh', file, text, server.root.x],
  },
  {
    name: 'Python',
    language: 'python',
    file: 'verify.py',
    found: hasPython,
    command: (file, text) => ['python3', file, text, server.root.x, product],
  },
];

describe.each(verifiers)('the example for $name', ({ language, file, found, command }) => {
  const verify = async (text: string): Promise<string> => {
    await writeFile(inFolder(file), await example(language));
    const [program, ...args] = command(inFolder(file), inFolder(text));
    const { stdout } = await run(program, args, { timeout: 20_000 });
    return stdout;
  };

  it.skipIf(!found)('verifies a key', async () => {
    const lines = (await verify('key.txt')).trim().split('\n');
    expect(JSON.parse(lines.at(-1) ?? '')).toEqual(claims);
  });

  it.skipIf(!found)('refuses a changed key, and one of a stranger', async () => {
    await expect(verify('changed.txt')).rejects.toThrow(/Command failed/);
    await expect(verify('stranger.txt')).rejects.toThrow(/Command failed/);
  });
});

describe('the example in Python', () => {
  it('has at most 40 lines', async () => {
    expect((await example('python')).trimEnd().split('\n').length).toBeLessThanOrEqual(40);
  });
});

describe('a root as PEM', () => {
  it.skipIf(!hasOpenSsl)('is read by OpenSSL', async () => {
    await writeFile(inFolder('root.pem'), toPem(server.root));
    const { stdout } = await run('openssl', [
      'pkey',
      '-pubin',
      '-in',
      inFolder('root.pem'),
      '-text',
      '-noout',
    ]);
    expect(stdout).toMatch(/ED25519 Public-Key/);
  });
});
