/**
 * Crockford's base32, for what people read aloud and type: no letter looks like another. Case, spaces
 * and hyphens don't matter; O is read as 0, I and L as 1. Check characters are those of a Reed-Solomon
 * code over the 32 characters, which finds every wrong character and every swapped pair for certain.
 */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** The characters as they are written. */
const digits = new Map(Array.from(alphabet, (character, digit) => [character, digit]));

/** A character as five bits; undefined when it is none of the alphabet. */
export const digitOf = (character: string): number | undefined => {
  const plain = digits.get(character);
  if (plain !== undefined) return plain;
  const upper = character.toUpperCase();
  const read = upper === 'O' ? '0' : upper === 'I' || upper === 'L' ? '1' : upper;
  const digit = alphabet.indexOf(read);
  return digit < 0 || read.length !== 1 ? undefined : digit;
};

/** Five bits (0 to 31) as a character. */
export const characterOf = (digit: number): string => alphabet.charAt(digit);

/** Takes out what only helps the eye: spaces of all kinds, hyphens and dashes, invisible marks. */
export const withoutSeparators = (text: string): string =>
  text.replaceAll(/[\s\p{Pd}\p{Cf}]/gu, '');

// GF(32) by x^5 + x^2 + 1: powers of x, and their logarithms.
const power: number[] = [];
const logarithm: number[] = [];
for (let value = 1, exponent = 0; exponent < 31; exponent += 1) {
  power[exponent] = value;
  logarithm[value] = exponent;
  value <<= 1;
  if (value > 31) value ^= 0b100101;
}

/** value * x^exponent */
const timesPower = (value: number, exponent: number): number =>
  value === 0 ? 0 : (power[((logarithm[value] ?? 0) + exponent) % 31] ?? 0);

/** The longest text that the check characters cover, themselves not counted. */
export const maxCheckedDigits = 29;

/**
 * Check digits of up to 29 digits. `salt` (0 to 31) tells positions of equal texts apart: the number
 * of a group or line. One check digit finds every wrong digit and every two swapped; two find every
 * two wrong digits.
 */
export const checkDigits = (digits: readonly number[], salt: number, count: 1 | 2): number[] => {
  // Sums of digit * x^(position+1) and of digit * x^(2*(position+1)): the syndromes of a
  // Reed-Solomon code. The salt is a digit at position 0.
  return [1, 2]
    .slice(0, count)
    .map((factor) =>
      digits.reduce((sum, digit, index) => sum ^ timesPower(digit, factor * (index + 1)), salt),
    );
};
