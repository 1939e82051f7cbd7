/** The long runs: `npm run test:faults`. What a machine can't do (mounts, strace) is skipped, and said. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { backup } from '../../server/store/backup/backup.ts';
import type { Sizes } from '../../server/store/folder/open-store.ts';
import { restore } from '../../server/store/backup/restore.ts';
import { makeTemporaryFolder, silentLog } from '../server/store/support.ts';
import { fillTheDisk } from './disk-full.ts';
import { killInALoop } from './kill.ts';
import { createLedger } from './ledger.ts';
import {
  canMount,
  canMountImages,
  canTrace,
  copyImage,
  makeImage,
  mountImage,
  unmount,
} from './mounts.ts';
import { killGivingUp, killRestores } from './operations.ts';
import { cutGivingUp, cutUnderLoad } from './power-cut/cut-power.ts';
import { spawnChild, untilDone } from './spawn-child.ts';
import { traced } from './traced.ts';

let place: string;
let directory: string;

beforeEach(async () => {
  place = await makeTemporaryFolder();
  directory = join(place, 'data');
});

afterEach(() => rm(place, { recursive: true, force: true }));

/** What a long run measured, for who reads its output. */
const say = (text: string): void => {
  process.stdout.write(`    ${text}\n`);
};

const images = canMountImages();
const strace = canTrace();

describe('kill -9', () => {
  // A new folder now and then: each check reads all of it.
  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])(
    '21 times amid writes (folder %i of 10): nothing lost, nothing made up',
    { timeout: 600_000 },
    async () => {
      const { kills, acknowledged, problems, slowestStart } = await killInALoop(directory, 21);
      say(
        `${kills} kills, ${acknowledged} acknowledged, slowest start ${Math.round(slowestStart)} ms`,
      );
      expect(problems).toEqual([]);
      expect(slowestStart).toBeLessThan(5000);
    },
  );
});

describe('a backup by another process under load', () => {
  /** Backs a loaded store up ten times; returns what is wrong with what they restore to. */
  const backUpTenTimes = async (): Promise<readonly string[]> => {
    const sizes = { segment: 60_000, snapshot: 200_000 };
    const child = spawnChild({ directory, mode: 'load', clients: 16, padding: 200, sizes });
    await untilDone(child, 20);
    const made: { readonly file: string; readonly before: number; readonly after: number }[] = [];
    for (let n = 0; n < 10; n += 1) {
      const before = child.said.length;
      const { file } = await backup({ directory, file: join(place, `${n}.gz`), now: Date.now });
      made.push({ file, before, after: child.said.length });
    }
    await child.kill();
    const problems: string[] = [];
    for (const { file, before, after } of made) {
      const target = join(place, 'restored');
      await restore({ file, directory: target, now: Date.now, log: silentLog });
      // What was acknowledged before the backup began is in it; nothing is that was asked for after.
      const ledger = createLedger();
      ledger.add(child.said.slice(0, before));
      ledger.add(child.said.slice(before, after).filter(([word]) => word === 'ask'));
      problems.push(...(await ledger.check(target)));
      await rm(target, { recursive: true });
      await rm(file);
    }
    await rm(directory, { recursive: true });
    return problems;
  };

  it('restores to a state that was once acknowledged, 50 of 50', { timeout: 600_000 }, async () => {
    for (let time = 0; time < 5; time += 1) expect(await backUpTenTimes()).toEqual([]);
  });
});

describe.skipIf(!images)('a power cut (needs root, loop devices and mkfs.ext4)', () => {
  interface Cut {
    readonly under?: readonly string[];
    readonly sizes?: Partial<Sizes>;
    /** Stops the process while the image is copied: a copy of one moment, as a real disk has it. */
    readonly atOnce?: boolean;
  }

  /** Cuts the power of a loaded store; returns what is wrong with what the disk has. */
  const cut = async ({
    under = [],
    sizes = {},
    atOnce = false,
  }: Cut): Promise<readonly string[]> => {
    const image = join(place, 'image');
    const disk = join(place, 'disk');
    const copy = join(place, 'copy');
    const data = join(disk, 'data');
    await makeImage(image, 48);
    await mountImage(image, disk);
    const ledger = createLedger();
    try {
      const child = spawnChild({ directory: data, mode: 'load', padding: 500, sizes }, { under });
      try {
        await untilDone(child, 300);
        if (atOnce) child.signal('SIGSTOP');
        // What was acknowledged up to here must be in the copy; what was asked for meanwhile may be.
        const promised = child.said.length;
        await copyImage(image, copy);
        ledger.add(child.said.slice(0, promised));
      } finally {
        await child.kill();
      }
      ledger.add(child.said.filter(([word]) => word === 'ask'));
    } finally {
      await unmount(disk);
    }
    await mountImage(copy, disk);
    try {
      return await ledger.check(data);
    } finally {
      await unmount(disk);
      await rm(image);
      await rm(copy);
    }
  };

  it(
    'while writes go on loses nothing that was acknowledged before, 20 times',
    { timeout: 600_000 },
    async () => {
      for (let time = 0; time < 20; time += 1) expect(await cut({})).toEqual([]);
    },
  );

  it('amid snapshots and new segments loses nothing, 20 times', { timeout: 600_000 }, async () => {
    const sizes = { segment: 60_000, snapshot: 200_000 };
    for (let time = 0; time < 20; time += 1) expect(await cut({ sizes, atOnce: true })).toEqual([]);
  });

  it.skipIf(!strace)(
    'would lose it if fdatasync did nothing: this test can fail',
    { timeout: 120_000 },
    async () => {
      const under = traced(join(place, 'disk/data'), 'fdatasync', 'retval=0');
      const problems = await cut({ under, atOnce: true });
      expect(problems.filter((problem) => problem.endsWith('is lost')).length).toBeGreaterThan(100);
    },
  );
});

describe('a power cut on a disk by the letter of POSIX: sectors and names kept, dropped or torn', () => {
  it.each([
    ['as the folder is made', {}],
    ['amid snapshots and new segments', { segment: 1200, snapshot: 20_000 }],
  ])('%s loses nothing, 1,000 times', { timeout: 1_200_000 }, async (_, sizes) => {
    const { steps, problems } = await cutUnderLoad(place, 1000, { sizes });
    say(`${steps} steps`);
    expect(problems).toEqual([]);
  });

  it.each([8, 3])(
    'while record %i is given up leaves a folder that is refused, or a whole one, 300 times',
    { timeout: 1_200_000 },
    async (seat) => {
      const { steps, problems } = await cutGivingUp(place, 300, seat);
      say(`${steps} steps`);
      expect(problems).toEqual([]);
    },
  );
});

describe.skipIf(!strace)('a crash at every system call that matters (needs strace)', () => {
  const sizes = { segment: 1200, snapshot: 1 << 30 };

  it.each(['pwrite64', 'write', 'fdatasync', 'fsync', 'rename', 'ftruncate', 'unlink', 'openat'])(
    'at %s: the folder opens again with old or new, never less',
    { timeout: 1_200_000 },
    async (call) => {
      let crashes = 0;
      for (let n = 1; ; n += 1) {
        await rm(directory, { recursive: true, force: true });
        const child = spawnChild(
          { directory, mode: 'script', sizes },
          { under: traced(directory, call, `signal=KILL:when=${n}`) },
        );
        await child.end();
        const ledger = createLedger();
        ledger.add(child.said);
        expect({ call, n, problems: await ledger.check(directory) }).toEqual({
          call,
          n,
          problems: [],
        });
        if (child.said.some(([word]) => word === 'closed')) break;
        crashes += 1;
      }
      say(`${call}: ${crashes} crashes`);
    },
  );
});

describe.skipIf(!strace)(
  'an operator’s work, killed at every system call that matters (needs strace)',
  () => {
    const calls = [
      'pwrite64',
      'write',
      'fdatasync',
      'fsync',
      'rename',
      'ftruncate',
      'unlink',
      'openat',
    ];

    it.each(calls)(
      'a restore, at %s: nothing serves half of it, and another one works',
      { timeout: 1_200_000 },
      async (call) => {
        const { kills, found, problems } = await killRestores(place, call);
        say(`${call}: ${kills} kills, then ${found.join(', ')}`);
        expect(problems).toEqual([]);
      },
    );

    it.each(calls)(
      'giving up damaged records, at %s: the folder is refused or whole, and nothing is gone',
      { timeout: 1_200_000 },
      async (call) => {
        for (const seat of [8, 3]) {
          const { kills, found, problems } = await killGivingUp(place, call, seat);
          say(`${call}, record ${seat}: ${kills} kills, then ${found.join(', ')}`);
          expect(problems).toEqual([]);
        }
      },
    );
  },
);

describe.skipIf(!canMount)('a full disk (needs root, to mount a small one)', () => {
  it('with 64 clients: what was refused is undone, what was acknowledged is on disk', async () => {
    const report = await fillTheDisk(join(place, 'disk'), 64);
    say(JSON.stringify(report));
    expect(report).toMatchObject({ problems: [], afterRoom: 20 });
  });
});
