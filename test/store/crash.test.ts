/** Faults done to real processes: short runs of what `npm run test:faults` does at length. */
import { chmod, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { openStore } from '../../server/store/open-store.ts';
import { killInALoop } from '../faults/kill.ts';
import { spawnChild } from '../faults/spawn-child.ts';
import { portSchema } from './schema.ts';
import { makeTemporaryFolder, silentLog } from './support.ts';

let place: string;
let directory: string;

const open = () =>
  openStore({ directory, schema: portSchema, now: Date.now, log: silentLog, create: true });

beforeEach(async () => {
  place = await makeTemporaryFolder();
  directory = join(place, 'data');
});

afterEach(() => rm(place, { recursive: true, force: true }));

describe('kill -9', () => {
  it('amid writes loses nothing and makes nothing up', async () => {
    const report = await killInALoop(directory, 5);
    expect(report.problems).toEqual([]);
    expect(report.acknowledged).toBeGreaterThan(200);
    expect(report.slowestStart).toBeLessThan(5000);
  });
});

describe('a second process', () => {
  it('is told which process has the folder, and gets it as soon as that is gone', async () => {
    const child = spawnChild({ directory, mode: 'hold' });
    await child.until(([word]) => word === 'open');
    await expect(open()).rejects.toMatchObject({
      code: 'in-use',
      message: expect.stringContaining(`in use by process ${child.process.pid}.`),
    });
    await child.kill();
    const store = await open();

    const second = spawnChild({ directory, mode: 'hold' });
    expect(await second.end()).toBe(1);
    expect(second.said).toEqual([
      ['failed', 'in-use', expect.stringContaining(`in use by process ${process.pid}.`)],
    ]);
    await expect(open()).rejects.toMatchObject({ code: 'in-use' });
    expect(JSON.parse(await readFile(join(directory, 'lock.json'), 'utf8'))).toMatchObject({
      pid: process.pid,
    });
    await store.close();
  });
});

describe('a folder without write permission', () => {
  it('is named, and nothing is started', async () => {
    await (await open()).close();
    await chmod(directory, 0o500);
    // Root may write anywhere, unless it drops what lets it.
    const under = process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-all'] : [];
    const child = spawnChild({ directory, mode: 'hold' }, { under });
    expect(await child.end()).toBe(1);
    expect(child.said).toEqual([['failed', 'not-writable', expect.stringContaining(directory)]]);
    await chmod(directory, 0o700);
  });
});
