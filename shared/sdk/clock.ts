/**
 * The clock of a machine, watched: what runs by a date must not run longer when the date is set back.
 *
 * Three marks are kept. `seen` is the latest time that the clock has shown, and `issued` the latest at
 * which the server signed something that this machine accepted. `proven` is the time that it must be at
 * least: a signing time, and from then on every hour that the machine was seen to run. The clock may be
 * 24 h behind `seen` and `proven`. Because `proven` grows while the machine runs, whatever the clock
 * shows, 24 h is the budget of all set-backs together.
 *
 * A clock that was years ahead and is corrected comes back with something newly signed (a renewed offline
 * key, or a lease by a check-in). That proves its time, so `seen` falls to it, but never below `proven`:
 * of keys that were all signed on one day, each new one starts where the time of the last one stands.
 */
import { z } from 'zod';
import { showTime } from '../statements/statements.ts';
import { ok } from '../result.ts';
import { badState, rejected, type SdkResult } from './failure.ts';
import { nowOf, type MachineOptions } from './settings.ts';
import { readState, writeState } from './state.ts';
import { readUptime, type Uptime } from './uptime.ts';

/** All set-backs of the clock together may come to this much. Milliseconds. */
const allowedSetBack = 24 * 3_600_000;
// How far the marks may lag behind, so that not every look at a license writes a file.
const coarseness = 60_000;

const ClockMarks = z.object({
  /** Latest time that the clock has shown. Milliseconds. */
  seen: z.number(),
  /** Latest signing time that was accepted. Milliseconds. */
  issued: z.number(),
  /** What time it must be at least. Milliseconds. Marks of licet 0.1 lack it and what follows. */
  proven: z.number().optional(),
  /** The clock and the machine's uptime as the marks were written. */
  last: z.object({ now: z.number(), boot: z.string(), ms: z.number() }).optional(),
});
export type ClockMarks = z.infer<typeof ClockMarks>;

const clockFile = 'clock.json';

/** The machine's clock, and how long it has been running. Milliseconds. */
export interface Look {
  readonly now: number;
  readonly uptime: Uptime;
}

/** Marks that were written by this version. */
interface FullMarks extends ClockMarks {
  readonly proven: number;
  readonly last: NonNullable<ClockMarks['last']>;
}

const look = async (options: MachineOptions): Promise<Look> => ({
  now: nowOf(options),
  uptime: await readUptime(options.uptime),
});

/** How long the machine has run since its marks were written, at least. */
const ranSince = (last: ClockMarks['last'], { now, uptime }: Look): number => {
  if (last === undefined) return 0;
  if (last.boot === uptime.boot && uptime.ms >= last.ms) return uptime.ms - last.ms;
  // Started anew since: no longer than it is up, and than its clock says.
  return Math.min(Math.max(now - last.now, 0), uptime.ms);
};

/** The marks after a look at the clock that no statement goes with. */
const lookAgain = (marks: ClockMarks, at: Look): FullMarks => ({
  seen: Math.max(marks.seen, at.now),
  issued: marks.issued,
  proven: (marks.proven ?? marks.issued) + ranSince(marks.last, at),
  last: { now: at.now, ...at.uptime },
});

/** The marks after a statement signed at `issuedAt` (milliseconds) was verified, or why it is refused. */
export const judgeClock = (
  marks: ClockMarks | undefined,
  issuedAt: number,
  at: Look,
): SdkResult<ClockMarks> => {
  const { now } = at;
  const before = lookAgain(marks ?? { seen: issuedAt, issued: issuedAt }, at);
  const issued = Math.max(issuedAt, before.issued);
  const proven = Math.max(issued, before.proven);
  const isNews = marks !== undefined && issuedAt > marks.issued;
  const seen = Math.max(isNews ? issued : (marks?.seen ?? issued), proven);
  if (now < seen - allowedSetBack) {
    const clock = `The clock says ${showTime(now / 1000)}, but`;
    const what =
      seen > issued
        ? `${clock} this machine has already reached ${showTime(seen / 1000)}: it was set back.`
        : `${clock} this license was signed on ${showTime(issued / 1000)}.`;
    return rejected(
      'clock-set-back',
      `${what} Set the clock right. If it was ahead before and is right now, renew the offline key or check in: what is newly signed resets this.`,
    );
  }
  return ok({ seen: Math.max(seen, now), issued, proven, last: before.last });
};

const shouldWrite = (before: ClockMarks | undefined, after: ClockMarks): boolean =>
  before === undefined ||
  // Each boot is counted from its own start.
  after.last?.boot !== before.last?.boot ||
  (after.last?.ms ?? 0) < (before.last?.ms ?? 0) ||
  after.issued !== before.issued ||
  after.seen < before.seen ||
  after.seen > before.seen + coarseness ||
  (after.proven ?? 0) > (before.proven ?? 0) + coarseness;

export interface WatchedStatement {
  /** When it was signed. Milliseconds. */
  readonly issuedAt: number;
  /** It comes from the server this moment: where there are no marks yet, it makes them. */
  readonly isFresh: boolean;
}

/** Holds an accepted statement against the clock and its marks, and moves the marks. */
export const watchClock = async (
  folder: string,
  options: MachineOptions,
  { issuedAt, isFresh }: WatchedStatement,
): Promise<SdkResult<null>> => {
  const marks = await readState(folder, clockFile, ClockMarks);
  if (!marks && !isFresh) {
    return badState(
      `The file ${clockFile} is missing from ${folder}. Put it back, or check in, or make a new request and ask for a new key.`,
    );
  }
  const judged = judgeClock(marks, issuedAt, await look(options));
  if (!judged.ok) return judged;
  if (shouldWrite(marks, judged.value)) await writeState(folder, clockFile, judged.value);
  return ok(null);
};

/** Remembers a time that the clock showed, where marks are kept: also one at which a license had ended. */
export const noteClock = async (folder: string, options: MachineOptions): Promise<void> => {
  const marks = await readState(folder, clockFile, ClockMarks);
  if (!marks) return;
  const after = lookAgain(marks, await look(options));
  if (shouldWrite(marks, after)) await writeState(folder, clockFile, after);
};

/** Starts the marks of a machine that has none; tells whether there were some. */
export const startClock = async (folder: string, options: MachineOptions): Promise<boolean> => {
  if (await readState(folder, clockFile, ClockMarks)) return true;
  const { now, uptime } = await look(options);
  const marks: ClockMarks = { seen: now, issued: 0, proven: 0, last: { now, ...uptime } };
  await writeState(folder, clockFile, marks);
  return false;
};
