/** Why an action was not done: a question's size where that is enough, else a page to scroll through. */
import { Dialog } from './dialog.tsx';
import { useContentSize } from '../layout/frame.tsx';
import { Lines, paragraph } from '../lines.tsx';
import { backKeys, Page, pageTitleRows } from '../layout/page.tsx';

export interface FailedProps {
  readonly title: string;
  /** Sentences; each line is a paragraph. */
  readonly text: string;
  /** Back to what was typed, where something was. */
  readonly again: (() => void) | undefined;
  /** Tries the same once more, where nothing was typed that may be wrong. */
  readonly retry?: (() => void) | undefined;
  readonly onClose: () => void;
}

/** More paragraphs than these are a list, which needs room. */
const fewParagraphs = 3;

/** Esc leads back to the form, so that what was typed is not lost. */
export const Failed = ({ title, text, again, retry, onClose }: FailedProps) => {
  const { columns, rows } = useContentSize();
  const said = text.split('\n');
  if (said.length > fewParagraphs) {
    return (
      <Page title={title} keys={{ retry, ...backKeys(again ?? onClose) }}>
        <Lines
          lines={said.flatMap((line) => paragraph(line, columns))}
          height={rows - pageTitleRows(rows, false)}
        />
      </Page>
    );
  }
  const close = { label: 'Close', run: onClose };
  return (
    <Dialog
      title={title}
      tone="bad"
      lines={said.map((line) => ({ text: line }))}
      stay={again ? { label: 'Back to the form', run: again } : close}
      answers={[
        ...(again ? [close] : []),
        ...(retry ? [{ label: 'Try again', run: retry, key: 'retry' as const }] : []),
      ]}
    />
  );
};
