/**
 * One-time codes that a person reads to another: 100 random bits in four groups, each with a check
 * character of its own, so that a typing error is named by its group: `7K3QX4-...-...-...`.
 */
import {
  characterOf,
  checkDigits,
  digitOf,
  withoutSeparators,
} from './statements/typed/crockford.ts';
import { fail, ok, type Result } from './result.ts';

const groups = 4;
const groupData = 5;
const groupLength = groupData + 1;

const groupCheck = (digits: readonly number[], group: number): number =>
  checkDigits(digits, group + 1, 1)[0] ?? 0;

/** Makes a code, `XXXXXX-XXXXXX-XXXXXX-XXXXXX`. `random` gives that many random bytes. */
export const makeOneTimeCode = (random: (bytes: number) => Uint8Array): string => {
  // 32 divides 256, so the low five bits of a random byte are uniform.
  const digits = Array.from(random(groups * groupData), (byte) => byte % 32);
  return Array.from({ length: groups }, (_, group) => {
    const data = digits.slice(group * groupData, (group + 1) * groupData);
    return [...data, groupCheck(data, group)].map(characterOf).join('');
  }).join('-');
};

const readGroup = (text: string, group: number): string | undefined => {
  const data: number[] = [];
  let read = '';
  for (const character of text) {
    const digit = digitOf(character);
    if (digit === undefined) return undefined;
    data.push(digit);
    read += characterOf(digit);
  }
  const check = data.pop();
  return groupCheck(data, group) === check ? read : undefined;
};

/**
 * Reads a code as typed, in any case and spacing, and gives it in the form in which it was made. The
 * error is a sentence that names the group with the typing error.
 */
export const parseOneTimeCode = (text: string): Result<string, string> => {
  const plain = withoutSeparators(text);
  if (plain.length !== groups * groupLength) {
    return fail(
      `A code has ${groups} groups of ${groupLength} characters, ${groups * groupLength} in all; this has ${plain.length}.`,
    );
  }
  const read: string[] = [];
  for (let group = 0; group < groups; group += 1) {
    const typed = plain.slice(group * groupLength, (group + 1) * groupLength);
    const found = readGroup(typed, group);
    if (found === undefined) {
      return fail(`Group ${group + 1} (${typed.toUpperCase()}) has a typing error. Check it.`);
    }
    read.push(found);
  }
  return ok(read.join('-'));
};
