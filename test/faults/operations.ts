/** What an operator does to a folder, killed at each of its system calls. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { backup } from '../../server/store/backup/backup.ts';
import { diagnose } from '../../server/store/doctor/doctor.ts';
import { openStore, type FileStore } from '../../server/store/folder/open-store.ts';
import { repair } from '../../server/store/doctor/repair.ts';
import { restore } from '../../server/store/backup/restore.ts';
import { StoreError } from '../../server/store/store.ts';
import { portSchema, type PortSchema } from '../server/store/schema.ts';
import { flip, putSeat, silentLog } from '../server/store/support.ts';
import { traced } from './traced.ts';

interface Common {
  readonly directory: string;
  /** Milliseconds since the epoch: the clock of the process. */
  readonly at: number;
}

export type Operation = Common &
  (
    | { readonly what: 'restore'; readonly file: string }
    | { readonly what: 'give-up'; readonly first: number; readonly last: number }
  );

const at = Date.UTC(2027, 0, 31);
const now = (): number => at;
const program = join(import.meta.dirname, 'operate.ts');

/** Runs the operation and kills it at the n-th of these calls; false when it came to its end before. */
const killAt = async (operation: Operation, call: string, n: number): Promise<boolean> => {
  const aside = join(operation.directory, 'set-aside');
  const names = ['journal-000000000001.jsonl', 'journal-000000000004.jsonl', 'db.json'];
  const stamp = join(aside, '20270131T000000Z');
  const more = [aside, stamp, ...names.map((name) => join(stamp, name))];
  const under = traced(operation.directory, call, `signal=KILL:when=${n}`, '/dev/null', more);
  const [command, ...args] = [...under, process.execPath, program, JSON.stringify(operation)];
  const child = spawn(command, args, {
    stdio: 'ignore',
    env: { ...process.env, UV_THREADPOOL_SIZE: '1' },
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  if (signal === null && code !== 0 && code !== 137) throw new Error(`It ended with ${code}.`);
  return code !== 0;
};

const open = (directory: string, create = false): Promise<FileStore<PortSchema>> =>
  openStore({
    directory,
    schema: portSchema,
    now,
    log: silentLog,
    create,
    sizes: { segment: 900 },
  });

/** Ten seats, one a record; a snapshot after the fifth. Left as kill -9 leaves it. */
const makeFolder = async (directory: string): Promise<void> => {
  await rm(directory, { recursive: true, force: true });
  const store = await open(directory, true);
  for (let n = 1; n <= 10; n += 1) {
    await putSeat(store, {
      id: `act_${String(n).padStart(2, '0')}`,
      licenseId: 'l',
      hostname: `host-${n}`,
    });
    if (n === 5) await store.snapshot();
  }
  await cp(directory, `${directory}-copy`, { recursive: true });
  await store.close();
  await rm(directory, { recursive: true });
  await cp(`${directory}-copy`, directory, { recursive: true });
  await rm(`${directory}-copy`, { recursive: true });
};

/** What a server finds in the folder; the error code where it refuses to start. */
const find = async (directory: string): Promise<string> => {
  try {
    const store = await open(directory);
    const seats = await store.read((reader) => reader.seats.list());
    const era = store.era();
    await store.close();
    return `${seats.length} seats, era ${era}`;
  } catch (error) {
    if (error instanceof StoreError) return error.code;
    throw error;
  }
};

export interface SweepReport {
  readonly kills: number;
  /** What was found after each kill, once each. */
  readonly found: readonly string[];
  readonly problems: readonly string[];
}

interface Checked {
  readonly found: string;
  readonly problem: string | undefined;
}

const sweep = async (
  operation: Operation,
  call: string,
  prepare: () => Promise<void>,
  check: () => Promise<Checked>,
): Promise<SweepReport> => {
  const found = new Set<string>();
  const problems: string[] = [];
  for (let n = 1; ; n += 1) {
    await rm(operation.directory, { recursive: true, force: true });
    await prepare();
    if (!(await killAt(operation, call, n))) return { kills: n - 1, found: [...found], problems };
    const checked = await check();
    found.add(checked.found);
    if (checked.problem !== undefined) problems.push(`${call} ${n}: ${checked.problem}`);
  }
};

/** A restore that is killed: nothing serves the folder unless it is whole, and a new one works. */
export const killRestores = async (place: string, call: string): Promise<SweepReport> => {
  const source = join(place, 'source');
  await makeFolder(source);
  const { file } = await backup({ directory: source, file: join(place, 'b.gz'), now });
  const directory = join(place, 'restored');
  const whole = '10 seats, era 2';
  return sweep(
    { what: 'restore', directory, at, file },
    call,
    async () => undefined,
    async () => {
      const found = await find(directory);
      const allowed = [whole, 'sealed', 'not-licet'].includes(found);
      if (!allowed) return { found, problem: `the folder was taken for ${found}` };
      await rm(directory, { recursive: true, force: true });
      await restore({ file, directory, now, log: silentLog });
      const again = await find(directory);
      return { found, problem: again === whole ? undefined : `a second restore gives ${again}` };
    },
  );
};

/** All bytes of the folder and of what was set aside in it. */
const allBytes = async (directory: string): Promise<Buffer> => {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Buffer.concat(
    await Promise.all(files.map((entry) => readFile(join(entry.parentPath, entry.name)))),
  );
};

export interface GivingUp {
  /** The folder to begin with. */
  readonly template: string;
  readonly operation: Operation;
  /** What is wrong with a folder in which that was begun. */
  readonly check: (directory: string) => Promise<Checked>;
}

/** A folder in which the record of that seat is damaged, and giving it up. */
export const prepareGivingUp = async (place: string, seat: number): Promise<GivingUp> => {
  const template = join(place, 'template');
  await makeFolder(template);
  const names = await readdir(join(template, 'journal'));
  let damagedBytes = Buffer.alloc(0);
  for (const name of names) {
    const path = join(template, 'journal', name);
    const bytes = await readFile(path);
    const spot = bytes.indexOf(`"host-${seat}"`);
    if (spot === -1) continue;
    flip(bytes, spot + 2);
    await writeFile(path, bytes);
    damagedBytes = bytes;
  }
  const isCovered = seat <= 5;
  const [first, last] = isCovered ? [1, seat] : [seat, 10];
  const whole = isCovered ? '10 seats, era 1' : `${seat - 1} seats, era 2`;
  return {
    template,
    operation: { what: 'give-up', directory: join(place, 'data'), at, first, last },
    check: async (directory) => {
      const found = await find(directory);
      if (![whole, 'damaged', 'sealed'].includes(found))
        return { found, problem: `the folder was taken for ${found}` };
      const { findings } = await diagnose({ directory, now });
      const offered = findings.find(({ giveUp }) => giveUp !== undefined)?.giveUp;
      await repair({ directory, now, log: silentLog, giveUp: offered });
      const again = await find(directory);
      if (again !== whole) return { found, problem: `the second time it gives ${again}` };
      const isKept = (await allBytes(directory)).includes(damagedBytes);
      return { found, problem: isKept ? undefined : 'what was damaged is not kept' };
    },
  };
};

/**
 * Giving up that is killed: the folder is refused or whole, the doctor still has a choice that makes it
 * whole, and no byte of what was damaged is gone. `seat`: whose record is damaged.
 */
export const killGivingUp = async (
  place: string,
  call: string,
  seat: number,
): Promise<SweepReport> => {
  const { template, operation, check } = await prepareGivingUp(place, seat);
  const { directory } = operation;
  return sweep(
    operation,
    call,
    () => cp(template, directory, { recursive: true }),
    () => check(directory),
  );
};
