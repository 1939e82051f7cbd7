/**
 * Deactivation proofs: a machine signs that it gave its offline key up. Typed, a proof is the key's id,
 * the time and the signature; who redeems it knows the rest.
 */
import { armor } from '../armor.ts';
import { BitReader, BitsError, BitWriter } from './bits.ts';
import { toBase64url } from '../../bytes.ts';
import { DeactivationClaims, typOf } from '../claims.ts';
import { readCode, typedKinds } from '../codes.ts';
import { parseJws, signingInput } from '../jws.ts';
import { publicKeyFromText, signerOf, type PrivateKey } from '../keys.ts';
import { typedEpoch } from './offline-request.ts';
import { fail, ok, type Result } from '../../result.ts';
import { readId, writeId } from './short-claims.ts';
import { signStatement, verifyStatement } from '../statements.ts';
import { toTypedLines } from './typed-lines.ts';

/** The offline key that a proof is about, as its server and its machine know it. */
export interface GivenKey {
  /** `jti` of the offline key. */
  readonly id: string;
  readonly licenseId: string;
  readonly fingerprint: string;
}

/** A proof in all its forms. */
export interface ProofForms {
  readonly jws: string;
  readonly file: string;
  readonly typed: string;
}

const timeBits = 30;

/** All forms of a proof that was signed before. @throws for a text that is no deactivation proof. */
export const proofForms = (jws: string): ProofForms => {
  const parsed = parseJws(jws);
  if (!parsed.ok) throw new Error(`This is not a deactivation proof: it ${parsed.error.what}.`);
  const { iat, sub } = DeactivationClaims.parse(parsed.value.payload);
  const writer = new BitWriter().number(iat - typedEpoch, timeBits);
  writeId(writer, 'key', sub);
  writer.bytes(parsed.value.signature);
  const typed = toTypedLines([typedKinds.deactivation, ...writer.toDigits()]);
  return { jws, file: armor('deactivation', jws), typed };
};

/** Makes the proof that the machine with this key gave an offline key up. `now` in milliseconds. */
export const makeProof = (key: PrivateKey, given: GivenKey, now: number): ProofForms => {
  const iat = Math.max(typedEpoch, Math.floor(now / 1000));
  const { licenseId, fingerprint } = given;
  const claims = { iss: key.kid, iat, sub: given.id, licet: { license: licenseId, fingerprint } };
  return proofForms(signStatement('deactivation', claims, signerOf(key)));
};

interface ReadProof {
  readonly keyId: string;
  /** The whole statement, for the key that it is about. */
  readonly rebuild: (given: GivenKey, machineKid: string) => string;
}

const readTyped = (digits: readonly number[]): ReadProof => {
  const reader = new BitReader(digits);
  const iat = reader.number(timeBits) + typedEpoch;
  const keyId = readId(reader, 'key');
  const signature = toBase64url(reader.bytes(64));
  reader.end();
  const rebuild = ({ licenseId, fingerprint }: GivenKey, kid: string): string => {
    const header = { alg: 'EdDSA' as const, kid, typ: typOf('deactivation') };
    const licet = { license: licenseId, fingerprint };
    return `${signingInput(header, { iss: kid, iat, sub: keyId, licet })}.${signature}`;
  };
  return { keyId, rebuild };
};

const readWhole = (jws: string): Result<ReadProof, string> => {
  const parsed = parseJws(jws);
  if (!parsed.ok)
    return fail(`This is not a deactivation proof: it ${parsed.error.what}. Copy it again, whole.`);
  const { payload } = parsed.value;
  const keyId =
    payload !== null && typeof payload === 'object' && 'sub' in payload ? String(payload.sub) : '';
  return ok({ keyId, rebuild: () => jws });
};

const readProof = (text: string): Result<ReadProof, string> => {
  const code = readCode('deactivation', text);
  if (!code.ok) return code;
  if (code.value.form === 'jws') return readWhole(code.value.jws);
  try {
    return ok(readTyped(code.value.digits));
  } catch (error) {
    if (error instanceof BitsError) return fail(`This proof is not readable. ${error.message}`);
    throw error;
  }
};

/** The id of the offline key that a proof in any form says it is about; unverified, for finding the key. */
export const keyIdOfProof = (text: string): Result<string, string> => {
  const proof = readProof(text);
  return proof.ok ? ok(proof.value.keyId) : proof;
};

/**
 * Verifies a proof in any form for one offline key, by the public key (base64url) of its machine. The
 * error is a sentence.
 */
export const verifyProof = (
  text: string,
  given: GivenKey & { readonly machineKey: string },
): Result<DeactivationClaims, string> => {
  const proof = readProof(text);
  if (!proof.ok) return proof;
  if (proof.value.keyId !== given.id) {
    return fail(
      `This proof is for the offline key ${proof.value.keyId}, not for ${given.id}. Choose that key.`,
    );
  }
  const machineKey = publicKeyFromText(given.machineKey);
  const jws = proof.value.rebuild(given, machineKey?.kid ?? '');
  const verified = verifyStatement('deactivation', jws, { roots: [], now: 0, machineKey });
  if (!verified.ok) return fail(verified.error.message);
  const { claims } = verified.value;
  const { license, fingerprint } = claims.licet;
  return license === given.licenseId && fingerprint === given.fingerprint
    ? ok(claims)
    : fail('This proof is for another license or machine. Use the one that this machine made.');
};
