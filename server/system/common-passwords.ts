/** Which passwords are common, by a list made for it. */
import { dictionary } from '@zxcvbn-ts/language-common';

/** No entry is longer by much, and looking for repetition is for text of this length. */
const longest = 64;

/** The shortest text of which the given one is a repetition, the last one perhaps cut: `abcab` is of `abc`. */
export const repeatedUnit = (text: string): string => {
  // The longest border of each prefix, as in the search of Knuth, Morris and Pratt.
  const borders = [0];
  for (let i = 1, border = 0; i < text.length; i += 1) {
    while (border > 0 && text[i] !== text[border]) border = borders[border - 1] ?? 0;
    if (text[i] === text[border]) border += 1;
    borders.push(border);
  }
  return text.slice(0, text.length - (borders.at(-1) ?? 0));
};

/**
 * Makes the check of whether a password, as a whole and in either case, is a common one, or nothing
 * but one repeated. A phrase that has a common word in it is not.
 */
export const createCommonPasswords = (): ((password: string) => boolean) => {
  const common = new Set(dictionary['passwords-common'].map((entry) => entry.toLowerCase()));
  return (password) => {
    const folded = password.normalize('NFC').toLowerCase();
    if (folded.length > longest) return false;
    const unit = repeatedUnit(folded);
    return common.has(folded) || (unit !== folded && (unit.length <= 3 || common.has(unit)));
  };
};
