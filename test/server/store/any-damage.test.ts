/** Any damage whatever: the doctor always has an answer, and what it offers leads to a whole folder. */
import { cp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { repair } from '../../../server/store/doctor/repair.ts';
import { StoreError } from '../../../server/store/store.ts';
import { verifyJournal } from '../../../server/store/journal/verify-journal.ts';
import { makeTemporaryFolder, openPort, putSeat, silentLog } from './support.ts';

const seats = 12;
let place: string;
let template: string;

beforeAll(async () => {
  place = await makeTemporaryFolder();
  template = join(place, 'template');
  const source = join(place, 'source');
  const store = await openPort(source, { segment: 1200 });
  for (let n = 1; n <= seats; n += 1) {
    const id = `act_${String(n).padStart(2, '0')}`;
    await putSeat(store, { id, licenseId: 'l', hostname: `host-${n}` });
    if (n === 7) await store.snapshot();
  }
  // As kill -9 leaves it.
  await cp(source, template, { recursive: true });
  await store.close();
});
afterAll(() => rm(place, { recursive: true, force: true }));

type Damage = (bytes: Buffer) => Buffer;

/** A place in a file, as a part of it. */
const spot = fc.integer({ min: 0, max: 9999 }).map((n) => n / 10_000);

const splitLines = (bytes: Buffer): string[] => bytes.toString('latin1').split(/(?<=\n)/u);
const joinLines = (lines: readonly string[]): Buffer => Buffer.from(lines.join(''), 'latin1');

const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc.tuple(spot, fc.integer({ min: 0, max: 7 })).map(([where, bit]) => (bytes: Buffer) => {
    const changed = Buffer.from(bytes);
    const at = Math.floor(where * changed.length);
    if (at < changed.length) changed.writeUInt8(changed.readUInt8(at) ^ (1 << bit), at);
    return changed;
  }),
  spot.map((where) => (bytes: Buffer) => bytes.subarray(0, Math.floor(where * bytes.length))),
  fc.tuple(spot, fc.integer({ min: 1, max: 900 })).map(([where, length]) => (bytes: Buffer) => {
    const changed = Buffer.from(bytes);
    const at = Math.floor(where * changed.length);
    return changed.fill(0, at, Math.min(at + length, changed.length));
  }),
  spot.map((where) => (bytes: Buffer) => {
    const lines = splitLines(bytes);
    lines.splice(Math.floor(where * lines.length), 1);
    return joinLines(lines);
  }),
  fc.tuple(spot, spot).map(([from, to]) => (bytes: Buffer) => {
    const lines = splitLines(bytes);
    const [line = ''] = lines.splice(Math.floor(from * lines.length), 1);
    lines.splice(Math.floor(to * lines.length), 0, line);
    return joinLines(lines);
  }),
  fc.constant(() => Buffer.from('null')),
);

const filesOf = async (directory: string): Promise<string[]> => {
  const names = await readdir(join(directory, 'journal'));
  return [
    join(directory, 'db.json'),
    ...names.toSorted().map((name) => join(directory, 'journal', name)),
  ];
};

/** The seats that the folder has; the error's code where a server refuses it. */
const found = async (directory: string): Promise<readonly number[] | string> => {
  try {
    const store = await openPort(directory, { segment: 1200 });
    const all = await store.read((reader) => reader.seats.list());
    await store.close();
    return all.map(({ id }) => Number(id.slice(4)));
  } catch (error) {
    if (error instanceof StoreError) return error.code;
    throw error;
  }
};

const upTo = (n: number): string => upToText(Array.from({ length: n }, (_, index) => index + 1));
const upToText = (numbers: readonly number[]): string => numbers.join(' ');

/** Does harm to a new folder; gives the records that were offered to be given up, and what is wrong. */
const tryOne = async (
  directory: string,
  damages: readonly (readonly [which: number, change: Damage])[],
): Promise<{ readonly offered: boolean; readonly problem: string | undefined }> => {
  await cp(template, directory, { recursive: true });
  const files = await filesOf(directory);
  for (const [which, change] of damages) {
    const file = files[Math.floor(which * files.length)] ?? '';
    await writeFile(file, change(await readFile(file)));
  }
  const options = { directory, now: Date.now, log: silentLog };
  // What nobody named stays as it is: whatever --repair does, all is there, or it is refused.
  const { after } = await repair(options);
  const first = await found(directory);
  if (typeof first !== 'string') {
    const all = upToText(first);
    return {
      offered: false,
      problem: all === upTo(seats) ? undefined : `it is served with ${all}`,
    };
  }
  const giveUp = after.findings.find((finding) => finding.giveUp !== undefined)?.giveUp;
  if (giveUp === undefined) return { offered: false, problem: undefined };
  await repair({ ...options, giveUp });
  const second = await found(directory);
  const kept = typeof second === 'string' ? second : upToText(second);
  const { ok, problems } = await verifyJournal({ directory });
  const wanted = upTo(giveUp.plan.kind === 'end' ? giveUp.plan.seq : seats);
  if (kept !== wanted) return { offered: true, problem: `it has ${kept} instead of ${wanted}` };
  return { offered: true, problem: ok ? undefined : problems[0]?.message };
};

it(
  'never loses what is not named, and never serves anything in between',
  { timeout: 300_000 },
  async () => {
    let runs = 0;
    let offers = 0;
    const damages = fc.array(fc.tuple(spot, damage), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(damages, async (some) => {
        runs += 1;
        const directory = join(place, `run-${runs}`);
        const { offered, problem } = await tryOne(directory, some);
        expect(problem).toBeUndefined();
        if (offered) offers += 1;
        await rm(directory, { recursive: true });
      }),
      { numRuns: 60 },
    );
    expect(offers).toBeGreaterThan(15);
  },
);
