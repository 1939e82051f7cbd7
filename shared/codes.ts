/** Tells the forms of a code apart: armor, a bare JWS, parts of QR codes, or lines that were typed. */
import { dearmor, isArmored, type ArmorType } from './armor.ts';
import { isQrPart, joinQrParts } from './qr-parts.ts';
import { fail, ok, type Result } from './result.ts';
import { fromTypedLines } from './typed-lines.ts';

/** The first digit of what is typed: what it is, and in which version of the form. */
export const typedKinds = {
  request: 1,
  'offline-key': 2,
  deactivation: 3,
} as const satisfies Record<ArmorType, number>;

const kindNames = new Map<number, string>([
  [typedKinds.request, 'a request code'],
  [typedKinds['offline-key'], 'an offline key'],
  [typedKinds.deactivation, 'a deactivation proof'],
]);

/** A code as it came in: a whole JWS, or the digits of a short form, its kind taken off. */
export type Code =
  | { readonly form: 'jws'; readonly jws: string }
  | { readonly form: 'typed'; readonly digits: readonly number[] };

const readTyped = (type: ArmorType, text: string): Result<Code, string> => {
  const digits = fromTypedLines(text);
  if (!digits.ok) return digits;
  const [kind, ...rest] = digits.value;
  if (kind === typedKinds[type]) return ok({ form: 'typed', digits: rest });
  const found = kindNames.get(kind ?? 0);
  return fail(
    `This is not ${kindNames.get(typedKinds[type]) ?? ''}, but ${found ?? 'something from a newer version; update licet'}.`,
  );
};

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
  const plain = text.replaceAll(/[\s\p{Cf}]/gu, '');
  // Typed lines have no dot, but for the numbers that may stand before them.
  const isJws = plain.startsWith('eyJ') || (plain.includes('.') && !/^\d{1,2}\./.test(plain));
  if (isJws) return ok({ form: 'jws', jws: plain });
  return readTyped(type, text);
};

/** A code as a QR code carries it: what is in an armor without its lines, typed lines without their spaces. */
export const toQrText = (code: string): string =>
  code.replaceAll(/-----(?:BEGIN|END)[^-]*-----/g, '').replaceAll(/\s/g, '');
