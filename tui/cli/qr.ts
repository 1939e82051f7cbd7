/** QR codes beside a result, for who sits at a terminal. */
import { qrModules, qrParts, qrRows } from '../state/codes/qr-parts.ts';
import { draw } from './inert-output.ts';
import { isInteractive, type Io } from './io.ts';
import { ask } from './prompt.ts';

/** Rows for the words around a code that is drawn in parts. */
const wordRows = 2;

/** Black on white where colors are wanted; else light on the terminal's own, which mostly is dark. */
const codeRows = (io: Io, text: string, color: boolean): string => {
  const plain = !color || (io.env['NO_COLOR'] ?? '') !== '' || io.env['TERM'] === 'dumb';
  return qrRows(qrModules(text), plain)
    .map((row) => (plain ? row : `\u001b[30;107m${row}\u001b[0m`))
    .join('\n');
};

/** One code on standard error. */
export const printQr = (io: Io, text: string): void => {
  if (io.stderr.isTTY === true) draw(io.stderr, `\n${codeRows(io, text, true)}\n\n`);
};

/** The codes of a text on standard output: in parts, one after the other, where the terminal is smaller than one. */
export const printCodes = async (io: Io, text: string): Promise<void> => {
  const { isTTY, columns = 80, rows = 24 } = io.stdout;
  const room = { columns, rows: rows - wordRows };
  // A file or a pipe has room for any; a terminal too small for all parts gets what there is.
  const parts = isTTY === true ? (qrParts(text, room) ?? [text]) : [text];
  for (const [index, part] of parts.entries()) {
    draw(io.stdout, `\n${codeRows(io, part, isTTY === true)}\n`);
    if (parts.length === 1) return;
    const count = `Part ${index + 1} of ${parts.length}.`;
    const more = index + 1 < parts.length;
    if (more && isInteractive(io)) await ask(io, `${count} Enter: the next part. `);
    else io.stderr.write(`${count}\n`);
  }
};
