/** A QR code beside a result, for who sits at a terminal. */
import { qrModules, qrRows } from '../state/qr-parts.ts';
import type { Io } from './io.ts';

/** Black on white where colors are wanted; else light on the terminal's own, which mostly is dark. */
export const printQr = (io: Io, text: string): void => {
  if (io.stderr.isTTY !== true) return;
  const plain = (io.env['NO_COLOR'] ?? '') !== '' || io.env['TERM'] === 'dumb';
  const lines = qrRows(qrModules(text), plain).map((row) =>
    plain ? row : `\u001b[30;107m${row}\u001b[0m`,
  );
  io.stderr.write(`\n${lines.join('\n')}\n\n`);
};
