/** Bytes and their text forms. Every decoder is strict: one text for one sequence of bytes. */
import { base64urlnopad } from '@scure/base';
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';

const encoder = new TextEncoder();
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Text as UTF-8. */
export const utf8 = (text: string): Uint8Array => encoder.encode(text);

/** Text of UTF-8 bytes; undefined when they are not valid UTF-8. A byte order mark is kept as a character. */
export const fromUtf8 = (bytes: Uint8Array): string | undefined => {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    return undefined;
  }
};

interface NativeBase64 {
  /** Node 25 and newer have it, and the browsers of 2025. */
  readonly toBase64?: (
    this: Uint8Array,
    options: { readonly alphabet: 'base64url'; readonly omitPadding: true },
  ) => string;
}

const { toBase64 } = Uint8Array.prototype as NativeBase64;
const unpadded = { alphabet: 'base64url', omitPadding: true } as const;

/** base64url without padding (RFC 4648, 5; RFC 7515, 2). */
export const toBase64url = (bytes: Uint8Array): string =>
  toBase64 ? toBase64.call(bytes, unpadded) : base64urlnopad.encode(bytes);

/** Bytes of unpadded base64url; undefined for padding, other characters or bits left over that are not 0. */
export const fromBase64url = (text: string): Uint8Array | undefined => {
  try {
    return base64urlnopad.decode(text);
  } catch {
    return undefined;
  }
};

/** Lower-case hex. */
export const toHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** Bytes of hex in either case; undefined when it is no hex or has an odd number of digits. */
export const fromHex = (text: string): Uint8Array | undefined =>
  /^(?:[0-9a-f]{2})*$/i.test(text)
    ? Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
    : undefined;

/** SHA-256 (FIPS 180-4), 32 bytes. */
export const sha256 = (bytes: Uint8Array): Uint8Array => nobleSha256(bytes);

/** Compares without telling by its time where the difference is. Lengths are not secret. */
export const equalBytes = (a: Uint8Array, b: Uint8Array): boolean => {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (const [index, byte] of a.entries()) difference |= byte ^ (b[index] ?? 0);
  return difference === 0;
};

export const concatBytes = (...parts: readonly Uint8Array[]): Uint8Array => {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};
