import { describe, expect, it } from 'vitest';
import { fromBase64url, toBase64url, utf8 } from '../../shared/bytes.ts';
import { statementTypes, typOf, type StatementType } from '../../shared/statements/claims.ts';
import { canonicalJson, type Json } from '../../shared/statements/canonical-json.ts';
import { sign } from '../../shared/statements/ed25519.ts';
import { generateKey, signerOf, type PrivateKey } from '../../shared/statements/keys.ts';
import {
  signStatement,
  verifyStatement,
  type VerifyOptions,
} from '../../shared/statements/statements.ts';
import {
  certify,
  day,
  issuer,
  makeServerKeys,
  now,
  random,
  revocations,
  seconds,
  serverClaims,
} from '../support/statements.ts';

const server = makeServerKeys();
const options: VerifyOptions = { roots: [server.root], now };
const claims = serverClaims['offline-key'];
const key = signStatement('offline-key', claims, server.signer);
const verifyKey = (text: string, more: Partial<VerifyOptions> = {}) =>
  verifyStatement('offline-key', text, { ...options, ...more });

const encode = (value: Json | string): string =>
  toBase64url(utf8(typeof value === 'string' ? value : canonicalJson(value)));

/** A JWS as an attacker makes it: any header, any payload text, signed or not. */
const forge = (header: Json | string, payload: Json | string, by?: PrivateKey): string => {
  const input = `${encode(header)}.${encode(payload)}`;
  return `${input}.${by ? toBase64url(sign(utf8(input), by.seed)) : ''}`;
};

const header = {
  alg: 'EdDSA',
  typ: typOf('offline-key'),
  kid: server.signing.kid,
  cert: server.cert,
};

const serverTypes = Object.keys(serverClaims) as (keyof typeof serverClaims)[];

describe('a statement', () => {
  it.each(serverTypes)('of type %s verifies, and says what was signed', (type) => {
    const text = signStatement(type, serverClaims[type], server.signer);
    const verified = verifyStatement(type, text, options);
    expect(verified).toMatchObject({
      ok: true,
      value: { claims: serverClaims[type], kid: server.signing.kid, certificate: { iss: issuer } },
    });
  });

  it.each(serverTypes)('of type %s is not taken for any other', (type) => {
    const text = signStatement(type, serverClaims[type], server.signer);
    for (const other of Object.keys(statementTypes) as StatementType[]) {
      if (other === type) continue;
      expect(verifyStatement(other, text, options)).toMatchObject({ error: { reason: 'type' } });
    }
  });

  it('is refused with any one bit changed', () => {
    const bytes = utf8(key);
    for (let round = 0; round < 400; round += 1) {
      const bit = Math.floor((round / 400) * bytes.length * 8);
      const changed = Uint8Array.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const text = Buffer.from(changed).toString('latin1');
      expect(verifyKey(text).ok, `bit ${bit}`).toBe(false);
    }
  });

  it('cannot be signed without its certificate, nor a certificate with one', () => {
    expect(() => signStatement('offline-key', claims, signerOf(server.signing))).toThrow(/needs/);
    const { signer, signing } = server;
    expect(() =>
      signStatement(
        'cert',
        {
          iss: issuer,
          iat: seconds,
          sub: signing.kid,
          nbf: seconds,
          exp: seconds,
          cnf: { jwk: { kty: 'OKP', crv: 'Ed25519', x: signing.x } },
        },
        signer,
      ),
    ).toThrow(/takes no/);
  });
});

describe('hostile statements', () => {
  const hmacHeader = { ...header, alg: 'HS256' };
  it.each([
    ['alg none', forge({ ...header, alg: 'none' }, claims), 'algorithm', /"none".*only EdDSA/],
    ['alg HS256', forge(hmacHeader, claims, server.signing), 'algorithm', /"HS256"/],
    ['no alg', forge({ typ: header.typ }, claims, server.signing), 'algorithm', /no algorithm/],
    ['crit', forge({ ...header, crit: ['x'] }, claims, server.signing), 'malformed', /members/],
    ['jwk', forge({ ...header, jwk: { x: 'a' } }, claims, server.signing), 'malformed', /members/],
    [
      'no certificate',
      forge({ ...header, cert: undefined }, claims, server.signing),
      'unknown-key',
      /no certificate/,
    ],
    ['no signature', key.slice(0, key.lastIndexOf('.') + 1), 'malformed', /64 bytes/],
    ['trailing bytes', `${key}AA`, 'malformed', /64 bytes/],
    ['a fourth part', `${key}.AA`, 'malformed', /three parts/],
    ['padding', `${key}=`, 'malformed', /64 bytes/],
    ['a newline at its end', `${key}\n`, 'malformed', /64 bytes/],
    ['no content', forge(header, '', server.signing), 'malformed', /not valid JSON/],
    ['other claims', forge(header, { iss: issuer }, server.signing), 'claims', /content/],
    ['null', forge(header, 'null', server.signing), 'claims', /content/],
    ['nothing', '', 'malformed', /three parts/],
    ['a megabyte', 'A'.repeat(1_000_000), 'malformed', /too long/],
  ])('with %s are refused, and it is said why', (_, text, reason, message) => {
    expect(verifyKey(text)).toMatchObject({ ok: false, error: { reason, message } });
  });

  it.each([
    ['duplicate members', (text: string) => text.replace('"sub"', '"sub":"lic_x","sub"'), /twice/],
    [
      'duplicate members by escape',
      (text: string) => text.replace('"sub"', '"\\u0073ub":"l","sub"'),
      /twice/,
    ],
    ['__proto__', (text: string) => text.replace('{', '{"__proto__":{},'), /__proto__/],
    ['bytes after the JSON', (text: string) => `${text} {}`, /after its end/],
    [
      'deep nesting',
      (text: string) => text.replace('{', `{"a":${'['.repeat(99)}${']'.repeat(99)},`),
      /nested/,
    ],
  ])('well signed, but with %s in the JSON, are refused', (_, change, message) => {
    const payload = change(canonicalJson(claims));
    expect(verifyKey(forge(header, payload, server.signing))).toMatchObject({
      error: { reason: 'malformed', message },
    });
  });

  it('signed by a key that no root certified are refused', () => {
    const stranger = makeServerKeys();
    const text = signStatement('offline-key', claims, stranger.signer);
    expect(verifyKey(text)).toMatchObject({
      error: {
        reason: 'unknown-key',
        message: expect.stringContaining(stranger.root.kid.slice(0, 12)),
      },
    });
  });

  it('with the certificate of another key are refused', () => {
    const thief = generateKey(random);
    const text = signStatement('offline-key', claims, signerOf(thief, server.cert));
    expect(verifyKey(text)).toMatchObject({ error: { reason: 'certificate' } });
    const renamed = forge(header, claims, thief);
    expect(verifyKey(renamed)).toMatchObject({ error: { reason: 'signature' } });
  });

  it('of a server whose certificate names another issuer are refused', () => {
    const text = signStatement('offline-key', { ...claims, iss: 'iss_other' }, server.signer);
    expect(verifyKey(text)).toMatchObject({ error: { reason: 'issuer' } });
  });

  it('signed by a certificate that a signing key made are refused', () => {
    const next = generateKey(random);
    const cert = certify(server.signing, next, seconds - day, seconds + day);
    const text = signStatement('offline-key', claims, signerOf(next, cert));
    expect(verifyKey(text)).toMatchObject({ error: { reason: 'unknown-key' } });
  });
});

describe('revocation', () => {
  const { signing, root } = server;

  it('of the signing key refuses what it signed, by name', () => {
    expect(verifyKey(key, { revocations: revocations(signing.kid) })).toMatchObject({
      error: {
        reason: 'revoked-key',
        message: expect.stringMatching(new RegExp(`${signing.kid.slice(0, 12)}.*key was copied`)),
      },
    });
  });

  it('from a time on leaves what was signed before', () => {
    const from = (time: number) => {
      const list = revocations();
      const entry = { kid: signing.kid, from: time, revokedAt: seconds, reason: 'replaced' };
      return { ...list, licet: { ...list.licet, revoked: [entry] } };
    };
    expect(verifyKey(key, { revocations: from(seconds + 1) }).ok).toBe(true);
    expect(verifyKey(key, { revocations: from(seconds) }).ok).toBe(false);
  });

  it('of a root refuses what it certified, also when its certificate is remembered', () => {
    expect(verifyKey(key).ok).toBe(true);
    expect(verifyKey(key, { revocations: revocations(root.kid) })).toMatchObject({
      error: { reason: 'revoked-key' },
    });
  });

  it('list verifies by a root and by nobody else', () => {
    const text = signStatement('revocations', revocations(signing.kid), signerOf(root));
    expect(verifyStatement('revocations', text, options)).toMatchObject({ ok: true });
    const forged = signStatement('revocations', revocations(), signerOf(signing));
    expect(verifyStatement('revocations', forged, options)).toMatchObject({
      error: { reason: 'unknown-key' },
    });
  });
});

describe('times', () => {
  const at = (time: number) => ({ now: time * 1000 });
  const { nbf, exp } = claims;

  it.each([
    [nbf - 601, 'not-yet-valid'],
    [nbf - 600, undefined],
    [exp + 600, undefined],
    [exp + 601, 'expired'],
  ])('of an offline key: at %d it is %s', (time, reason) => {
    const verified = verifyKey(key, at(time));
    expect(verified.ok ? undefined : verified.error.reason).toBe(reason);
  });

  it('of a lease start when it was signed', () => {
    const lease = signStatement('lease', serverClaims.lease, server.signer);
    const verifyAt = (time: number) => verifyStatement('lease', lease, { ...options, ...at(time) });
    expect(verifyAt(seconds - 600)).toMatchObject({ ok: true });
    expect(verifyAt(seconds - 601)).toMatchObject({ error: { reason: 'not-yet-valid' } });
  });

  it('of the certificate count when the statement was signed, not when it is verified', () => {
    const old = makeServerKeys(seconds - 360 * day, seconds + day);
    const text = signStatement('offline-key', claims, old.signer);
    const later = { roots: [old.root], now: (seconds + 90 * day) * 1000 };
    expect(verifyKey(text, later)).toMatchObject({ ok: true });
    const ended = makeServerKeys(seconds - 360 * day, seconds - 601);
    const late = signStatement('offline-key', claims, ended.signer);
    expect(verifyKey(late, { roots: [ended.root] })).toMatchObject({
      error: { reason: 'certificate', message: /certified from/ },
    });
  });
});

describe('names', () => {
  it('of another product or server are refused', () => {
    expect(verifyKey(key, { audience: claims.aud, issuer })).toMatchObject({ ok: true });
    expect(verifyKey(key, { audience: 'other' })).toMatchObject({
      error: { reason: 'audience', message: /"reports-server", not for "other"/ },
    });
    expect(verifyKey(key, { issuer: 'iss_other' })).toMatchObject({ error: { reason: 'issuer' } });
  });

  it('of keys are RFC 7638 thumbprints', () => {
    // The example of RFC 8037, appendix A.3.
    const seed = fromBase64url('nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A');
    const pair = generateKey(() => seed ?? new Uint8Array(32));
    expect(pair.x).toBe('11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo');
    expect(pair.kid).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k');
  });
});
