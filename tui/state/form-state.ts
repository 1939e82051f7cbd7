/** A form as a pure reducer: what was typed, where the focus is, what is wrong, what the server said. */
import type { ArmorType } from '../../shared/statements/armor.ts';
import { editing, type EditState } from './text-edit.ts';

export interface FieldSpec {
  readonly name: string;
  readonly label: string;
  /** `block` takes pastes of several lines; `choice` and `toggle` are changed by Space and arrows. */
  readonly kind?: 'text' | 'password' | 'block' | 'choice' | 'toggle';
  readonly choices?: readonly { readonly value: string; readonly label: string }[];
  /** What a choice that may stay open says while nothing is chosen. */
  readonly unset?: string;
  /** Said below the field while nothing is wrong with it. */
  readonly hint?: string;
  /** Shown in an empty field, as an example. */
  readonly example?: string;
  readonly optional?: boolean;
  /** What has a value may be emptied, a choice opened again. */
  readonly clears?: boolean;
  /** Of a block: it may be typed line by line, and each line is checked at once. */
  readonly code?: ArmorType | 'any';
  readonly initial?: string;
  /** A sentence when the value can't be sent; called while typing. */
  readonly check?: (value: string, values: Values) => string | undefined;
}

/** A way on that is no field: reached by Tab behind the fields, taken by Enter. */
export interface FormLink {
  readonly label: string;
  readonly run: () => void;
}

export type Values = Readonly<Record<string, string>>;

export interface FormProblem {
  readonly text: string;
  /** The field that it is about; then the focus goes there. */
  readonly field?: string | undefined;
}

export interface FormState {
  readonly fields: readonly FieldSpec[];
  readonly edits: Readonly<Record<string, EditState>>;
  /** Fields that were left once, or tried to send: their faults are said from then on. */
  readonly touched: ReadonlySet<string>;
  /** The field that has the focus; behind the fields come the links. */
  readonly focus: number;
  readonly links: number;
  readonly busy: boolean;
  readonly problem: FormProblem | undefined;
  readonly revealed: boolean;
}

export type FormAction =
  | { readonly type: 'edit'; readonly name: string; readonly to: EditState }
  | { readonly type: 'focus'; readonly by: number }
  | { readonly type: 'change'; readonly by: number }
  | { readonly type: 'reveal' }
  | { readonly type: 'try' }
  | { readonly type: 'send' }
  | { readonly type: 'failed'; readonly problem: FormProblem }
  | { readonly type: 'sent' };

/** What a choice or toggle can be. One that may stay open begins so, unless there is a value to change. */
const optionsOf = (field: FieldSpec): readonly string[] => {
  const { kind, choices = [], optional, clears, initial } = field;
  if (kind === 'toggle') return ['no', 'yes'];
  const open =
    optional === true && choices.length > 0 && (clears === true || (initial ?? '') === '');
  return [...(open ? [''] : []), ...choices.map(({ value }) => value)];
};

const initialValue = (field: FieldSpec): string => field.initial ?? optionsOf(field)[0] ?? '';

/** An untouched form, with so many links behind its fields. */
export const startForm = (fields: readonly FieldSpec[], links = 0, focus = 0): FormState => ({
  fields,
  edits: Object.fromEntries(fields.map((field) => [field.name, editing(initialValue(field))])),
  touched: new Set(),
  focus,
  links,
  busy: false,
  problem: undefined,
  revealed: false,
});

/** What would be sent: single lines without blanks around them, passwords exactly as typed. */
export const formValues = (state: FormState): Values =>
  Object.fromEntries(
    state.fields.map(({ name, kind }) => {
      const text = state.edits[name]?.text ?? '';
      return [name, kind === 'password' ? text : text.trim()];
    }),
  );

/** True when something was typed or changed. */
export const isDirty = (state: FormState): boolean =>
  state.fields.some((field) => state.edits[field.name]?.text !== initialValue(field));

/** What is wrong with a field, whether or not it is said yet. */
export const fieldFault = (state: FormState, field: FieldSpec): string | undefined => {
  const values = formValues(state);
  const value = values[field.name] ?? '';
  if (value === '') return field.optional ? undefined : `${field.label} is needed.`;
  return field.check?.(value, values);
};

/** The fault to show: faults of empty fields only after they were left, others while typing. */
export const shownFault = (state: FormState, field: FieldSpec): string | undefined => {
  if (state.problem?.field === field.name) return state.problem.text;
  const typed = state.edits[field.name]?.text !== initialValue(field);
  const fault = fieldFault(state, field);
  return state.touched.has(field.name) || (typed && field.kind === 'password') ? fault : undefined;
};

const touch = (state: FormState, names: readonly string[]): FormState => ({
  ...state,
  touched: new Set([...state.touched, ...names]),
});

const changeChoice = (state: FormState, by: number): FormState => {
  const field = state.fields[state.focus];
  if (!field) return state;
  const options = optionsOf(field);
  const at = options.indexOf(state.edits[field.name]?.text ?? '');
  const next = options[(at + by + options.length) % options.length];
  if (next === undefined) return state;
  return { ...state, edits: { ...state.edits, [field.name]: editing(next) } };
};

/** The form after something happened. While it is being sent, nothing changes it. */
export const formReducer = (state: FormState, action: FormAction): FormState => {
  if (state.busy && action.type !== 'failed' && action.type !== 'sent') return state;
  switch (action.type) {
    case 'edit':
      return {
        ...state,
        edits: { ...state.edits, [action.name]: action.to },
        problem: state.problem?.field === action.name ? undefined : state.problem,
      };
    case 'focus': {
      const left = state.fields[state.focus];
      const count = state.fields.length + state.links;
      const typed = left !== undefined && (state.edits[left.name]?.text ?? '') !== '';
      const next = { ...state, focus: (state.focus + action.by + count) % count };
      return left && typed ? touch(next, [left.name]) : next;
    }
    case 'change':
      return changeChoice(state, action.by);
    case 'reveal':
      return { ...state, revealed: !state.revealed };
    case 'try': {
      const faulty = state.fields.findIndex((field) => fieldFault(state, field) !== undefined);
      const all = touch(
        state,
        state.fields.map(({ name }) => name),
      );
      return faulty === -1 ? all : { ...all, focus: faulty };
    }
    case 'send':
      return { ...state, busy: true, problem: undefined };
    case 'failed': {
      const at = state.fields.findIndex(({ name }) => name === action.problem.field);
      return {
        ...state,
        busy: false,
        problem: action.problem,
        focus: at === -1 ? state.focus : at,
      };
    }
    case 'sent':
      return { ...state, busy: false, problem: undefined };
  }
};
