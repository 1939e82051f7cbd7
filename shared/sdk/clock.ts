/**
 * The clock of a machine, watched: what runs by a date must not run again when the date is set back.
 *
 * Two marks are kept: the latest time that this machine's clock has shown, and the latest time at which
 * the server signed something that this machine accepted. The clock may be 24 h behind either. The way
 * back for a clock that was years ahead and is corrected: something newly signed (a renewed offline
 * key, or a lease by a check-in) proves that its time is real, and the mark falls to it. The same key
 * again proves nothing, since it was there before.
 */
import { z } from 'zod';
import { showTime } from '../statements/statements.ts';
import { ok } from '../result.ts';
import { badState, rejected, type SdkResult } from './failure.ts';
import { readState, writeState } from './state.ts';

/** A clock may be behind its mark by this much. Milliseconds. */
const allowedSetBack = 24 * 3_600_000;
// How far the mark may lag behind the clock, so that not every look at a license writes a file.
const coarseness = 60_000;

const ClockMarks = z.object({
  /** Latest time that the clock has shown. Milliseconds. */
  seen: z.number(),
  /** Latest signing time that was accepted. Milliseconds. */
  issued: z.number(),
});
export type ClockMarks = z.infer<typeof ClockMarks>;

const clockFile = 'clock.json';

/** The marks after a statement signed at `issuedAt` was verified with the clock at `now` (milliseconds), or why it is refused. */
export const judgeClock = (
  marks: ClockMarks | undefined,
  issuedAt: number,
  now: number,
): SdkResult<ClockMarks> => {
  const isNews = marks !== undefined && issuedAt > marks.issued;
  const issued = Math.max(issuedAt, marks?.issued ?? 0);
  const seen = marks === undefined || isNews ? issued : Math.max(marks.seen, issued);
  if (now < seen - allowedSetBack) {
    const what =
      seen > issued
        ? `The clock says ${showTime(now / 1000)}, but this machine has already seen ${showTime(seen / 1000)}: it was set back.`
        : `The clock says ${showTime(now / 1000)}, but this license was signed on ${showTime(issued / 1000)}.`;
    return rejected(
      'clock-set-back',
      `${what} Set the clock right. If it was ahead before and is right now, renew the offline key or check in: what is newly signed resets this.`,
    );
  }
  return ok({ seen: Math.max(seen, now), issued });
};

const shouldWrite = (before: ClockMarks | undefined, after: ClockMarks): boolean =>
  before === undefined ||
  after.issued !== before.issued ||
  after.seen < before.seen ||
  after.seen > before.seen + coarseness;

export interface WatchedStatement {
  /** When it was signed, and the clock now. Milliseconds. */
  readonly issuedAt: number;
  readonly now: number;
  /** It comes from the server this moment: where there are no marks yet, it makes them. */
  readonly isFresh: boolean;
}

/** Holds an accepted statement against the clock and its marks, and moves the marks. */
export const watchClock = async (
  folder: string,
  { issuedAt, now, isFresh }: WatchedStatement,
): Promise<SdkResult<null>> => {
  const marks = await readState(folder, clockFile, ClockMarks);
  if (!marks && !isFresh) {
    return badState(
      `The file ${clockFile} is missing from ${folder}. Put it back, or check in, or make a new request and ask for a new key.`,
    );
  }
  const judged = judgeClock(marks, issuedAt, now);
  if (!judged.ok) return judged;
  if (shouldWrite(marks, judged.value)) await writeState(folder, clockFile, judged.value);
  return ok(null);
};

/** Remembers a time that the clock showed, where marks are kept: also one at which a license had ended. */
export const noteClock = async (folder: string, now: number): Promise<void> => {
  const marks = await readState(folder, clockFile, ClockMarks);
  if (marks && now > marks.seen + coarseness) {
    await writeState(folder, clockFile, { ...marks, seen: now });
  }
};

/** Starts the marks of a machine that has none; tells whether there were some. */
export const startClock = async (folder: string, now: number): Promise<boolean> => {
  if (await readState(folder, clockFile, ClockMarks)) return true;
  await writeState(folder, clockFile, { seen: now, issued: 0 } satisfies ClockMarks);
  return false;
};
