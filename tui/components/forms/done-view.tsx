/** What an action gave: a card to hand over, a text to keep, facts, a table. */
import type { ReactNode } from 'react';
import { useNow } from '../../hooks/use-now.ts';
import type { Action } from '../../client/actions/action.ts';
import type { Block, Done } from '../../client/actions/done.ts';
import { showShort, showValue } from '../../state/words/shown.ts';
import { fit, inert, widest } from '../../state/cells.ts';
import { Card } from '../card.tsx';
import { useContentSize } from '../layout/frame.tsx';
import { factLines, heading, Lines, paragraph } from '../lines.tsx';
import { backKeys, Page, pageTitleRows } from '../layout/page.tsx';
import { useSecretLeave } from './secret.tsx';
import { Text } from '../text.tsx';
import { Verbatim, type VerbatimText } from '../verbatim.tsx';

export interface DoneViewProps {
  readonly title: string;
  readonly done: Done;
  readonly onClose: () => void;
}

/** True when the result must be seen and not only said in the status row. */
export const mustShow = ({ reads, shows }: Action, done: Done): boolean =>
  reads === true ||
  shows === true ||
  done.once === true ||
  done.blocks.some(({ kind }) => kind === 'card' || kind === 'verbatim') ||
  (done.warnings?.length ?? 0) > 0;

/** The result on a page of its own. */
export const DoneView = ({ title, done, onClose }: DoneViewProps) => {
  const card = done.blocks.find((block) => block.kind === 'card');
  const [main, ...forms] = verbatims(done);
  if (card) return <CardPage done={done} card={card} onClose={onClose} />;
  if (main) {
    return (
      <Verbatim
        title={title}
        about={[done.message, ...(done.warnings ?? []), ...(done.next ? [done.next] : [])]}
        texts={[main, ...forms]}
        qr={qrOf(done, main.text)}
        once={done.once === true}
        onClose={onClose}
      />
    );
  }
  return <FactsPage title={title} done={done} onClose={onClose} />;
};

/** The texts to keep; an offline key's typeable form is one of them. */
const verbatims = (done: Done): VerbatimText[] => {
  const texts: VerbatimText[] = done.blocks.filter((block) => block.kind === 'verbatim');
  const short = member(done.data, 'shortKey');
  const fileName = texts[0]?.fileName.replace(/\.txt$/u, '.typed.txt') ?? '';
  return short === undefined
    ? texts
    : [...texts, { title: 'To type', text: short, fileName, typed: true }];
};

/** The shortest form that a reader can hand on: what the action says, the typed one on one line, or the text. */
const qrOf = ({ data }: Done, text: string): string =>
  member(data, 'qr') ?? member(data, 'shortKey')?.replaceAll(/\s/gu, '') ?? text;

const member = (data: unknown, name: string): string | undefined => {
  if (typeof data !== 'object' || data === null) return undefined;
  const value: unknown = Reflect.get(data, name);
  return typeof value === 'string' ? value : undefined;
};

type BlockOf<K extends Block['kind']> = Extract<Block, { kind: K }>;

interface CardPageProps {
  readonly done: Done;
  readonly card: BlockOf<'card'>;
  readonly onClose: () => void;
}

const CardPage = ({ done, card, onClose }: CardPageProps) => {
  const once = done.once === true;
  const { leave, question } = useSecretLeave(once, onClose);
  const { columns, rows } = useContentSize();
  const now = useNow();
  return (
    <Page title={done.message}>
      <Card
        title={card.title}
        entries={card.rows.map(([label, value]) => [label, showValue(value, now)])}
        note={[card.note, ...(done.next === undefined ? [] : [done.next])].join('\n')}
        width={columns}
        height={rows - pageTitleRows(rows, false)}
        onClose={leave}
        once={once}
      />
      {question}
    </Page>
  );
};

const FactsPage = ({ title, done, onClose }: DoneViewProps) => {
  const once = done.once === true;
  const { leave, question } = useSecretLeave(once, onClose);
  const { columns, rows } = useContentSize();
  const now = useNow();
  const lines = [
    ...paragraph(done.message, columns),
    ...(done.warnings ?? []).flatMap((warning) => paragraph(warning, columns, 'soon')),
    ...done.blocks.flatMap((block) => blockLines(block, columns, now)),
    ...(done.next === undefined ? [] : paragraph(done.next, columns, 'dim')),
  ];
  return (
    <Page title={title} keys={once ? { back: { run: leave } } : backKeys(leave)}>
      <Lines lines={lines} height={rows - pageTitleRows(rows, false)} />
      {question}
    </Page>
  );
};

/** A block as lines. Columns of tables are as wide as their longest value, the screen permitting. */
const blockLines = (block: Block, columns: number, now: number): ReactNode[] => {
  if (block.kind === 'facts' || block.kind === 'card') {
    const facts = block.rows.map(([label, value]) => ({ label, value: showValue(value, now) }));
    return [...heading(block.kind === 'card' ? block.title : ''), ...factLines(facts, columns)];
  }
  if (block.kind === 'verbatim') return paragraph(block.text, columns);
  if (block.rows.length === 0) return paragraph(block.empty, columns, 'dim');
  const texts = block.rows.map((row) => row.map((value) => inert(showShort(value, now))));
  const widths = block.columns.map((name, column) =>
    Math.min(30, widest([name, ...texts.map((row) => row[column] ?? '')])),
  );
  const line = (row: readonly string[]): string =>
    row.map((text, column) => fit(text, widths[column] ?? 0)).join('  ');
  return [
    <Text key="head" tone="dim" wrap="truncate-end">
      {line(block.columns)}
    </Text>,
    ...texts.map((row, index) => (
      // oxlint-disable-next-line react/no-array-index-key -- a line is its place
      <Text key={index} wrap="truncate-end">
        {line(row)}
      </Text>
    )),
  ];
};
