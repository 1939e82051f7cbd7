/** The technician's screen: this machine's request, key and proof, without a server or a sign-in. */
import { useState } from 'react';
import type { KeyToGiveBack } from '../../../shared/sdk/give-back.ts';
import type { Done } from '../../client/actions/done.ts';
import { Dialog } from '../../components/forms/dialog.tsx';
import { DoneView } from '../../components/forms/done-view.tsx';
import { Failed } from '../../components/forms/failed.tsx';
import { Form } from '../../components/forms/form.tsx';
import { useContentSize } from '../../components/layout/frame.tsx';
import { Menu } from '../../components/menu.tsx';
import { Page, pageTitleRows } from '../../components/layout/page.tsx';
import { Waiting } from '../../components/waiting.tsx';
import { useThisMachine, type MachineStep } from '../../hooks/use-this-machine.ts';
import { inert } from '../../state/cells.ts';
import type { FieldSpec, FormProblem, Values } from '../../state/form-state.ts';
import { date } from '../../client/relative-time.ts';

interface StepSpec {
  readonly step: MachineStep;
  readonly label: string;
  readonly about: string;
  readonly fields: readonly FieldSpec[];
}

const key: FieldSpec = {
  name: 'key',
  label: 'Key',
  kind: 'block',
  code: 'offline-key',
  hint: 'Type it line by line, paste it, or name its file: key.txt.',
};
const keyHere: FieldSpec = {
  ...key,
  optional: true,
  hint: 'Empty for the key that was entered here.',
};
const trust: FieldSpec = {
  name: 'trust',
  label: 'Trust file',
  kind: 'block',
  optional: true,
  hint: 'Its name (trust.json), or the root key; empty if given before.',
};

const steps: readonly StepSpec[] = [
  {
    step: 'request',
    label: 'Make a request',
    about: 'The code from which the owner of the license makes an offline key.',
    fields: [],
  },
  {
    step: 'enter',
    label: 'Enter a key',
    about: 'Typed, pasted or from a file; it is checked and kept for the product.',
    fields: [key, trust],
  },
  {
    step: 'verify',
    label: 'Verify the key',
    about: 'What the key on this machine permits, until when, or exactly why not.',
    fields: [keyHere, trust],
  },
  {
    step: 'give-back',
    label: 'Give the key back',
    about: 'The key ends here, and a proof frees its seat at the server.',
    fields: [keyHere, trust],
  },
  {
    step: 'inspect',
    label: 'Read a code',
    about: 'What a key, a request or a proof says, wherever it is for.',
    fields: [{ ...key, label: 'Code', code: 'any' }, trust],
  },
];

type Stage =
  | { readonly at: 'menu' }
  | {
      readonly at: 'form';
      readonly spec: StepSpec;
      /** Asked over the form, which keeps what was typed. */
      readonly question?: Question;
    }
  | { readonly at: 'run'; readonly spec: StepSpec }
  | { readonly at: 'done'; readonly spec: StepSpec; readonly done: Done }
  | { readonly at: 'failed'; readonly spec: StepSpec; readonly text: string };

interface Question {
  readonly ends: KeyToGiveBack;
  readonly answer: (sure: boolean) => void;
}

/** A page of its own over the sign-in. */
export const MachineScreen = ({ onClose }: { onClose: () => void }) => {
  const { rows } = useContentSize();
  const machine = useThisMachine();
  const [stage, setStage] = useState<Stage>({ at: 'menu' });
  const menu = (): void => setStage({ at: 'menu' });

  const go = async (spec: StepSpec, values: Values): Promise<FormProblem | undefined> => {
    const answer = await machine.run(spec.step, values);
    if (!answer.ok) return answer.error;
    setStage({ at: 'done', spec, done: answer.value });
    return undefined;
  };
  /** Giving back can't be undone: it asks first, by the name of what ends. */
  const giveBack = async (spec: StepSpec, values: Values): Promise<FormProblem | undefined> => {
    const key = await machine.keyToGiveBack(values);
    if (!key.ok) return key.error;
    const ends = key.value;
    const sure =
      ends === null ||
      (await new Promise<boolean>((answer) =>
        setStage({ at: 'form', spec, question: { ends, answer } }),
      ));
    setStage({ at: 'form', spec });
    return sure ? go(spec, values) : undefined;
  };
  const start = (spec: StepSpec): void => {
    if (spec.fields.length > 0) {
      setStage({ at: 'form', spec });
      return;
    }
    setStage({ at: 'run', spec });
    void go(spec, {}).then(
      (problem) => problem && setStage({ at: 'failed', spec, text: problem.text }),
    );
  };

  return (
    <Page title="This machine" about="Without a server: for machines behind an air gap.">
      <Menu
        height={rows - pageTitleRows(rows, true)}
        onClose={onClose}
        entries={steps.map((spec) => ({
          label: spec.label,
          about: spec.about,
          run: () => start(spec),
        }))}
      />
      {stage.at === 'form' ? (
        <Page title={stage.spec.label} about={stage.spec.about}>
          <Form
            height={rows - pageTitleRows(rows, true)}
            fields={stage.spec.fields}
            submitLabel={stage.spec.label}
            busyLabel="Checking"
            onCancel={menu}
            onSubmit={(values) =>
              stage.spec.step === 'give-back'
                ? giveBack(stage.spec, values)
                : go(stage.spec, values)
            }
          />
          {stage.question ? <GiveBackQuestion {...stage.question} /> : null}
        </Page>
      ) : null}
      {stage.at === 'run' ? <Waiting title={stage.spec.label} /> : null}
      {stage.at === 'done' ? (
        <DoneView title={stage.spec.label} done={stage.done} onClose={menu} />
      ) : null}
      {stage.at === 'failed' ? (
        <Failed
          title={stage.spec.label}
          text={stage.text}
          again={undefined}
          retry={() => start(stage.spec)}
          onClose={menu}
        />
      ) : null}
    </Page>
  );
};

const GiveBackQuestion = ({ ends, answer }: Question) => (
  <Dialog
    title="Give the key back?"
    tone="soon"
    lines={[
      {
        text: `${inert(ends.license)} (${ends.product}) stops working on this machine at once, for good; its key would work until ${date(Date.parse(ends.until))}.`,
      },
      { text: 'Then the proof is shown: only with it the seat becomes free at the server.' },
    ]}
    stay={{ label: 'Keep the key', run: () => answer(false) }}
    answers={[{ label: 'Give it back', run: () => answer(true), tone: 'bad' }]}
  />
);
