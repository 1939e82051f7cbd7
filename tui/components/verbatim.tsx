/** A text that must arrive whole: shown in full, copied, saved to a file, shown as a QR code. */
import { useState } from 'react';
import { numberLines } from '../../shared/statements/typed/typed-lines.ts';
import { useApp } from '../hooks/use-app.ts';
import type { ScreenKeys } from '../hooks/use-keys.ts';
import { useNotify, useTerminal } from '../hooks/use-terminal.ts';
import { inert, splitCells, widest } from '../state/cells.ts';
import { copySequence } from '../terminal/clipboard.ts';
import { Form } from './forms/form.tsx';
import { useSecretLeave } from './forms/secret.tsx';
import { useBareFrame, useContentSize } from './layout/frame.tsx';
import { heading, Lines, paragraph } from './lines.tsx';
import { backKeys, Page, pageTitleRows } from './layout/page.tsx';
import { QrCode } from './qr-code.tsx';
import { Text } from './text.tsx';

export interface VerbatimText {
  readonly title: string;
  readonly text: string;
  readonly fileName: string;
  /** Lines to type: they come first, with their numbers where the screen is wide enough. */
  readonly typed?: boolean;
}

export interface VerbatimProps {
  readonly title: string;
  /** Said above the texts. */
  readonly about: readonly string[];
  /** The first is what is copied and saved, exactly as it is; the others are forms of it. */
  readonly texts: readonly [VerbatimText, ...VerbatimText[]];
  /** What the QR code says. */
  readonly qr: string;
  /** It is shown only now: once it is saved it may be closed without a question. */
  readonly once?: boolean;
  readonly onClose: () => void;
}

/** The texts with their keys. */
export const Verbatim = (props: VerbatimProps) => {
  const { title, about, texts, qr, once = false, onClose } = props;
  const { columns, rows } = useContentSize();
  const [view, setView] = useState<'text' | 'qr' | 'save'>('text');
  const [saved, setSaved] = useState(false);
  const { leave, question } = useSecretLeave(once && !saved, onClose);
  const { files } = useApp();
  const copy = useCopy();
  const [main] = texts;
  const keys: ScreenKeys = {
    copy: () => copy(main.text),
    save: {
      run: () => setView('save'),
      why: files ? undefined : 'Files can be saved only where licet runs on your machine.',
    },
    code2d: () => setView('qr'),
    back: { run: leave, hint: 'done' },
    choose: once ? undefined : { run: leave, does: 'Close', hint: '' },
  };
  const lines = about.flatMap((line) => paragraph(line, columns));
  for (const one of typedFirst(texts)) {
    const text = one.typed ? numbered(one.text, columns) : one.text;
    lines.push(...(texts.length === 1 ? [<Text key="gap"> </Text>] : heading(one.title)));
    lines.push(...textLines(text, columns));
  }
  const back = (): void => setView('text');
  return (
    <Page title={title} keys={keys}>
      <Lines lines={lines} height={rows - pageTitleRows(rows, false)} />
      {view === 'save' ? <SavePage {...main} onDone={back} onSaved={() => setSaved(true)} /> : null}
      {view === 'qr' ? <QrPage title={title} text={qr} onDone={back} /> : null}
      {question}
    </Page>
  );
};

/** What is read off the screen is short, and stands where it is seen at once. */
const typedFirst = (texts: readonly VerbatimText[]): readonly VerbatimText[] => [
  ...texts.filter(({ typed }) => typed),
  ...texts.filter(({ typed }) => !typed),
];

const numbered = (text: string, columns: number): string => {
  const lines = numberLines(text);
  return widest(lines.split('\n')) <= columns ? lines : text;
};

/** Copies and says so. */
export const useCopy = (): ((text: string) => void) => {
  const { send } = useTerminal();
  const notify = useNotify();
  return (text) => {
    send(copySequence(text));
    notify('Copied. Where the terminal does not allow that, mark the text with the mouse.');
  };
};

/** The text itself, never cut: lines longer than the screen go on below. */
const textLines = (text: string, columns: number) =>
  text
    .trimEnd()
    .split('\n')
    .flatMap((line) => splitCells(inert(line, Infinity), columns))
    .map((line, row) => (
      // oxlint-disable-next-line react/no-array-index-key -- a line is its place
      <Text key={row} tone="strong">
        {line === '' ? ' ' : line}
      </Text>
    ));

interface SavePageProps extends VerbatimText {
  readonly onDone: () => void;
  readonly onSaved: () => void;
}

const SavePage = ({ text, fileName, onDone, onSaved }: SavePageProps) => {
  const { files } = useApp();
  const notify = useNotify();
  return (
    <Page title="Save to a file" about="A new file that only you can read.">
      <Form
        fields={[{ name: 'file', label: 'File', initial: fileName }]}
        submitLabel="Save"
        busyLabel="Saving"
        onCancel={onDone}
        onSubmit={async ({ file = '' }) => {
          const saved = await files?.save(file, text.endsWith('\n') ? text : `${text}\n`);
          if (saved && !saved.ok) return { text: saved.error, field: 'file' };
          notify(`Saved to ${saved?.value ?? file}.`);
          onSaved();
          onDone();
          return undefined;
        }}
      />
    </Page>
  );
};

interface QrPageProps {
  readonly title: string;
  readonly text: string;
  readonly onDone: () => void;
}

/** The whole screen, since each row makes the parts fewer. */
const QrPage = ({ title, text, onDone }: QrPageProps) => {
  const bare = useBareFrame();
  const { columns, rows } = useContentSize();
  return (
    <Page title={title} keys={backKeys(onDone)} bare>
      {bare ? <QrCode title={title} text={text} room={{ columns, rows }} /> : null}
    </Page>
  );
};
