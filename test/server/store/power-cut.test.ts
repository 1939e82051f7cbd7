/** Power cuts on a disk by the letter of POSIX (see test/faults/power-cut): short runs of the long ones. */
import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { cutGivingUp, cutUnderLoad } from '../../faults/power-cut/cut-power.ts';
import { makeTemporaryFolder } from './support.ts';

let place: string;

beforeEach(async () => {
  place = await makeTemporaryFolder();
});

afterEach(() => rm(place, { recursive: true, force: true }));

it('a power cut in the first minutes of a new folder loses nothing that was acknowledged', async () => {
  const report = await cutUnderLoad(place, 60, { sizes: { segment: 1200 } });
  expect(report.problems).toEqual([]);
  expect(report.steps).toBeGreaterThan(80);
});

it.each([8, 3])(
  'a power cut while record %i is given up leaves a folder that is refused, or a whole one',
  async (seat) => {
    expect((await cutGivingUp(place, 20, seat)).problems).toEqual([]);
  },
);
