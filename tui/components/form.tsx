/** A form from fields as data: checks while typing, keeps what was typed when the server fails. */
import { Box, useWindowSize } from 'ink';
import { useReducer, useState } from 'react';
import { useKeys } from '../hooks/use-keys.ts';
import { useUnsaved } from '../hooks/use-unsaved.ts';
import { cut, fit } from '../state/cells.ts';
import {
  fieldFault,
  formReducer,
  formValues,
  isDirty,
  shownFault,
  startForm,
  type FieldSpec,
  type FormProblem,
  type FormState,
  type Values,
} from '../state/form-state.ts';
import { editKeys, editText, insertText, pastedText, type EditState } from '../state/text-edit.ts';
import { signs } from '../theme.ts';
import { Dialog } from './dialog.tsx';
import { Field } from './field.tsx';
import { Text } from './text.tsx';

export interface FormProps {
  readonly fields: readonly FieldSpec[];
  /** What Enter on the last field does: "Sign in". */
  readonly submitLabel: string;
  readonly busyLabel: string;
  /** Sends; resolves with what went wrong, or nothing. What was typed stays either way. */
  readonly onSubmit: (values: Values) => Promise<FormProblem | undefined>;
  /** Esc; asked first when something was typed. Without it Esc is not the form's. */
  readonly onCancel?: () => void;
  /** Cells that the form may take, the whole width by default. */
  readonly width?: number;
}

/** The form; put `key` on it to start anew. */
export const Form = ({
  fields,
  submitLabel,
  busyLabel,
  onSubmit,
  onCancel,
  ...rest
}: FormProps) => {
  const { columns } = useWindowSize();
  const width = rest.width ?? columns - 2;
  const [state, dispatch] = useReducer(formReducer, fields, startForm);
  const [leaving, setLeaving] = useState(false);
  useUnsaved(isDirty(state));

  const submit = async (): Promise<void> => {
    dispatch({ type: 'try' });
    if (state.busy || fields.some((field) => fieldFault(state, field) !== undefined)) return;
    dispatch({ type: 'send' });
    const problem = await onSubmit(formValues(state));
    dispatch(problem ? { type: 'failed', problem } : { type: 'sent' });
  };

  const cancel = (): void => {
    if (isDirty(state)) setLeaving(true);
    else onCancel?.();
  };

  const focused = fields[state.focus];
  const last = state.focus === fields.length - 1;
  const edit = (to: EditState): void => {
    if (focused) dispatch({ type: 'edit', name: focused.name, to });
  };
  const written = focused && focused.kind !== 'choice' && focused.kind !== 'toggle';
  const current = written ? state.edits[focused.name] : undefined;

  useKeys(
    {
      ...(written
        ? {}
        : { change: (press) => dispatch({ type: 'change', by: press.name === 'left' ? -1 : 1 }) }),
      nextField: fields.length > 1 ? () => dispatch({ type: 'focus', by: 1 }) : undefined,
      previousField: fields.length > 1 ? () => dispatch({ type: 'focus', by: -1 }) : undefined,
      submit: last
        ? { run: () => void submit(), does: submitLabel, hint: submitLabel.toLowerCase() }
        : { run: () => dispatch({ type: 'focus', by: 1 }), does: 'Next field', hint: '' },
      reveal: fields.some(({ kind }) => kind === 'password')
        ? () => dispatch({ type: 'reveal' })
        : undefined,
      back: onCancel ? { run: cancel, hint: 'cancel' } : undefined,
    },
    {
      level: 'field',
      ...(current
        ? {
            takes: editKeys,
            edit(press) {
              const next = editText(current, press);
              if (next) edit(next);
              return next !== undefined;
            },
            paste(text) {
              edit(
                insertText(current, pastedText(text, focused?.kind === 'block' ? 'many' : 'one')),
              );
              return true;
            },
          }
        : {}),
    },
  );

  return (
    <Box flexDirection="column">
      <FormRows state={state} width={width} />
      <Box marginTop={1}>
        <Status state={state} width={width} submitLabel={submitLabel} busyLabel={busyLabel} />
      </Box>
      {leaving && onCancel ? (
        <Dialog
          title="Discard what you typed?"
          lines={[{ text: 'It has not been sent, and is kept nowhere else.' }]}
          stay={{ label: 'Keep editing', run: () => setLeaving(false) }}
          answers={[{ label: 'Discard it', run: onCancel, tone: 'bad' }]}
        />
      ) : null}
    </Box>
  );
};

const FormRows = ({ state, width }: { state: FormState; width: number }) => {
  const labelWidth = Math.min(
    Math.max(...state.fields.map(({ label }) => label.length)),
    Math.floor(width / 3),
  );
  const room = Math.max(8, Math.min(width - labelWidth - 4, 72));
  return state.fields.map((field, index) => {
    const fault = shownFault(state, field);
    const focused = index === state.focus && !state.busy;
    const below = fault ?? (focused ? field.hint : undefined);
    const indent = ' '.repeat(labelWidth + 4);
    return (
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
        {below === undefined ? null : (
          <Box>
            <Text>{indent}</Text>
            <Box flexShrink={1}>
              <Text tone={fault === undefined ? 'dim' : 'bad'}>{below}</Text>
            </Box>
          </Box>
        )}
      </Box>
    );
  });
};

/** Choices show their label with arrows, blocks that are not focused how long they are. */
const shownState = (state: FormState, field: FieldSpec): EditState => {
  const edit = state.edits[field.name] ?? { text: '', cursor: 0 };
  if (field.kind === 'toggle') {
    return { text: edit.text === 'yes' ? '[x] yes' : '[ ] no', cursor: 1 };
  }
  if (field.kind !== 'choice') return edit;
  const label = field.choices?.find(({ value }) => value === edit.text)?.label ?? edit.text;
  return { text: `‹ ${label} ›`, cursor: 2 };
};

interface StatusProps {
  readonly state: FormState;
  readonly width: number;
  readonly submitLabel: string;
  readonly busyLabel: string;
}

const Status = ({ state, width, submitLabel, busyLabel }: StatusProps) => {
  if (state.busy) return <Text tone="dim">{fit(`  ${busyLabel}${signs.more}`, width)}</Text>;
  const { problem } = state;
  if (problem && !state.fields.some(({ name }) => name === problem.field)) {
    return (
      <Box>
        <Text tone="bad">{`${signs.bad} `}</Text>
        <Text tone="bad">{problem.text}</Text>
      </Box>
    );
  }
  const ready = state.fields.every((field) => fieldFault(state, field) === undefined);
  return <Text tone={ready ? 'accent' : 'dim'}>{cut(`  ↵ ${submitLabel}`, width)}</Text>;
};
