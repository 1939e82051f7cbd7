/** Tells the forms of a code apart: armor, a bare JWS, parts of QR codes, or lines that were typed. */
import { dearmor, isArmored, type ArmorType } from './armor.ts';
import { digitOf } from './typed/crockford.ts';
import { isQrPart, joinQrParts } from './typed/qr-parts.ts';
import { fail, ok, type Result } from '../result.ts';
import { cleanLine, fromTypedLines } from './typed/typed-lines.ts';

/** The first digit of what is typed: what it is, and in which version of its form. */
export const typedKinds = {
  request: 1,
  'offline-key': 4,
  deactivation: 3,
} as const satisfies Record<ArmorType, number>;

const kinds = new Map(
  Object.entries(typedKinds).map(([type, digit]) => [digit as number, type as ArmorType]),
);

const names: Record<ArmorType, string> = {
  request: 'a request code',
  'offline-key': 'an offline key',
  deactivation: 'a deactivation proof',
};

/** A code as it came in: a whole JWS, or the digits of a short form, its kind taken off. */
export type Code =
  | { readonly form: 'jws'; readonly jws: string }
  | { readonly form: 'typed'; readonly digits: readonly number[] };

const readTyped = (type: ArmorType, text: string): Result<Code, string> => {
  const digits = fromTypedLines(text);
  if (!digits.ok) return digits;
  const [first, ...rest] = digits.value;
  const kind = kinds.get(first ?? 0);
  return kind === type ? ok({ form: 'typed', digits: rest }) : fail(describeKind(type, kind));
};

const describeKind = (wanted: ArmorType, kind: ArmorType | undefined): string =>
  `This is not ${names[wanted]}, but ${kind ? names[kind] : 'something from a newer version; update licet'}.`;

/** What is wrong with the kind of a code whose first line this is: a sentence, or nothing. */
export const checkKindOfLine = (
  line: string,
  wanted: ArmorType | undefined,
): string | undefined => {
  const kind = kinds.get(digitOf(cleanLine(line).charAt(0)) ?? 0);
  return wanted === undefined || kind === wanted ? undefined : describeKind(wanted, kind);
};

/** A text without spaces of any kind. */
const compact = (text: string): string => text.replaceAll(/[\s\p{Cf}]/gu, '');

// Typed lines have no dot, but for the numbers that may stand before them.
const isJws = (plain: string): boolean =>
  plain.startsWith('eyJ') || (plain.includes('.') && !/^\d{1,2}\./.test(plain));

/** Whether a text is taken for typed lines, and not for a file, a bare statement or parts of a QR code. */
export const isTypedForm = (text: string): boolean =>
  !isArmored(text) && !isQrPart(text) && !isJws(compact(text));

/** Reads any form of a code of a type. The error is a sentence, for typed lines with the line's number. */
export const readCode = (type: ArmorType, text: string): Result<Code, string> => {
  if (text.length > 100_000) return fail('This is far too long to be a code.');
  if (isArmored(text)) {
    const jws = dearmor(type, text);
    return jws.ok ? ok({ form: 'jws', jws: jws.value }) : jws;
  }
  if (isQrPart(text)) {
    const joined = joinQrParts(text);
    return joined.ok ? readCode(type, joined.value) : joined;
  }
  return isTypedForm(text) ? readTyped(type, text) : ok({ form: 'jws', jws: compact(text) });
};

/** A code as a QR code carries it: what is in an armor without its lines, typed lines without their spaces. */
export const toQrText = (code: string): string =>
  code.replaceAll(/-----(?:BEGIN|END)[^-]*-----/g, '').replaceAll(/\s/g, '');
