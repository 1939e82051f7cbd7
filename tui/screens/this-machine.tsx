/** The technician's screen: this machine's request, key and proof, without a server or a sign-in. */
import { useEffect, useState } from 'react';
import type { ProofForms } from '../../shared/deactivation.ts';
import type { RequestForms } from '../../shared/offline-request.ts';
import type { Permit } from '../../shared/sdk/permit.ts';
import { Dialog } from '../components/dialog.tsx';
import { Form } from '../components/form.tsx';
import { useContentSize } from '../components/frame.tsx';
import { factLines, Lines, paragraph } from '../components/lines.tsx';
import { Menu } from '../components/menu.tsx';
import { backKeys, Page, pageTitleRows } from '../components/page.tsx';
import { Verbatim } from '../components/verbatim.tsx';
import { useMachine, type KeyInput } from '../hooks/use-machine.ts';
import { useNow } from '../hooks/use-now.ts';
import type { FieldSpec, Values } from '../state/form-state.ts';
import { exactTime, relativeTime } from '../state/relative-time.ts';

type Step =
  | { readonly at: 'menu' | 'request' | 'enter' | 'verify' | 'give-back' }
  | { readonly at: 'permit'; readonly permit: Permit; readonly entered: boolean }
  | { readonly at: 'sure'; readonly input: KeyInput }
  | { readonly at: 'proof'; readonly proof: ProofForms }
  | { readonly at: 'failed'; readonly text: string };

/** A page of its own over the sign-in. */
export const MachineScreen = ({ onClose }: { onClose: () => void }) => {
  const { rows } = useContentSize();
  const machine = useMachine();
  const [step, setStep] = useState<Step>({ at: 'menu' });
  const menu = (): void => setStep({ at: 'menu' });
  return (
    <Page title="This machine" about="Without a server: for machines behind an air gap.">
      <Menu
        height={rows - pageTitleRows(rows, true)}
        onClose={onClose}
        entries={[
          {
            label: 'Make a request',
            about: 'The code from which the owner of the license makes an offline key.',
            run: () => setStep({ at: 'request' }),
          },
          {
            label: 'Enter a key',
            about: 'Typed, pasted or from a file; it is checked and kept for the product.',
            run: () => setStep({ at: 'enter' }),
          },
          {
            label: 'Verify the key',
            about: 'What the key on this machine permits, until when, or exactly why not.',
            run: () => setStep({ at: 'verify' }),
          },
          {
            label: 'Give the key back',
            about: 'The key ends here, and a proof frees its seat at the server.',
            run: () => setStep({ at: 'give-back' }),
          },
        ]}
      />
      {step.at === 'request' ? <Request onClose={menu} /> : null}
      {step.at === 'enter' ? (
        <KeyForm
          title="Enter a key"
          needsKey
          onCancel={menu}
          submit={async (input) => {
            const permit = await machine.verify(input, true);
            if (!permit.ok) return permit.error;
            setStep({ at: 'permit', permit: permit.value, entered: true });
            return undefined;
          }}
        />
      ) : null}
      {step.at === 'verify' ? (
        <KeyForm
          title="Verify the key"
          onCancel={menu}
          submit={async (input) => {
            const permit = await machine.verify(input, false);
            if (!permit.ok) return permit.error;
            setStep({ at: 'permit', permit: permit.value, entered: false });
            return undefined;
          }}
        />
      ) : null}
      {step.at === 'give-back' ? (
        <KeyForm
          title="Give the key back"
          onCancel={menu}
          submit={async (input) => {
            setStep({ at: 'sure', input });
            return undefined;
          }}
        />
      ) : null}
      {step.at === 'sure' ? (
        <Dialog
          title="Give the key back?"
          tone="soon"
          lines={[
            { text: 'The key stops working on this machine at once, for good.' },
            { text: 'Then the proof is shown: only with it the seat becomes free at the server.' },
          ]}
          stay={{ label: 'Keep the key', run: menu }}
          answers={[
            {
              label: 'Give it back',
              tone: 'bad',
              run: () =>
                void machine
                  .giveBack(step.input)
                  .then((given) =>
                    setStep(
                      given.ok
                        ? { at: 'proof', proof: given.value }
                        : { at: 'failed', text: given.error },
                    ),
                  ),
            },
          ]}
        />
      ) : null}
      {step.at === 'permit' ? <PermitPage {...step} onClose={menu} /> : null}
      {step.at === 'proof' ? (
        <Verbatim
          title="Deactivation proof"
          text={step.proof.file}
          short={step.proof.typed}
          fileName="proof.txt"
          about={[
            'Carry it to the owner of the license: Offline keys, Give back. It is shown again whenever you ask.',
          ]}
          onClose={menu}
        />
      ) : null}
      {step.at === 'failed' ? (
        <Dialog
          title="That did not work"
          tone="bad"
          lines={[{ text: step.text }]}
          stay={{ label: 'Close', run: menu }}
          answers={[]}
        />
      ) : null}
    </Page>
  );
};

const Request = ({ onClose }: { onClose: () => void }) => {
  const machine = useMachine();
  const [made, setMade] = useState<RequestForms>();
  const [failure, setFailure] = useState<string>();
  useEffect(() => {
    void machine.request().then((request) => {
      if (request.ok) setMade(request.value);
      else setFailure(request.error);
    });
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- once: each request is another one
  }, []);
  if (failure !== undefined) {
    return (
      <Dialog
        title="No request could be made"
        tone="bad"
        lines={[{ text: failure }]}
        stay={{ label: 'Close', run: onClose }}
        answers={[]}
      />
    );
  }
  if (!made) return null;
  return (
    <Verbatim
      title={`Request of ${made.request.hostname}`}
      text={made.file}
      short={made.typed}
      fileName="request.txt"
      about={[
        'Carry it to the owner of the license, who makes the key from it: Offline keys, Add.',
      ]}
      onClose={onClose}
    />
  );
};

interface KeyFormProps {
  readonly title: string;
  readonly needsKey?: boolean;
  readonly onCancel: () => void;
  readonly submit: (input: KeyInput) => Promise<string | undefined>;
}

const keyFields = (needsKey: boolean): readonly FieldSpec[] => [
  {
    name: 'key',
    label: 'Key',
    kind: 'block',
    optional: !needsKey,
    hint: needsKey
      ? 'Paste it, give the path of its file (./key.txt), or type it: Ctrl+J begins a line.'
      : 'Empty for the key that was entered on this machine.',
  },
  {
    name: 'roots',
    label: 'Trust file',
    kind: 'block',
    optional: true,
    hint: 'Its path (./trust.json), or the public root key itself. Empty for the one used before.',
  },
];

const KeyForm = ({ title, needsKey = false, onCancel, submit }: KeyFormProps) => (
  <Page title={title}>
    <Form
      fields={keyFields(needsKey)}
      submitLabel={title}
      busyLabel="Checking"
      onCancel={onCancel}
      onSubmit={async ({ key = '', roots = '' }: Values) => {
        const problem = await submit({ key, roots });
        return problem === undefined ? undefined : { text: problem };
      }}
    />
  </Page>
);

interface PermitPageProps {
  readonly permit: Permit;
  readonly entered: boolean;
  readonly onClose: () => void;
}

/** What a key permits on this machine. */
const PermitPage = ({ permit, entered, onClose }: PermitPageProps) => {
  const { columns, rows } = useContentSize();
  const now = useNow();
  const until = Date.parse(permit.until);
  const { license } = permit;
  const rights = Object.entries(license.entitlements).map(([name, value]) =>
    value === true ? name : `${name} ${value}`,
  );
  const lines = [
    ...permit.warnings.flatMap((warning) => paragraph(warning, columns, 'soon')),
    ...factLines(
      [
        { label: 'License', value: license.name },
        { label: 'Product', value: permit.product },
        { label: 'Works until', value: `${exactTime(until)} (${relativeTime(until, now)})` },
        { label: 'Machine', value: permit.hostname },
        { label: 'Type', value: license.type },
        { label: 'Entitlements', value: rights.join(', ') || 'None' },
        { label: 'Key', value: permit.id },
      ],
      columns,
    ),
  ];
  return (
    <Page
      title={entered ? 'The key is valid and entered' : 'The key is valid on this machine'}
      keys={backKeys(onClose)}
    >
      <Lines lines={lines} height={rows - pageTitleRows(rows, false)} />
    </Page>
  );
};
