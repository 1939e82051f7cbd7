/** The fields of a form, as many as fit around the focused one. */
import { Box } from 'ink';
import { cut, wrapWords } from '../../state/cells.ts';
import { shownFault, type FieldSpec, type FormState } from '../../state/form-state.ts';
import { typingWords } from '../../state/codes/typed-code.ts';
import { signs, type Tone } from '../../state/theme.ts';
import { Field } from './field.tsx';
import { Text } from '../text.tsx';

interface Row {
  readonly field: FieldSpec;
  readonly below: readonly string[];
  readonly tone: Tone;
  readonly focused: boolean;
}

const rowOf = (state: FormState, field: FieldSpec, index: number, room: number): Row => {
  const focused = index === state.focus && !state.busy;
  const typing = focused ? typingWords(field, state) : undefined;
  const fault = shownFault(state, field) ?? typing?.fault;
  const below =
    fault ?? (focused ? (typing?.text ?? sizeOf(state, field) ?? field.hint) : undefined);
  return {
    field,
    below: below === undefined || below === '' ? [] : wrapWords(below, room),
    tone: fault === undefined ? 'dim' : 'bad',
    focused,
  };
};

/** What a block holds, since only a part of it is seen. */
const sizeOf = (state: FormState, { name, kind }: FieldSpec): string | undefined => {
  const text = state.edits[name]?.text ?? '';
  if (kind !== 'block' || !text.includes('\n')) return undefined;
  return `${text.trimEnd().split('\n').length} lines, ${text.length} characters.`;
};

/** No more lines below than there is room for; the last says that there were more. */
const clipped = (row: Row, most: number): Row =>
  row.below.length <= most
    ? row
    : {
        ...row,
        below: row.below
          .slice(0, most)
          .map((line, index) => (index === most - 1 ? `${line}${signs.more}` : line)),
      };

/** The rows from the first that lets the focused one end within the height. */
const windowed = (rows: readonly Row[], focus: number, height: number): readonly Row[] => {
  const tall = ({ below }: Row): number => 1 + below.length;
  let first = 0;
  const end = Math.min(focus, rows.length - 1) + 1;
  const sum = (): number => rows.slice(first, end).reduce((total, row) => total + tall(row), 0);
  while (first < end - 1 && sum() > height) first += 1;
  let used = 0;
  return rows.slice(first).filter((row) => {
    used += tall(row);
    return used <= height || row.focused;
  });
};

const narrowWidth = 50;

export interface FormRowsProps {
  readonly state: FormState;
  readonly width: number;
  readonly height: number;
}

/** The fields that fit. */
export const FormRows = ({ state, width, height }: FormRowsProps) => {
  const longest = Math.max(...state.fields.map(({ label }) => label.length));
  const labelWidth = Math.min(longest, Math.max(16, Math.floor(width / 3)));
  const room = Math.max(8, Math.min(width - labelWidth - 4, 72));
  // On a narrow screen what is said below has the whole width, but for a cell for what was cut.
  const narrow = width < narrowWidth;
  const indent = ' '.repeat(narrow ? 2 : labelWidth + 4);
  const roomBelow = narrow ? width - 3 : room;
  const rows = state.fields
    .map((field, index) => rowOf(state, field, index, roomBelow))
    .map((row) => clipped(row, Math.max(0, height - 1)));
  return (
    <Box flexDirection="column">
      {windowed(rows, state.focus, Math.max(1, height)).map(({ field, below, tone, focused }) => (
        <Box key={field.name} flexDirection="column">
          <Field
            label={cut(field.label, labelWidth)}
            labelWidth={labelWidth}
            width={room}
            state={state.edits[field.name] ?? { text: '', cursor: 0 }}
            chosen={chosenWords(state, field)}
            focused={focused}
            masked={field.kind === 'password' && !state.revealed}
            example={field.example}
          />
          {below.map((line) => (
            <Text key={line} tone={tone} wrap="truncate-end">
              {indent + line}
            </Text>
          ))}
        </Box>
      ))}
    </Box>
  );
};

/** What is chosen, in words; undefined for fields that are written. */
const chosenWords = (state: FormState, field: FieldSpec): string | undefined => {
  const value = state.edits[field.name]?.text ?? '';
  if (field.kind === 'toggle') return value === 'yes' ? '[x] yes' : '[ ] no';
  if (field.kind !== 'choice') return undefined;
  const chosen = field.choices?.find((choice) => choice.value === value)?.label ?? value;
  return `‹ ${chosen === '' ? (field.unset ?? 'not chosen') : chosen} ›`;
};
