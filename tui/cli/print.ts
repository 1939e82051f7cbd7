/** Prints what an action gave: results on standard output, the rest on standard error. */
import { numberLines } from '../../shared/statements/typed/typed-lines.ts';
import { inWords, type Block, type Done, type Shown } from '../client/actions/done.ts';
import { fit, inert, jsonLine, width } from '../state/cells.ts';
import type { Io } from './io.ts';
import { printQr } from './qr.ts';

/** A value as text, times in UTC to the minute: columns can be sorted. */
const shownText = (value: Shown): string =>
  inert(inWords(value, (at) => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')}Z`));

type Rows = readonly (readonly [label: string, value: Shown])[];

const factLines = (rows: Rows, indent = ''): string[] => {
  const cells = Math.max(...rows.map(([label]) => width(label)));
  return rows.map(([label, value]) => `${indent}${fit(label, cells)}  ${shownText(value)}`);
};

const tableLines = (columns: readonly string[], rows: readonly (readonly Shown[])[]): string[] => {
  const texts = [columns, ...rows.map((row) => row.map(shownText))];
  const widths = columns.map((_, i) => Math.max(...texts.map((row) => width(row[i] ?? ''))));
  return texts.map((row) =>
    row
      .map((cell, i) => fit(cell, widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
};

const cardLines = (block: Extract<Block, { kind: 'card' }>): string[] => {
  const rule = '-'.repeat(72);
  return [rule, block.title, '', ...factLines(block.rows, '  '), '', block.note, rule];
};

/** A block as lines for people. */
export const blockLines = (block: Block): readonly string[] => {
  if (block.kind === 'facts') return factLines(block.rows);
  if (block.kind === 'table')
    return block.rows.length === 0 ? [block.empty] : tableLines(block.columns, block.rows);
  if (block.kind === 'card') return cardLines(block);
  return [block.typed === true ? numberLines(block.text) : block.text];
};

/** Prints what was done; with `json` only the data, as one line. */
export const printDone = (io: Io, done: Done, json: boolean): void => {
  for (const warning of done.warnings ?? []) io.stderr.write(`Note: ${warning}\n`);
  if (json && done.data !== undefined) {
    io.stdout.write(jsonLine(done.data));
    return;
  }
  const message = `${done.message
    .split('\n')
    .map((line) => inert(line))
    .join('\n')}\n`;
  // Where there is no data, the result was written already.
  if (done.blocks.length === 0 && done.data !== undefined) io.stdout.write(message);
  else io.stderr.write(message);
  done.blocks.forEach((block, i) => {
    if (i > 0) io.stdout.write('\n');
    // Alone it is exactly what goes into a file; beside others it needs its name.
    if (block.kind === 'verbatim' && done.blocks.length > 1) io.stdout.write(`${block.title}\n`);
    io.stdout.write(`${blockLines(block).join('\n')}\n`);
    if (block.kind === 'verbatim' && block.qr === true) printQr(io, block.text);
  });
  if (done.next !== undefined) io.stderr.write(`${done.next}\n`);
};
