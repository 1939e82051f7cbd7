/** Telling a path from a text, where a person may give either. */

// A file name that somebody types where it lies: a code has no such ending.
const fileName = /^(?!eyJ)[^\s/][^\s]{0,200}\.(?:txt|json|jwk|jwks|pem|key|jws|jwt|lic)$/iu;

/** True for what is typed as a path where a text is asked for: `/x`, `./x`, `~/x`, `@x`, `x.txt`. */
export const looksLikePath = (text: string): boolean =>
  /^(?:@|~?\/|\.{1,2}\/)\S[^\n]*$/u.test(text.trim()) || fileName.test(text.trim());
