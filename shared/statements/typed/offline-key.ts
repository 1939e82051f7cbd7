/**
 * Offline keys: as a file (armor), and as lines to type. The typed form is the same statement with what
 * the machine knows left out; the machine rebuilds the very bytes that were signed, so there is one
 * signature and one verifier.
 */
import { armor } from '../armor.ts';
import { BitReader, BitsError, BitWriter } from './bits.ts';
import { fromBase64url, toBase64url } from '../../bytes.ts';
import { CertClaims, OfflineKeyClaims, typOf, type LicenseClaim } from '../claims.ts';
import { readCode, typedKinds } from '../codes.ts';
import { parseJws, signingInput } from '../jws.ts';
import { fail, ok, type Result } from '../../result.ts';
import { readShortClaims, writeShortClaims, type KnownMachine } from './short-claims.ts';
import { toTypedLines } from './typed-lines.ts';

/** What a machine needs to read a typed key: itself as in its request, and the certificates of its trust file. */
export interface MachineKnowledge {
  readonly machine: KnownMachine;
  readonly certificates: readonly string[];
}

/** Bits of the kid that pick the certificate; the signature decides among those that share them. */
const kidBits = 20;

const kidHint = (kid: string): number => {
  const [a = 0, b = 0, c = 0] = fromBase64url(kid) ?? [];
  return ((a << 16) | (b << 8) | c) >>> (24 - kidBits);
};

/** The claims of an offline key, unverified. The error is a sentence. */
export const readOfflineKey = (jws: string): Result<OfflineKeyClaims, string> => {
  const parsed = parseJws(jws);
  if (!parsed.ok) return fail(`This is not an offline key: it ${parsed.error.what}.`);
  if (parsed.value.header.typ !== typOf('offline-key')) return fail('This is not an offline key.');
  const claims = OfflineKeyClaims.safeParse(parsed.value.payload);
  return claims.success
    ? ok(claims.data)
    : fail('This offline key is from a newer version: update licet.');
};

/** The issuer that a certificate names; undefined when it is not a certificate. */
const issuerOf = (certificate: string): { iss: string; kid: string } | undefined => {
  const parsed = parseJws(certificate);
  const claims = parsed.ok ? CertClaims.safeParse(parsed.value.payload) : undefined;
  return claims?.success ? { iss: claims.data.iss, kid: claims.data.sub } : undefined;
};

const rebuild = (digits: readonly number[], certificate: string, machine: KnownMachine): string => {
  const reader = new BitReader(digits);
  reader.number(kidBits);
  const signature = reader.bytes(64);
  const known = issuerOf(certificate) ?? { iss: '', kid: '' };
  const claims = readShortClaims(reader, { iss: known.iss, machine });
  reader.end();
  const header = {
    alg: 'EdDSA' as const,
    kid: known.kid,
    typ: typOf('offline-key'),
    cert: certificate,
  };
  return `${signingInput(header, claims)}.${toBase64url(signature)}`;
};

/**
 * The typed form of an offline key: numbered lines of groups. `product`: the one that the machine's
 * request named, which then is left out. The error says why a key has none: it holds something that the
 * form can't say.
 */
export const shortenOfflineKey = (jws: string, product?: string): Result<string, string> => {
  const claims = readOfflineKey(jws);
  const parsed = parseJws(jws);
  if (!claims.ok || !parsed.ok)
    return fail(claims.ok ? 'This is not an offline key.' : claims.error);
  const { header, signature } = parsed.value;
  const certificate = header.cert ?? '';
  try {
    const writer = new BitWriter().number(kidHint(header.kid), kidBits).bytes(signature);
    writeShortClaims(writer, claims.value, product);
    const digits = writer.toDigits();
    // What is handed out was read back once: the machine will rebuild these bytes or none.
    const machine = { ...claims.value.licet.machine, product };
    if (rebuild(digits, certificate, machine) === jws) {
      return ok(toTypedLines([typedKinds['offline-key'], ...digits]));
    }
  } catch (error) {
    if (!(error instanceof RangeError) && !(error instanceof BitsError)) throw error;
  }
  return fail(
    'This key holds something that its typed form cannot say. Carry it as a file or QR code.',
  );
};

const noCertificate =
  'This key was signed with a key whose certificate is not in the trust file of this machine. Carry the key as a file or QR code, or bring a newer trust file.';

const expandTyped = (
  digits: readonly number[],
  { machine, certificates }: MachineKnowledge,
  isGenuine: (jws: string) => boolean,
): Result<string, string> => {
  try {
    const hint = new BitReader(digits).number(kidBits);
    const fitting = certificates.filter((text) => kidHint(issuerOf(text)?.kid ?? '') === hint);
    const rebuilt = fitting.map((certificate) => rebuild(digits, certificate, machine));
    const chosen = rebuilt.find(isGenuine) ?? rebuilt[0];
    return chosen === undefined ? fail(noCertificate) : ok(chosen);
  } catch (error) {
    if (error instanceof BitsError || error instanceof SyntaxError) {
      return fail(`This key is not readable. ${error.message}`);
    }
    throw error;
  }
};

/**
 * The whole statement of an offline key in any form: file, bare JWS, parts of a QR code, or typed
 * lines, which `knowledge` completes. It is not verified here; `isGenuine` picks among certificates
 * whose keys look alike in the typed form. The error is a sentence, for typed lines with the line.
 */
export const expandOfflineKey = (
  text: string,
  knowledge: MachineKnowledge | undefined,
  isGenuine: (jws: string) => boolean = () => true,
): Result<string, string> => {
  const code = readCode('offline-key', text);
  if (!code.ok) return code;
  if (code.value.form === 'jws') return ok(code.value.jws);
  return knowledge
    ? expandTyped(code.value.digits, knowledge, isGenuine)
    : fail('A typed key can only be read on the machine that it was made for, beside its request.');
};

/** An offline key as a file. */
export const offlineKeyFile = (jws: string): string => armor('offline-key', jws);

/** What an offline key says, for people to look at; nothing of it is verified. Times RFC 3339 UTC. */
export interface OfflineKeySummary {
  readonly id: string;
  readonly issuer: string;
  readonly signedBy: string;
  readonly product: string;
  readonly licenseId: string;
  readonly license: LicenseClaim;
  readonly administrator: { readonly email: string; readonly name: string };
  readonly machine: Omit<KnownMachine, 'product'>;
  readonly issuedAt: string;
  readonly validFrom: string;
  readonly validUntil: string;
}

const iso = (seconds: number): string => new Date(seconds * 1000).toISOString();

/** Claims of an offline key as a plain summary. */
export const describeOfflineKey = (claims: OfflineKeyClaims, kid: string): OfflineKeySummary => ({
  id: claims.jti,
  issuer: claims.iss,
  signedBy: kid,
  product: claims.aud,
  licenseId: claims.sub,
  license: claims.licet.license,
  administrator: claims.licet.administrator,
  machine: claims.licet.machine,
  issuedAt: iso(claims.iat),
  validFrom: iso(claims.nbf),
  validUntil: iso(claims.exp),
});

/** Stands for a product that a typed key leaves out. */
const productOfRequest = '(the one that its request named)';

/** What a typed key says by itself: all but the machine and the server, which are left out of it. */
export type TypedKeySummary = Omit<OfflineKeySummary, 'issuer' | 'signedBy' | 'machine'>;

/** Reads a typed key anywhere, unverified, for looking at; undefined for another form. The error is a sentence. */
export const inspectTypedKey = (text: string): Result<TypedKeySummary, string> | undefined => {
  const code = readCode('offline-key', text);
  if (!code.ok) return code;
  if (code.value.form === 'jws') return undefined;
  try {
    const reader = new BitReader(code.value.digits);
    reader.number(kidBits);
    reader.bytes(64);
    const nobody = { fingerprint: '', hostname: '', key: '', product: productOfRequest };
    const claims = readShortClaims(reader, { iss: '', machine: nobody });
    reader.end();
    const {
      issuer: _issuer,
      signedBy: _kid,
      machine: _machine,
      ...said
    } = describeOfflineKey(claims, '');
    return ok(said);
  } catch (error) {
    if (error instanceof BitsError || error instanceof SyntaxError || error instanceof RangeError) {
      return fail(`This key is not readable. ${error.message}`);
    }
    throw error;
  }
};

/** Reads a key anywhere, unverified, for looking at. The error is a sentence. */
export const inspectOfflineKey = (
  text: string,
  knowledge?: MachineKnowledge,
): Result<OfflineKeySummary, string> => {
  const jws = expandOfflineKey(text, knowledge);
  if (!jws.ok) return jws;
  const claims = readOfflineKey(jws.value);
  const parsed = parseJws(jws.value);
  if (!claims.ok) return claims;
  return ok(describeOfflineKey(claims.value, parsed.ok ? parsed.value.header.kid : ''));
};
