/** Text around a statement that survives mail and paste: a line before, 64 characters a line, a line after. */
import { fail, ok, type Result } from '../result.ts';

export const armorLabels = {
  'offline-key': 'LICET OFFLINE KEY',
  request: 'LICET OFFLINE REQUEST',
  deactivation: 'LICET DEACTIVATION PROOF',
} as const;
export type ArmorType = keyof typeof armorLabels;

/** How people call what is inside. */
const names: Record<ArmorType, string> = {
  'offline-key': 'an offline key',
  request: 'a request code',
  deactivation: 'a deactivation proof',
};

/** Puts a JWS into its armor; ends with a newline. */
export const armor = (type: ArmorType, jws: string): string => {
  const lines = jws.match(/.{1,64}/g) ?? [];
  const label = armorLabels[type];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
};

const typeOfLabel = (label: string): ArmorType | undefined =>
  (Object.keys(armorLabels) as ArmorType[]).find((type) => armorLabels[type] === label);

/** Whether there is an armor in a text. */
export const isArmored = (text: string): boolean => /-----\s*(?:BEGIN|END)/.test(text);

/**
 * Takes the JWS out of its armor. Accepts what mail and editors do: CRLF, a byte order mark, spaces
 * around and within lines, other line lengths, text before and after. The error is a sentence.
 */
export const dearmor = (type: ArmorType, text: string): Result<string, string> => {
  const begin = /-----\s*BEGIN ([A-Z ]+?)\s*-----/.exec(text);
  if (!begin) {
    return fail(
      `The line "-----BEGIN ${armorLabels[type]}-----" is missing. Copy it again, whole.`,
    );
  }
  const label = begin[1] ?? '';
  if (label !== armorLabels[type]) {
    const other = typeOfLabel(label);
    return fail(
      `This is not ${names[type]}, but ${other ? names[other] : `"${label}"`}. Use the right one.`,
    );
  }
  const body = text.slice(begin.index + begin[0].length);
  const end = new RegExp(`-----\\s*END ${label}\\s*-----`).exec(body);
  if (!end)
    return fail(
      `The line "-----END ${label}-----" is missing: it was cut off. Copy it again, whole.`,
    );
  if (/-----\s*BEGIN/.test(body.slice(end.index))) {
    return fail(`There is more than one in this text. Give ${names[type]} alone.`);
  }
  const jws = body.slice(0, end.index).replaceAll(/[\s\p{Cf}]/gu, '');
  const stranger = /[^A-Za-z0-9_.-]/.exec(jws);
  if (stranger) {
    return fail(
      `A character between the two lines doesn't belong there: ${JSON.stringify(stranger[0])}. Copy it again, whole.`,
    );
  }
  return jws === ''
    ? fail('There is nothing between the two lines. Copy it again, whole.')
    : ok(jws);
};
