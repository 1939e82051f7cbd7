/** Opaque bearer tokens (RFC 6750): 256 random bits, kept as a hash. */
import type { Deps } from './deps.ts';

/** `ls_` for a session, `la_` for an activation: a token found somewhere says what it opens. */
export type TokenKind = 'ls' | 'la';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** A new token: 43 characters of base64url (258 bits) after its prefix. */
export const makeToken = (deps: Pick<Deps, 'random'>, kind: TokenKind): string =>
  // 64 divides 256, so the low six bits of a random byte are uniform.
  `${kind}_${Array.from(deps.random(43), (byte) => alphabet.charAt(byte % 64)).join('')}`;
