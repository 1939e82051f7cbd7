/**
 * Text cut into numbered parts, for screens that are too small for one QR code. A part is
 * `LICET:2/3:K7Q2:...`: its number, how many there are, and a check of the whole.
 */
import { sha256, utf8 } from '../../bytes.ts';
import { characterOf } from './crockford.ts';
import { fail, ok, type Result } from '../../result.ts';

const part = /^\s*LICET:(\d{1,2})\/(\d{1,2}):([0-9A-Z]{4}):(.*?)\s*$/;

/** No text is cut into more parts. */
export const maxQrParts = 99;

const checkOf = (text: string): string =>
  Array.from(sha256(utf8(text)).subarray(0, 4), (byte) => characterOf(byte % 32)).join('');

/** Cuts a text (one line) into so many parts, of even length, so that all their codes have one size. */
export const cutIntoQrParts = (text: string, count: number): string[] => {
  const size = Math.ceil(text.length / count);
  const check = checkOf(text);
  return Array.from({ length: count }, (_, index) => {
    const piece = text.slice(index * size, (index + 1) * size);
    return `LICET:${index + 1}/${count}:${check}:${piece}`;
  });
};

/** Whether a text starts as a part does. */
export const isQrPart = (text: string): boolean => /^\s*LICET:\d/.test(text);

/** Joins parts, one a line, in any order. The error is a sentence that names the parts that are missing. */
export const joinQrParts = (text: string): Result<string, string> => {
  const found = new Map<number, string>();
  const wholes = new Set<string>();
  let count = 0;
  for (const line of text.split(/\r\n|[\n\r]/).filter((line) => line.trim() !== '')) {
    const read = part.exec(line);
    if (!read) return fail('A part of this code is not readable. Scan it again.');
    wholes.add(`${read[2] ?? ''}:${read[3] ?? ''}`);
    count = Number(read[2]);
    found.set(Number(read[1]), read[4] ?? '');
  }
  if (wholes.size !== 1)
    return fail('These are parts of different codes. Scan the parts of one code.');
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  const missing = numbers.filter((number) => !found.has(number));
  if (missing.length > 0)
    return fail(`Of ${count} parts, these are missing: ${missing.join(', ')}.`);
  const whole = numbers.map((number) => found.get(number) ?? '').join('');
  return wholes.has(`${count}:${checkOf(whole)}`)
    ? ok(whole)
    : fail('The parts do not fit together. Scan them again.');
};
