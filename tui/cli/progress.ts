/** How far a transfer is, on standard error: one line that is drawn again at a terminal, a few lines elsewhere. */
import type { Work } from '../client/api/files.ts';
import {
  measure,
  meterText,
  percentOf,
  startMeter,
  type Meter,
  type Moved,
} from '../client/transfer.ts';
import { draw } from './inert-output.ts';
import type { Io } from './io.ts';

/** Milliseconds between two drawings. */
const pace = 200;
/** Percent between two lines where there is no terminal. */
const step = 25;
const barCells = 24;

const bar = (moved: Moved): string => {
  const full = Math.floor((percentOf(moved) * barCells) / 100);
  return `[${'#'.repeat(full)}${'-'.repeat(barCells - full)}]`;
};

/** Starts showing; `end` leaves the line as it is. Small transfers end before anything is drawn. */
export const showProgress = (
  io: Io,
  silent: boolean,
): { readonly work: Work; readonly end: () => void } => {
  if (silent) return { work: {}, end: () => undefined };
  const terminal = io.stderr.isTTY === true && io.env['TERM'] !== 'dumb';
  const began = performance.now();
  let meter: Meter | undefined;
  let drawn: number | undefined;
  let said = 0;

  const drawMeter = (meter: Meter): void => {
    draw(io.stderr, `\r\u001b[K${bar(meter.moved)} ${meterText(meter)}`);
    drawn = performance.now();
  };
  const say = (meter: Meter): void => {
    io.stderr.write(`${meterText(meter)}\n`);
    said = percentOf(meter.moved);
  };

  return {
    work: {
      report: (moved) => {
        const now = performance.now();
        meter = meter ? measure(meter, moved, now) : startMeter(moved.total, moved.done, now);
        if (now - began < 2 * pace) return;
        if (terminal && now - (drawn ?? 0) >= pace) drawMeter(meter);
        if (!terminal && percentOf(moved) >= said + step) say(meter);
      },
    },
    end: () => {
      if (drawn === undefined || !meter) return;
      drawMeter(meter);
      io.stderr.write('\n');
    },
  };
};
