/** Ed25519 (RFC 8032), strict: what one strict verifier refuses, this refuses too. */
import * as ed from '@noble/ed25519';
import { sha512 } from '@noble/hashes/sha2.js';
import { toHex } from '../bytes.ts';

// The synchronous calls of noble take their hash from here (RFC 8032, 5.1: SHA-512).
ed.hashes.sha512 = sha512;

/** The 32-byte public key of a 32-byte private key (RFC 8032, 5.1.5). */
export const publicKeyBytes = (seed: Uint8Array): Uint8Array => ed.getPublicKey(seed);

/** Signs with a 32-byte private key; deterministic (RFC 8032, 5.1.6). */
export const sign = (message: Uint8Array, seed: Uint8Array): Uint8Array => ed.sign(message, seed);

const usable = new Map<string, boolean>();
const usableLimit = 1024;

/** Whether bytes are a point that an honest signer could have made: canonical, of prime order. */
const isHonestPoint = (bytes: Uint8Array): boolean => {
  try {
    // zip215 false: a non-canonical y or a negative zero is refused (RFC 8032, 5.1.3).
    const point = ed.Point.fromBytes(bytes, false);
    // A point of small order would accept signatures over any message; one with a torsion part makes
    // verifiers disagree. No honest key is either, nor is the R of an honest signature.
    return !point.isSmallOrder() && point.isTorsionFree();
  } catch {
    return false;
  }
};

/**
 * Whether 32 bytes are a public key that an honest signer could have: canonical, on the curve, in
 * the subgroup of prime order. The answers for recent keys are kept.
 */
export const isPublicKey = (bytes: Uint8Array): boolean => {
  if (bytes.length !== 32) return false;
  const name = toHex(bytes);
  const known = usable.get(name);
  if (known !== undefined) return known;
  const answer = isHonestPoint(bytes);
  if (usable.size >= usableLimit) usable.clear();
  usable.set(name, answer);
  return answer;
};

/**
 * Verifies a signature (RFC 8032, 5.1.7). Refuses degenerate keys, S of L or more, an R with a torsion
 * part and encodings that are not canonical; never throws.
 */
export const verify = (
  signature: Uint8Array,
  message: Uint8Array,
  publicKey: Uint8Array,
): boolean => {
  if (signature.length !== 64 || !isPublicKey(publicKey)) return false;
  try {
    // noble multiplies by the cofactor, which lets an R with a torsion part through; OpenSSL does not.
    return (
      ed.verify(signature, message, publicKey, { zip215: false }) &&
      isHonestPoint(signature.subarray(0, 32))
    );
  } catch {
    return false;
  }
};
