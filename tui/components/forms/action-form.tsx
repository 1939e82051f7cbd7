/** The fields of an action as a form: what is known is left out, chosen passwords are asked twice. */
import type { Action, Values } from '../../client/actions/action.ts';
import type { Editing } from '../../client/actions/editing.ts';
import type { Field } from '../../client/actions/fields.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';
import type { Failure } from '../../client/api/failure.ts';
import { useApp } from '../../hooks/use-app.ts';
import { fieldsAsked } from '../../state/action-stage.ts';
import { failureWords } from '../../state/words/failure-words.ts';
import type { FieldSpec, FormProblem } from '../../state/form-state.ts';
import { looksLikePath } from '../../state/local-path.ts';
import type { LocalFiles } from '../../terminal/local-files.ts';
import { Form } from './form.tsx';
import { useContentSize } from '../layout/frame.tsx';
import { Page, pageTitleRows } from '../layout/page.tsx';

export interface ActionFormProps {
  readonly action: Action;
  readonly preset: Values;
  /** What it changes, as it was when the form began. */
  readonly editing: Editing | undefined;
  /** What was typed before, where one comes back to it. */
  readonly typed?: Values | undefined;
  /** What it is about, said in place of the action's description. */
  readonly about?: string | undefined;
  readonly onCancel: () => void;
  /** Sends all values; resolves with the failure, if any. `typed` is as it stands in the form. */
  readonly submit: (values: Values, typed: Values) => Promise<Failure | undefined>;
}

const again = (name: string): string => `${name}, again`;

/**
 * A field as the form takes it, with the second asking of a password that is being chosen. What has a value
 * and can't be cleared must not be left empty.
 */
const toSpecs = (field: Field, initial: string | undefined, before = ''): FieldSpec[] => {
  const optional = field.optional && (field.clears === true || before === '');
  const spec: FieldSpec = { ...field, optional, ...(initial === undefined ? {} : { initial }) };
  if (field.kind === 'block') {
    return [
      {
        ...spec,
        hint: `${field.hint ?? ''} Or the path of its file, as ./${field.label.toLowerCase().replaceAll(' ', '-')}.txt.`.trim(),
      },
    ];
  }
  if (!field.chosen) return [spec];
  return [
    spec,
    {
      name: again(field.name),
      label: 'Once more',
      kind: 'password',
      check: (value, values) =>
        value === values[field.name] ? undefined : 'It is not the same as above.',
    },
  ];
};

/**
 * An empty field means "as it is" to an action, so what was left as it is goes as that: somebody else may
 * change it meanwhile. One that was emptied is told by a dash, where it may be.
 */
const sent = ({ clears, optional }: Field, typed = '', before = ''): string => {
  if (typed === '') return clears === true && before !== '' ? '-' : '';
  return optional && typed === before ? '' : typed;
};

/** Where a failure belongs in the form: at a field, or below all. */
export const toFormProblem = (failure: Failure): FormProblem => {
  if (failure.kind === 'invalid') {
    const [first] = Object.entries(failure.fields);
    if (first) return { field: first[0], text: first[1] };
  }
  return { text: failureWords(failure) };
};

/** Reads the files that were named where a text was asked for. */
const loadFiles = async (
  fields: readonly Field[],
  values: Values,
  files: LocalFiles | undefined,
): Promise<Result<Values, FormProblem>> => {
  const loaded: Record<string, string> = { ...values };
  for (const { name, kind } of fields) {
    const typed = values[name] ?? '';
    if (kind !== 'block' || !files || !looksLikePath(typed)) continue;
    const file = await files.load(typed);
    if (!file.ok) return fail({ field: name, text: file.error });
    loaded[name] = file.value;
  }
  return ok(loaded);
};

/** The form on a page of its own. */
export const ActionForm = (props: ActionFormProps) => {
  const { action, preset, editing, typed: before, onCancel, submit } = props;
  const initial = editing?.values ?? {};
  const { files } = useApp();
  const { rows } = useContentSize();
  const asked = fieldsAsked(action, preset);
  return (
    <Page title={action.title} about={props.about ?? action.description}>
      <Form
        height={rows - pageTitleRows(rows, true)}
        fields={asked.flatMap((field) =>
          toSpecs(field, before?.[field.name] ?? initial[field.name], initial[field.name]),
        )}
        submitLabel={action.send ?? action.title}
        busyLabel="One moment"
        unsaved={before !== undefined}
        onCancel={onCancel}
        onSubmit={async (typed) => {
          if (editing && asked.every(({ name }) => typed[name] === (initial[name] ?? ''))) {
            return { text: 'Nothing is changed yet.' };
          }
          const known = Object.fromEntries(
            asked.map((field) => [field.name, sent(field, typed[field.name], initial[field.name])]),
          );
          const loaded = await loadFiles(asked, known, files);
          if (!loaded.ok) return loaded.error;
          const failure = await submit({ ...preset, ...loaded.value }, typed);
          return failure ? toFormProblem(failure) : undefined;
        }}
      />
    </Page>
  );
};
