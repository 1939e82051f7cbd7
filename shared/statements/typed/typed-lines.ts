/**
 * Digits of five bits as numbered lines to type: five or six groups of five characters a line, the
 * last two of each line its check. A typing error is named by its line, and so is a missing line.
 */
import {
  characterOf,
  checkDigits,
  digitOf,
  maxCheckedDigits,
  withoutSeparators,
} from './crockford.ts';
import { fail, ok, type Result } from '../../result.ts';

const checks = 2;
const lineData = 28;
const lineLength = lineData + checks;
/** Characters of a line that is not the last. */
export const fullLine = lineLength;
const groupLength = 5;

if (lineData > maxCheckedDigits) throw new Error('A line is longer than its check covers.');

/**
 * Tells lines apart by number, and the last from the others, so that none is lost or swapped. Never 0,
 * for which a line of zeros would be right.
 */
const saltOf = (line: number, isLast: boolean): number => (line % 15) + 1 + (isLast ? 16 : 0);

/** Writes digits as lines of six groups: `XXXXX XXXXX XXXXX XXXXX XXXXX XXXXX`. */
export const toTypedLines = (digits: readonly number[]): string => {
  const count = Math.ceil(digits.length / lineData);
  return Array.from({ length: count }, (_, line) => {
    const data = digits.slice(line * lineData, (line + 1) * lineData);
    const check = checkDigits(data, saltOf(line, line === count - 1), checks);
    const text = [...data, ...check].map(characterOf).join('');
    return (text.match(new RegExp(`.{1,${groupLength}}`, 'g')) ?? []).join(' ');
  }).join('\n');
};

type LineState = 'right' | 'wrong' | 'right-if-last' | 'right-if-not-last';

const readLine = (line: string, index: number, isLast: boolean): [LineState, number[]] => {
  const found = Array.from(line, digitOf);
  const digits = found.map((digit) => digit ?? 0);
  if (found.includes(undefined) || digits.length <= checks) return ['wrong', []];
  const data = digits.slice(0, -checks);
  const fits = (last: boolean) =>
    checkDigits(data, saltOf(index, last), checks).every(
      (check, at) => check === digits[data.length + at],
    );
  if (fits(isLast)) return ['right', data];
  return [fits(!isLast) ? (isLast ? 'right-if-not-last' : 'right-if-last') : 'wrong', data];
};

/** The first character that no code has. */
export const strangerIn = (line: string): string | undefined =>
  Array.from(line).find((character) => digitOf(character) === undefined);

const describeWrong = (line: string, index: number, isLast: boolean): string => {
  const name = `Line ${index + 1}`;
  const stranger = strangerIn(line);
  if (stranger !== undefined) {
    return `${name} has a character that never occurs in a code: ${JSON.stringify(stranger)}. Check it.`;
  }
  if (line.length > lineLength || (!isLast && line.length < lineLength)) {
    return `${name} has ${line.length} characters instead of ${lineLength}. Check it.`;
  }
  const short = isLast && line.length < lineLength;
  return `${name} has a typing error. Check it${short ? `: a full line has ${lineLength} characters, only the last is shorter` : ''}.`;
};

const readLines = (lines: readonly string[]): Result<number[], string> => {
  const all: number[] = [];
  for (const [index, line] of lines.entries()) {
    const isLast = index === lines.length - 1;
    const [state, data] = readLine(line, index, isLast);
    if (state === 'right-if-not-last') return fail(`A line is missing after line ${index + 1}.`);
    if (state === 'right-if-last') {
      return fail(
        `Line ${index + 1} is the last of its code, but more follows. Enter one code only.`,
      );
    }
    if (state === 'wrong' || (!isLast && line.length !== lineLength)) {
      return fail(describeWrong(line, index, isLast));
    }
    all.push(...data);
  }
  return ok(all);
};

const cutAnew = (lines: readonly string[]): string[] =>
  lines.join('').match(new RegExp(`.{1,${lineLength}}`, 'gu')) ?? [];

/** Drops `1.`, `2:` or `3)` before a line, as a numbered listing has it. */
const withoutNumber = (line: string): string => line.replace(/^\s*\d{1,2}\s*[.:)]\s+/, '');

/** A line without what only helps the eye: its number, spaces, hyphens. */
export const cleanLine = (line: string): string => withoutSeparators(withoutNumber(line));

/**
 * Reads typed lines, in any case and spacing. Line breaks are taken as typed, so that an error keeps to
 * its line; where they were lost or moved, the text is cut anew. The error names the line.
 */
export const fromTypedLines = (text: string): Result<number[], string> => {
  const lines = text
    .split(/\r\n|[\n\r]/)
    .map(cleanLine)
    .filter((line) => line !== '');
  if (lines.length === 0) return fail('There is no code. Enter its lines.');
  const typed = readLines(lines);
  if (typed.ok) return typed;
  const anew = readLines(cutAnew(lines));
  return anew.ok || lines.length === 1 ? anew : typed;
};

/**
 * Checks one line while a code is being typed, `index` from 0: whether more lines follow. The error is
 * a sentence that names the line.
 */
export const checkTypedLine = (
  text: string,
  index: number,
): Result<{ readonly isLast: boolean }, string> => {
  const line = cleanLine(text);
  const [state] = readLine(line, index, true);
  if (state === 'right') return ok({ isLast: true });
  return state === 'right-if-not-last' && line.length === lineLength
    ? ok({ isLast: false })
    : fail(describeWrong(line, index, true));
};

/** Typed lines with their numbers before them, by which errors name them. They are read back with the numbers, too. */
export const numberLines = (typed: string): string => {
  const lines = typed.split('\n');
  const width = String(lines.length).length;
  return lines.map((line, index) => `${String(index + 1).padStart(width)}. ${line}`).join('\n');
};
