/** A code that comes line by line: pasted whole, or typed, each line checked as soon as it is there. */
import { isArmored, type ArmorType } from '../../../shared/statements/armor.ts';
import { isTypedForm } from '../../../shared/statements/codes.ts';
import { followTyping } from '../../../shared/statements/typed/follow-typing.ts';
import { isQrPart, joinQrParts } from '../../../shared/statements/typed/qr-parts.ts';

/** What a line does: more follow, it was the last, it is asked again for a reason, or it is blank. */
export type Step = 'more' | 'done' | 'skip' | { readonly again: string };

/** What a pasted line does: a bare statement may be several lines long, so an empty one ends it. */
const afterPaste = (read: readonly string[], line: string): Step => {
  const text = [...read, line].join('\n');
  if (isArmored(text)) return /-----\s*END/u.test(line) ? 'done' : 'more';
  if (isQrPart(text)) return joinQrParts(text).ok ? 'done' : 'more';
  return line.trim() === '' ? 'done' : 'more';
};

/** Judges the next line after those that were read; `type` says which code is meant, any when left out. */
export const afterLine = (
  read: readonly string[],
  line: string,
  type: ArmorType | undefined,
): Step => {
  if (read.length === 0 && line.trim() === '') return 'skip';
  if (!isTypedForm([...read, line].join('\n'))) return afterPaste(read, line);
  if (line.trim() === '') return 'skip';
  const typing = followTyping([...read, line].join('\n'), type);
  if (!typing || typing.isWhole) return 'done';
  const wrong = typing.fault ?? typing.unfinished;
  return wrong === undefined ? 'more' : { again: wrong };
};
