/** Keys, certificates and claims for tests of statements: all made anew, so that nothing depends on them. */
import { randomBytes } from 'node:crypto';
import type { Claims, RevocationsClaims, StatementType } from '../../shared/statements/claims.ts';
import { generateKey, signerOf, type PrivateKey } from '../../shared/statements/keys.ts';
import { signStatement } from '../../shared/statements/statements.ts';
import { makeId } from '../../shared/ids.ts';

export const random = (bytes: number): Uint8Array => new Uint8Array(randomBytes(bytes));

/** 2026-05-04T03:02:01Z */
export const now = Date.UTC(2026, 4, 4, 3, 2, 1);
export const seconds = now / 1000;
export const day = 86_400;
export const issuer = 'iss_01jt000000000000000000test';

/** A server's keys: a root, and a signing key that it certified for a year. */
export const makeServerKeys = (from = seconds - 30 * day, until = from + 365 * day) => {
  const root = generateKey(random);
  const signing = generateKey(random);
  const cert = certify(root, signing, from, until);
  return { root, signing, cert, signer: signerOf(signing, cert) };
};

export const certify = (root: PrivateKey, key: PrivateKey, from: number, until: number): string =>
  signStatement(
    'cert',
    {
      iss: issuer,
      sub: key.kid,
      iat: from,
      nbf: from,
      exp: until,
      cnf: { jwk: { kty: 'OKP', crv: 'Ed25519', x: key.x } },
    },
    signerOf(root),
  );

export const revocations = (...kids: readonly string[]): RevocationsClaims => ({
  iss: issuer,
  iat: seconds,
  exp: seconds + 90 * day,
  licet: {
    number: 1,
    revoked: kids.map((kid) => ({ kid, from: 0, revokedAt: seconds, reason: 'key was copied' })),
  },
});

const license = {
  name: 'Prod',
  type: 'subscription' as const,
  maxActivations: 3,
  expiresAt: '2027-01-31T00:00:00.000Z',
  entitlements: { reports: true, users: 25 },
};

const fingerprint = 'ab'.repeat(32);
const hostname = 'plc-7';
const common = { iss: issuer, iat: seconds };
const sub = makeId('license', now, random);

/** Claims of each type that the server's signing key signs. */
export const serverClaims = {
  lease: {
    ...common,
    sub,
    aud: 'reports-server',
    exp: seconds + 3 * day,
    licet: {
      activation: makeId('activation', now, random),
      license,
      machine: { fingerprint, hostname },
      checkInSeconds: 3600,
      seq: 17,
      era: 1,
    },
  },
  'offline-key': {
    ...common,
    sub,
    aud: 'reports-server',
    jti: makeId('offlineKey', now, random),
    nbf: seconds - day,
    exp: seconds + 180 * day,
    licet: {
      license,
      administrator: { email: 'ana@example.com', name: 'Ana García', password: 'choose' },
      machine: { fingerprint, hostname, key: generateKey(random).x },
    },
  },
  receipt: {
    ...common,
    sub,
    jti: makeId('receipt', now, random),
    licet: {
      by: makeId('account', now, random),
      before: 2,
      after: 1,
      released: [{ activation: makeId('activation', now, random), fingerprint, hostname }],
      seq: 18,
      era: 1,
    },
  },
  checkpoint: { ...common, licet: { seq: 400, hash: 'cd'.repeat(32), era: 1 } },
  login: {
    ...common,
    sub: makeId('account', now, random),
    aud: 'https://trial.example.com',
    jti: makeId('oneTimeCode', now, random),
    exp: seconds + 60,
    licet: {
      email: 'ana@example.com',
      name: 'Ana',
      license: sub,
      entitlements: { uploads: false },
    },
  },
  release: {
    ...common,
    sub: makeId('release', now, random),
    aud: 'reports-server',
    licet: {
      version: '4.2.0',
      platform: 'linux-x64',
      kind: 'product',
      file: 'reports-4.2.0.tar.gz',
      size: 1_048_576,
      sha256: 'ef'.repeat(32),
    },
  },
} satisfies { [T in StatementType]?: Claims<T> };
