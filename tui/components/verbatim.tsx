/** A text that must arrive whole: shown in full, copied, saved to a file, shown as a QR code. */
import { useState } from 'react';
import { isArmored } from '../../shared/armor.ts';
import { toQrText } from '../../shared/codes.ts';
import { useApp } from '../hooks/use-app.ts';
import type { ScreenKeys } from '../hooks/use-keys.ts';
import { useNotify, useTerminal } from '../hooks/use-terminal.ts';
import { copySequence } from '../terminal/clipboard.ts';
import { Form } from './form.tsx';
import { useContentSize } from './frame.tsx';
import { heading, Lines, paragraph } from './lines.tsx';
import { backKeys, Page, pageTitleRows } from './page.tsx';
import { QrCode } from './qr-code.tsx';
import { Text } from './text.tsx';

export interface VerbatimProps {
  readonly title: string;
  /** Exactly what is copied and saved. */
  readonly text: string;
  readonly fileName: string;
  /** Shorter, for the QR code, where there is such a form. */
  readonly short?: string | undefined;
  /** Said above it. */
  readonly about: readonly string[];
  readonly onClose: () => void;
}

/** The text with its keys. */
export const Verbatim = (props: VerbatimProps) => {
  const { title, text, about, short, onClose } = props;
  const { columns, rows } = useContentSize();
  const [view, setView] = useState<'text' | 'qr' | 'save'>('text');
  const { files } = useApp();
  const copy = useCopy();
  const keys: ScreenKeys = {
    copy: () => copy(text),
    save: files
      ? () => setView('save')
      : { run: () => undefined, why: 'Files can be saved only where licet runs on your machine.' },
    code2d: () => setView('qr'),
    back: { run: onClose, hint: 'done' },
    choose: { run: onClose, does: 'Close', hint: '' },
  };
  const height = rows - pageTitleRows(rows, false);
  const lines = [
    ...about.flatMap((line) => paragraph(line, columns)),
    ...(short === undefined ? [] : [...heading('To type'), ...textLines(short, columns)]),
    ...(short === undefined ? [<Text key="gap"> </Text>] : heading('To copy or save')),
    ...textLines(text, columns),
  ];
  return (
    <Page title={title} keys={keys}>
      <Lines lines={lines} height={height} />
      {view === 'save' ? <SavePage {...props} onDone={() => setView('text')} /> : null}
      {view === 'qr' ? (
        <QrPage title={title} text={qrText(text, short)} onDone={() => setView('text')} />
      ) : null}
    </Page>
  );
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
    .flatMap((line) => (line === '' ? [''] : (line.match(cells(columns)) ?? [])))
    .map((line, row) => (
      // oxlint-disable-next-line react/no-array-index-key -- a line is its place
      <Text key={row} tone="strong">
        {line === '' ? ' ' : line}
      </Text>
    ));

const cells = (columns: number): RegExp => new RegExp(`.{1,${Math.max(1, columns)}}`, 'gu');

/** Codes go without the lines and spaces that only help the eye; any other text as it is. */
const qrText = (text: string, short: string | undefined): string =>
  short !== undefined || isArmored(text) ? toQrText(short ?? text) : text;

const SavePage = ({ text, fileName, onDone }: VerbatimProps & { onDone: () => void }) => {
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

const QrPage = ({ title, text, onDone }: QrPageProps) => {
  const { columns, rows } = useContentSize();
  return (
    <Page title={title} keys={backKeys(onDone)}>
      <QrCode text={text} room={{ columns, rows: rows - pageTitleRows(rows, false) }} />
    </Page>
  );
};
