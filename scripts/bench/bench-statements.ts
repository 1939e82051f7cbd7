/**
 * What making and verifying statements costs, as a ratio to bare signing and verifying of the same bytes
 * by @noble/ed25519. `--json` for machines. The two sides of a ratio take turns, so that a machine that
 * is busy with other things slows both.
 */
import { randomBytes } from 'node:crypto';
import * as ed from '@noble/ed25519';
import { fromBase64url } from '../../shared/bytes.ts';
import { makeProof } from '../../shared/statements/typed/deactivation.ts';
import { parseJws } from '../../shared/statements/jws.ts';
import { generateKey, signerOf } from '../../shared/statements/keys.ts';
import { expandOfflineKey, shortenOfflineKey } from '../../shared/statements/typed/offline-key.ts';
import { makeRequest, parseRequestCode } from '../../shared/statements/typed/offline-request.ts';
import { signStatement, verifyStatement } from '../../shared/statements/statements.ts';

const random = (bytes: number): Uint8Array => new Uint8Array(randomBytes(bytes));
const now = Date.now();
const iat = Math.floor(now / 1000);
const day = 86_400;
const issuer = 'iss_bench';

const root = generateKey(random);
const signing = generateKey(random);
const machine = generateKey(random);
const fingerprint = 'ab'.repeat(32);
const jwk = { kty: 'OKP', crv: 'Ed25519', x: signing.x } as const;
const certClaims = {
  iss: issuer,
  sub: signing.kid,
  iat,
  nbf: iat,
  exp: iat + 365 * day,
  cnf: { jwk },
};
const cert = signStatement('cert', certClaims, signerOf(root));
const signer = signerOf(signing, cert);

const claims = {
  iss: issuer,
  sub: 'lic_01jt0000000000000000000000',
  aud: 'reports-server',
  jti: 'key_01jt0000000000000000000000',
  iat,
  nbf: iat - day,
  exp: iat + 180 * day,
  licet: {
    license: {
      name: 'Prod',
      type: 'subscription' as const,
      maxActivations: 3,
      expiresAt: '2030-01-31T00:00:00.000Z',
      entitlements: { reports: true, users: 25 },
    },
    administrator: { email: 'ana@example.com', name: 'Ana', password: 'choose' as const },
    machine: { fingerprint, hostname: 'plc-7', key: machine.x },
  },
};

const key = signStatement('offline-key', claims, signer);
const parsed = parseJws(key);
if (!parsed.ok) throw new Error(parsed.error.what);
const { signed, signature } = parsed.value;
const publicKey = fromBase64url(signing.x) ?? new Uint8Array(32);
const options = { roots: [root], now };
const request = makeRequest({ key: machine, fingerprint, hostname: 'plc-7', now, random });
const short = shortenOfflineKey(key);
const typed = short.ok ? short.value : '';
const knowledge = { machine: claims.licet.machine, certificates: [cert] };
const given = { id: claims.jti, licenseId: claims.sub, fingerprint };

const bareSign = () => ed.sign(signed, signing.seed);
const bareVerify = () => ed.verify(signature, signed, publicKey, { zip215: false });

type Work = () => unknown;
/** Name, the work, and the bare operation that it is held against. */
const cases: readonly (readonly [string, Work, Work])[] = [
  ['make an offline key', () => signStatement('offline-key', claims, signer), bareSign],
  ['verify an offline key', () => verifyStatement('offline-key', key, options), bareVerify],
  [
    'make a request, in all forms',
    () => makeRequest({ key: machine, fingerprint, hostname: 'plc-7', now, random }),
    bareSign,
  ],
  ['read a request file', () => parseRequestCode(request.file), bareVerify],
  ['read a typed request', () => parseRequestCode(request.typed), bareVerify],
  ['shorten an offline key', () => shortenOfflineKey(key), bareSign],
  ['expand a typed key', () => expandOfflineKey(typed, knowledge), bareVerify],
  ['make a deactivation proof', () => makeProof(machine, given, now), bareSign],
];

const timeOf = (work: Work): number => {
  const start = performance.now();
  work();
  return performance.now() - start;
};

const median = (values: number[]): number =>
  values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const rounds = 300;
const results = cases.map(([name, work, bare]) => {
  const times: [number[], number[]] = [[], []];
  for (let round = -30; round < rounds; round += 1) {
    const taken = [timeOf(work), timeOf(bare)] as const;
    // The first rounds warm up.
    if (round >= 0) for (const side of [0, 1] as const) times[side].push(taken[side]);
  }
  const [ms, bareMs] = [median(times[0]), median(times[1])];
  return { name, ms, bareMs, ratio: ms / bareMs };
});

if (process.argv.includes('--json')) {
  process.stdout.write(`${JSON.stringify({ rounds, node: process.version, results })}\n`);
} else {
  process.stdout.write(`${'median of 300 rounds'.padEnd(32)}      ms   bare   ratio\n`);
  for (const { name, ms, bareMs, ratio } of results) {
    const columns = [ms.toFixed(3), bareMs.toFixed(3), ratio.toFixed(2)].map((text) =>
      text.padStart(7),
    );
    process.stdout.write(`${name.padEnd(32)} ${columns.join('')}\n`);
  }
}
