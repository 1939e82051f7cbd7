/** Telling a path from a text, where a person may give either. */

// The name of a file that lies here: no code ends in a dot and a few letters.
const fileName = /^(?!eyJ)[^\s]{1,200}\.[a-z]{1,5}$/iu;

/** True for what is typed as a path where a text is asked for: `/x`, `./x`, `~/x`, `@x`, `x.txt`. */
export const looksLikePath = (text: string): boolean =>
  /^(?:@|~?\/|\.{1,2}\/)\S[^\n]*$/u.test(text.trim()) || fileName.test(text.trim());
