/** What an action gave, as lines that make sense when they are read aloud one after the other. */
import type { Block, Done } from '../../client/actions/done.ts';
import { inert } from '../../state/cells.ts';
import { showValue } from '../../state/words/shown.ts';

const facts = (rows: Extract<Block, { kind: 'facts' }>['rows'], now: number): string[] =>
  rows.map(([label, value]) => `${label}: ${inert(showValue(value, now))}`);

/** A row of a table says the name of each column, since nobody sees what it stands below. */
const tableLines = (block: Extract<Block, { kind: 'table' }>, now: number): string[] => {
  if (block.rows.length === 0) return [block.empty];
  return block.rows.map(
    (row, index) =>
      `${index + 1} of ${block.rows.length}. ${row
        .map((value, column) => `${block.columns[column] ?? ''}: ${inert(showValue(value, now))}`)
        .join('; ')}`,
  );
};

const blockLines = (block: Block, now: number): readonly string[] => {
  switch (block.kind) {
    case 'facts':
      return facts(block.rows, now);
    case 'table':
      return tableLines(block, now);
    case 'card':
      return [`${block.title}:`, ...facts(block.rows, now), block.note];
    case 'verbatim':
      return [`${block.title}:`, block.text.trimEnd()];
  }
};

/** All of it, in the order of use: what was done, what to look at, the result, what is next. */
export const doneLines = (done: Done, now: number): readonly string[] => [
  done.message,
  ...(done.warnings ?? []).map((warning) => `Note: ${warning}`),
  ...done.blocks.flatMap((block) => blockLines(block, now)),
  ...(done.next === undefined ? [] : [done.next]),
];
