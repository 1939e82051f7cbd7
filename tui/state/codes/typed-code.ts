/** A code that is typed line by line into a field: what is said meanwhile, and what Enter does. */
import { followTyping, type Typing } from '../../../shared/statements/typed/follow-typing.ts';
import type { FieldSpec, FormAction, FormState } from '../form-state.ts';
import { looksLikePath } from '../local-path.ts';
import { insertText, type EditState } from '../text-edit.ts';

const follow = (field: FieldSpec | undefined, state: FormState): Typing | undefined => {
  const text = field && state.edits[field.name]?.text;
  if (field?.code === undefined || text === undefined || looksLikePath(text)) return undefined;
  return followTyping(text, field.code === 'any' ? undefined : field.code);
};

/** Said below the field. A fault is one that typing on can't mend. */
export const typingWords = (
  field: FieldSpec,
  state: FormState,
): { readonly text: string; readonly fault: string | undefined } | undefined => {
  const typing = follow(field, state);
  if (!typing) return undefined;
  const { line, length, of, fault, isWhole } = typing;
  const text = isWhole
    ? `All ${line} lines are there and right.`
    : `Line ${line}: ${length} of ${of} characters. Enter ends a line.`;
  return { text, fault };
};

/** Begins a line at the end; from within, after a correction, it goes to the end. */
const nextLine = (edit: EditState): EditState =>
  edit.cursor < edit.text.length ? { ...edit, cursor: edit.text.length } : insertText(edit, '\n');

/** What Enter does in a code that is not whole yet: begins the next line, or says what is wrong with this one. */
export const typedStep = (
  field: FieldSpec | undefined,
  state: FormState,
): { readonly step: 'line'; readonly action: FormAction } | undefined => {
  const typing = follow(field, state);
  const edit = field && state.edits[field.name];
  if (!typing || !field || !edit || typing.isWhole) return undefined;
  const wrong = typing.fault ?? typing.unfinished;
  return {
    step: 'line',
    action:
      wrong === undefined
        ? { type: 'edit', name: field.name, to: nextLine(edit) }
        : { type: 'failed', problem: { field: field.name, text: wrong } },
  };
};
