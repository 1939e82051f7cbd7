/** Where somebody stands who types a code line by line, so that each line is checked as soon as it is there. */
import type { ArmorType } from '../armor.ts';
import { checkKindOfLine, isTypedForm } from '../codes.ts';
import { checkTypedLine, cleanLine, fullLine, fromTypedLines, strangerIn } from './typed-lines.ts';

export interface Typing {
  /** The line that is being typed, from 1, and how many characters of how many it has. */
  readonly line: number;
  readonly length: number;
  readonly of: number;
  /** A sentence about what can't become right by typing on. */
  readonly fault: string | undefined;
  /** What would be wrong if the line ended here; undefined when it is right. */
  readonly unfinished: string | undefined;
  /** The code is whole. */
  readonly isWhole: boolean;
}

const whole = (line: number, length: number): Typing => ({
  line,
  length,
  of: fullLine,
  fault: undefined,
  unfinished: undefined,
  isWhole: true,
});

/** A fault of the lines before the current one, and whether the last of them ends the code. */
const checkEnded = (lines: readonly string[], type: ArmorType | undefined) => {
  for (const [index, line] of lines.entries()) {
    const checked = checkTypedLine(line, index);
    if (!checked.ok) return { fault: checked.error, isOver: false };
    const kind = index === 0 ? checkKindOfLine(line, type) : undefined;
    if (kind !== undefined) return { fault: kind, isOver: false };
    if (checked.value.isLast) return { fault: undefined, isOver: true, at: index + 1 };
  }
  return { fault: undefined, isOver: false };
};

/**
 * What to say of a text that is being typed; undefined when it is no typed form (a file, parts of a QR
 * code, or nothing yet). `type`: what is asked for, any when left out.
 */
export const followTyping = (text: string, type?: ArmorType): Typing | undefined => {
  if (text.trim() === '' || !isTypedForm(text)) return undefined;
  const lines = text.split(/\r\n|[\n\r]/);
  const current = lines.at(-1) ?? '';
  const ended = lines.slice(0, -1).filter((line) => cleanLine(line) !== '');
  const length = cleanLine(current).length;
  const line = ended.length + 1;
  // Also where line breaks were lost or moved, as in a paste.
  if (fromTypedLines(text).ok && checkKindOfLine(ended[0] ?? current, type) === undefined) {
    return whole(length === 0 ? ended.length : line, length);
  }
  const before = checkEnded(ended, type);
  const over = before.isOver
    ? `Line ${before.at ?? line} is the last of its code, but more follows. Enter one code only.`
    : undefined;
  const checked = length === 0 ? undefined : checkTypedLine(current, ended.length);
  const wrong = checked && !checked.ok ? checked.error : undefined;
  const hopeless = length >= fullLine || strangerIn(cleanLine(current)) !== undefined;
  const kind = line === 1 && wrong === undefined ? checkKindOfLine(current, type) : undefined;
  return {
    line,
    length,
    of: fullLine,
    fault: before.fault ?? over ?? (hopeless ? wrong : undefined) ?? kind,
    unfinished: length === 0 ? `Line ${line} is still to be typed.` : wrong,
    isWhole: false,
  };
};
