/** How a form is drawn: its fields, as many as fit around the focused one, and its state below. */
import { Box } from 'ink';
import { cut, wrapWords } from '../state/cells.ts';
import {
  fieldFault,
  shownFault,
  type FieldSpec,
  type FormLink,
  type FormState,
} from '../state/form-state.ts';
import type { EditState } from '../state/text-edit.ts';
import { signs, type Tone } from '../theme.ts';
import { Field } from './field.tsx';
import { Text } from './text.tsx';

interface Row {
  readonly field: FieldSpec;
  readonly below: readonly string[];
  readonly tone: Tone;
  readonly focused: boolean;
}

const rowOf = (state: FormState, field: FieldSpec, index: number, room: number): Row => {
  const fault = shownFault(state, field);
  const focused = index === state.focus && !state.busy;
  const below = fault ?? (focused ? (sizeOf(state, field) ?? field.hint) : undefined);
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

export interface FormRowsProps {
  readonly state: FormState;
  readonly width: number;
  readonly height: number;
}

/** The fields that fit. */
export const FormRows = ({ state, width, height }: FormRowsProps) => {
  const longest = Math.max(...state.fields.map(({ label }) => label.length));
  const labelWidth = Math.min(longest, Math.floor(width / 3));
  const room = Math.max(8, Math.min(width - labelWidth - 4, 72));
  const rows = state.fields.map((field, index) => rowOf(state, field, index, room));
  const indent = ' '.repeat(labelWidth + 4);
  return (
    <Box flexDirection="column">
      {windowed(rows, state.focus, Math.max(1, height)).map(({ field, below, tone, focused }) => (
        <Box key={field.name} flexDirection="column">
          <Field
            label={cut(field.label, labelWidth)}
            labelWidth={labelWidth}
            width={room}
            state={shownState(state, field)}
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

/** Choices show their label between arrows. */
const shownState = (state: FormState, field: FieldSpec): EditState => {
  const edit = state.edits[field.name] ?? { text: '', cursor: 0 };
  if (field.kind === 'toggle') {
    return { text: edit.text === 'yes' ? '[x] yes' : '[ ] no', cursor: 1 };
  }
  if (field.kind !== 'choice') return edit;
  const label = field.choices?.find(({ value }) => value === edit.text)?.label ?? edit.text;
  return { text: `‹ ${label} ›`, cursor: 2 };
};

interface FormStatusProps {
  readonly state: FormState;
  readonly width: number;
  readonly submitLabel: string;
  readonly busyLabel: string;
  readonly links: readonly FormLink[];
}

/** What Enter does, what the server said, and the ways on. */
export const FormStatus = (props: FormStatusProps) => {
  const { state, width, submitLabel, busyLabel, links } = props;
  const ready = state.fields.every((field) => fieldFault(state, field) === undefined);
  const general = state.fields.some(({ name }) => name === state.problem?.field)
    ? undefined
    : state.problem?.text;
  return (
    <Box flexDirection="column">
      <Text> </Text>
      {general === undefined
        ? null
        : wrapWords(`${signs.bad} ${general}`, width - 2).map((line) => (
            <Text key={line} tone="bad">
              {`  ${line}`}
            </Text>
          ))}
      {state.busy ? (
        <Text tone="dim">{`  ${busyLabel}${signs.more}`}</Text>
      ) : (
        <Text tone={ready ? 'accent' : 'dim'}>{cut(`  ↵ ${submitLabel}`, width)}</Text>
      )}
      {links.length === 0 ? null : <Text> </Text>}
      {links.map(({ label }, index) => {
        const focused = state.focus === state.fields.length + index;
        return (
          <Text key={label} tone={focused ? 'selected' : 'dim'}>
            {`${focused ? signs.pointer : ' '} ${cut(label, width - 2)}`}
          </Text>
        );
      })}
    </Box>
  );
};
