/** The disk fills up amid many changes in flight, and gets room again. */
import { rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { openStore } from '../../server/store/folder/open-store.ts';
import { StoreError } from '../../server/store/store.ts';
import { portSchema } from '../server/store/schema.ts';
import { silentLog } from '../server/store/support.ts';
import { withSmallDisk } from './mounts.ts';

export interface DiskFullReport {
  readonly acknowledged: number;
  readonly refused: number;
  readonly afterRoom: number;
  readonly problems: readonly string[];
}

/** Fills a small disk from many clients. Each change is new, so that lost and undone ones can be told. */
export const fillTheDisk = (place: string, clients: number): Promise<DiskFullReport> =>
  withSmallDisk(place, '3m', async () => {
    const directory = join(place, 'data');
    const filler = join(place, 'filler');
    await writeFile(filler, Buffer.alloc(1 << 20));
    const options = { directory, schema: portSchema, now: Date.now, log: silentLog, create: true };
    const store = await openStore({ ...options, sizes: { segment: 300_000 } });
    const done = new Set<string>();
    const refused = new Set<string>();
    const events = new Set<string>();
    const problems: string[] = [];
    store.watch(({ header }) => events.add(header.target));

    const put = async (id: string): Promise<boolean> => {
      try {
        await store.transact({ id: 'acc_1', from: 'local' }, async (transaction) => {
          transaction.seats.put({ id, licenseId: 'lic_1', hostname: id.repeat(200) });
          transaction.record({ action: 'seat.take', target: id, outcome: 'ok' });
        });
        done.add(id);
        return true;
      } catch (error) {
        if (!(error instanceof StoreError) || error.code !== 'insufficient-storage') {
          problems.push(`${id} was refused by ${String(error)}`);
        }
        refused.add(id);
        return false;
      }
    };

    let stopped = false;
    const isStopped = (): boolean => stopped;
    // Whoever reads meanwhile must never see what is undone later.
    const seen = new Set<string>();
    const watchAll = async (): Promise<void> => {
      while (!isStopped()) {
        const seats = await store.read((reader) =>
          reader.seats.by('license', 'lic_1', { after: [...done].at(-1) }),
        );
        for (const { id } of seats) seen.add(id);
        await new Promise(setImmediate);
      }
    };
    const client = async (name: number): Promise<void> => {
      for (let n = 0, failures = 0; failures < 5; n += 1) {
        if (!(await put(`act_${name}_${n}`))) failures += 1;
      }
    };
    const watching = watchAll();
    await Promise.all(Array.from({ length: clients }, (_, name) => client(name)));
    stopped = true;
    await watching;
    const acknowledged = done.size;

    const check = async (when: string, read: typeof store.read): Promise<void> => {
      const ids = new Set((await read((reader) => reader.seats.list())).map(({ id }) => id));
      for (const id of done)
        if (!ids.has(id)) problems.push(`${when}: ${id} was acknowledged, but is lost`);
      for (const id of refused)
        if (ids.has(id)) problems.push(`${when}: ${id} was refused, but is there`);
    };
    await check('while the disk is full', (work) => store.read(work));
    for (const id of refused) {
      if (events.has(id)) problems.push(`an event told of ${id}, which was refused`);
      if (seen.has(id)) problems.push(`a reader saw ${id}, which was refused`);
    }
    if (store.status().state === 'read-only') problems.push('the store became read-only');

    await rm(filler);
    let afterRoom = 0;
    for (let n = 0; n < 20; n += 1) if (await put(`act_room_${n}`)) afterRoom += 1;
    await check('when there is room', (work) => store.read(work));
    await store.close();
    const again = await openStore(options);
    await check('after a restart', (work) => again.read(work));
    await again.close();
    await stat(join(directory, 'db.json'));
    return { acknowledged, refused: refused.size, afterRoom, problems };
  });
