/** A form from fields as data: checks while typing, keeps what was typed when the server fails. */
import { Box } from 'ink';
import { useReducer, useState } from 'react';
import { typeLine } from '../../hooks/type-line.ts';
import { useKeys, type KeyOptions } from '../../hooks/use-keys.ts';
import { useHold } from '../../hooks/use-hold.ts';
import {
  fieldFault,
  formReducer,
  formValues,
  isDirty,
  startForm,
  type FieldSpec,
  type FormLink,
  type FormProblem,
  type FormState,
  type Values,
} from '../../state/form-state.ts';
import { insertText, pastedText, type EditState } from '../../state/text-edit.ts';
import { typedStep } from '../../state/codes/typed-code.ts';
import { Dialog } from './dialog.tsx';
import { FormBody } from './form-body.tsx';
import { useContentSize } from '../layout/frame.tsx';

export interface FormProps {
  readonly fields: readonly FieldSpec[];
  /** What Enter on the last field does: "Sign in". */
  readonly submitLabel: string;
  readonly busyLabel: string;
  /** Sends; resolves with what went wrong, or nothing. What was typed stays either way. */
  readonly onSubmit: (values: Values) => Promise<FormProblem | undefined>;
  /** Esc; asked first when something was typed. Without it Esc is not the form's. */
  readonly onCancel?: (() => void) | undefined;
  /** It begins with what was typed before, and would be lost. */
  readonly unsaved?: boolean;
  readonly links?: readonly FormLink[];
  /** The field that has the focus first; the first by default. */
  readonly focus?: number;
  /** Cells and rows that the form may take; all by default. */
  readonly width?: number;
  readonly height?: number;
}

const noLinks: readonly FormLink[] = [];

/** From so many fields on there is a key that sends from any of them. */
const longForm = 4;

/** The form; put `key` on it to start anew. */
export const Form = (props: FormProps) => {
  const { fields, submitLabel, busyLabel, onSubmit, onCancel, links = noLinks } = props;
  const size = useContentSize();
  const width = props.width ?? size.columns;
  const [state, dispatch] = useReducer(formReducer, props, ({ fields, focus = 0 }) =>
    startForm(fields, links.length, focus),
  );
  const [leaving, setLeaving] = useState(false);
  const unsaved = props.unsaved === true || isDirty(state);
  useHold(state.busy && onCancel ? 'sent' : unsaved ? 'typed' : undefined);

  const submit = async (): Promise<void> => {
    dispatch({ type: 'try' });
    if (state.busy || fields.some((field) => fieldFault(state, field) !== undefined)) return;
    dispatch({ type: 'send' });
    const problem = await onSubmit(formValues(state));
    dispatch(problem ? { type: 'failed', problem } : { type: 'sent' });
  };

  const cancel = (): void => {
    if (unsaved) setLeaving(true);
    else onCancel?.();
  };

  /** Whoever comes back starts at the first field: a password was set, a request was sent. */
  const leave = (to: FormLink): void => {
    dispatch({ type: 'focus', by: -state.focus });
    to.run();
  };

  const link = links[state.focus - fields.length];
  const last = state.focus === fields.length - 1;
  const stops = fields.length + links.length;
  const typed = typedStep(fields[state.focus], state);
  const enter = link
    ? { run: () => leave(link), does: link.label, hint: 'open' }
    : typed?.step === 'line'
      ? { run: () => dispatch(typed.action), does: 'Next line', hint: 'next line' }
      : last
        ? { run: () => void submit(), does: submitLabel, hint: submitLabel.toLowerCase() }
        : { run: () => dispatch({ type: 'focus', by: 1 }), does: 'Next field', hint: '' };

  useKeys(
    {
      change: isChoice(fields[state.focus])
        ? (press) => dispatch({ type: 'change', by: press.name === 'left' ? -1 : 1 })
        : undefined,
      nextField: stops > 1 ? () => dispatch({ type: 'focus', by: 1 }) : undefined,
      previousField: stops > 1 ? () => dispatch({ type: 'focus', by: -1 }) : undefined,
      submit: enter,
      send: fields.length < longForm ? undefined : { run: () => void submit(), does: submitLabel },
      reveal: fields.some(({ kind }) => kind === 'password')
        ? () => dispatch({ type: 'reveal' })
        : undefined,
      back: onCancel
        ? {
            run: cancel,
            hint: 'cancel',
            why: state.busy
              ? 'It was sent, and may be done already. Wait for the answer.'
              : undefined,
          }
        : undefined,
    },
    { level: 'field', ...typing(state, (name, to) => dispatch({ type: 'edit', name, to })) },
  );

  return (
    <Box flexDirection="column">
      <FormBody
        state={state}
        width={width}
        height={props.height ?? size.rows}
        submitLabel={typed ? 'Next line' : submitLabel}
        busyLabel={busyLabel}
        links={links}
      />
      {leaving && onCancel ? (
        <Dialog
          title="Discard what you typed?"
          lines={[{ text: 'It is kept nowhere else.' }]}
          stay={{ label: 'Keep editing', run: () => setLeaving(false) }}
          answers={[{ label: 'Discard it', run: onCancel, tone: 'bad' }]}
        />
      ) : null}
    </Box>
  );
};

const isChoice = (field: FieldSpec | undefined): boolean =>
  field?.kind === 'choice' || field?.kind === 'toggle';

/** How the focused field takes text; nothing for choices and links. */
const typing = (
  state: FormState,
  edit: (name: string, to: EditState) => void,
): Pick<KeyOptions, 'takes' | 'edit' | 'paste'> => {
  const field = state.fields[state.focus];
  const current = field && !isChoice(field) ? state.edits[field.name] : undefined;
  if (!field || !current) return {};
  const set = (next: EditState): void => edit(field.name, next);
  const line = typeLine(current, set);
  if (field.kind !== 'block') return line;
  return {
    takes: [...line.takes, 'ctrl+j'],
    // Ctrl+J begins a line: Enter goes on, in blocks as in all fields.
    edit: (press) => {
      if (press.name !== 'ctrl+j') return line.edit(press);
      set(insertText(current, '\n'));
      return true;
    },
    paste: (text) => {
      set(insertText(current, pastedText(text, 'many')));
      return true;
    },
  };
};
