/** Opaque bearer tokens (RFC 6750): random bits, kept as a hash. */
import type { Deps } from '../deps.ts';

/** `ls_` for a session, `la_` for an activation, `ld_` for a download, `lt_` for a trial: a token found somewhere says what it opens. */
export type TokenKind = 'ls' | 'la' | 'ld' | 'lt';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** A new token: base64url of six bits a character after its prefix; 258 bits unless told. */
export const makeToken = (deps: Pick<Deps, 'random'>, kind: TokenKind, length = 43): string => {
  let token = `${kind}_`;
  // 64 divides 256, so the low six bits of a random byte are uniform.
  for (const byte of deps.random(length)) token += alphabet.charAt(byte % 64);
  return token;
};
