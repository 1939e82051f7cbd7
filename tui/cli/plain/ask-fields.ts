/** The fields of an action, asked one after the other, each until its answer can be sent. */
import type { Values } from '../../client/actions/action.ts';
import type { ArmorType } from '../../../shared/statements/armor.ts';
import { afterLine } from '../../state/codes/code-lines.ts';
import type { Field } from '../../client/actions/fields.ts';
import type { Dialogue } from './dialogue.ts';

const promptOf = (field: Field): string => {
  const choices = field.choices?.map(({ value }) => value).join(', ');
  const notes = [
    ...(field.hint === undefined ? [] : [field.hint]),
    ...(choices === undefined ? [] : [`One of: ${choices}.`]),
    ...(field.kind === 'toggle' ? ['yes or no.'] : []),
    ...(field.initial === undefined || field.initial === '' ? [] : [`Empty: ${field.initial}.`]),
    ...(field.optional && field.initial === undefined ? ['May stay empty.'] : []),
    ...(field.code
      ? ['Each line is checked at once.']
      : field.kind === 'block'
        ? ['Several lines; an empty line ends it.']
        : []),
  ];
  return notes.length === 0 ? `${field.label}: ` : `${field.label} (${notes.join(' ')}): `;
};

/** Lines until an empty one. */
const askBlock = async (dialogue: Dialogue, prompt: string): Promise<string | null> => {
  const lines: string[] = [];
  for (let line = await dialogue.ask(prompt); ; line = await dialogue.ask('')) {
    if (line === null) return lines.length === 0 ? null : lines.join('\n');
    if (line.trim() === '') return lines.join('\n');
    lines.push(line);
  }
};

/** A code until it is whole; a wrong line is said and asked again. An empty line gives up what was typed. */
const askCode = async (
  dialogue: Dialogue,
  prompt: string,
  type: ArmorType,
): Promise<string | null> => {
  const lines: string[] = [];
  for (
    let line = await dialogue.ask(prompt);
    ;
    line = await dialogue.ask(`${lines.length + 1}: `)
  ) {
    if (line === null) return lines.length === 0 ? null : lines.join('\n');
    const step = afterLine(lines, line, type);
    if (step === 'done') return [...lines, line].join('\n');
    if (step === 'skip') return lines.join('\n');
    if (step === 'more') lines.push(line);
    else dialogue.say(step.again);
  }
};

const askOnce = async (dialogue: Dialogue, field: Field): Promise<string | null> => {
  const prompt = promptOf(field);
  if (field.kind === 'password') return dialogue.askSecret(prompt);
  const typed = field.code
    ? await askCode(dialogue, prompt, field.code)
    : field.kind === 'block'
      ? await askBlock(dialogue, prompt)
      : await dialogue.ask(prompt);
  return typed === null ? null : typed.trim() || (field.initial ?? '');
};

/** A field's value; null when there are no more answers. A chosen password is asked twice. */
const askField = async (dialogue: Dialogue, field: Field): Promise<string | null> => {
  for (;;) {
    const typed = await askOnce(dialogue, field);
    if (typed === null) return null;
    const fault = typed === '' && field.optional ? undefined : field.check(typed);
    if (fault !== undefined) {
      dialogue.say(fault);
      continue;
    }
    if (!field.chosen) return typed;
    const again = await dialogue.askSecret('Once more: ');
    if (again === null) return null;
    if (again === typed) return typed;
    dialogue.say('These are not the same. Choose it again.');
  }
};

/** Values for all fields that are not known; null when there are no more answers. */
export const askFields = async (
  dialogue: Dialogue,
  fields: readonly Field[],
  known: Values,
): Promise<Values | null> => {
  const values: Record<string, string> = { ...known };
  for (const field of fields) {
    const value = await askField(dialogue, field);
    if (value === null) return null;
    values[field.name] = value;
  }
  return values;
};
