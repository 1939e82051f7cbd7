/**
 * What any store must do, whatever keeps its documents: called with a way to open one on a place of its
 * own. `reopen` opens the same place again after `close`.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Change, Store } from '../../../server/store/store.ts';
import type { PortSchema, Seat } from './schema.ts';
import { collect } from './support.ts';

export interface Place {
  open(): Promise<Store<PortSchema>>;
  remove(): Promise<void>;
}

const actor = { id: 'acc_1', from: '127.0.0.1' };
const act = (target: string) => ({ action: 'test.put', target, outcome: 'ok' });

export const testStore = (name: string, makePlace: () => Promise<Place>): void => {
  describe(`${name}: the port`, () => {
    let place: Place;
    let store: Store<PortSchema>;

    beforeEach(async () => {
      place = await makePlace();
      store = await place.open();
    });

    afterEach(async () => {
      await store.close();
      await place.remove();
    });

    const reopen = async (): Promise<void> => {
      await store.close();
      store = await place.open();
    };

    const putSeat = (seat: Seat): Promise<void> =>
      store.transact(actor, async (transaction) => {
        transaction.seats.put(seat);
        transaction.record(act(seat.id));
      });

    const seats = (): Promise<readonly Seat[]> => store.read(async (reader) => reader.seats.list());

    it('gives back what was put, also after it was closed and opened again', async () => {
      await putSeat({ id: 'act_1', licenseId: 'lic_1', hostname: 'a\u2028"\n😀' });
      await reopen();
      const seat = await store.read((reader) => reader.seats.get('act_1'));
      expect(seat).toEqual({ id: 'act_1', licenseId: 'lic_1', hostname: 'a\u2028"\n😀' });
      expect(await store.read((reader) => reader.seats.get('act_2'))).toBeUndefined();
    });

    it('forgets what was deleted, also after it was opened again', async () => {
      await putSeat({ id: 'act_1', licenseId: 'lic_1', hostname: 'a' });
      await store.transact(actor, async (transaction) => {
        transaction.seats.delete('act_1');
        transaction.seats.delete('act_unknown');
        transaction.record(act('act_1'));
      });
      expect(await seats()).toEqual([]);
      await reopen();
      expect(await seats()).toEqual([]);
    });

    it('pages through a collection in order of ids, whatever the order of putting', async () => {
      const ids = Array.from(
        { length: 2500 },
        (_, n) => `act_${String((n * 7919) % 2500).padStart(5, '0')}`,
      );
      await store.transact(actor, async (transaction) => {
        for (const id of ids) transaction.seats.put({ id, licenseId: 'lic_1', hostname: id });
        transaction.record(act('many'));
      });
      for (const reading of ['list', 'by'] as const) {
        const found: string[] = [];
        for (let after: string | undefined; ;) {
          const query = { after, limit: 700 };
          const page = await store.read((reader) =>
            reading === 'list'
              ? reader.seats.list(query)
              : reader.seats.by('license', 'lic_1', query),
          );
          found.push(...page.map((seat) => seat.id));
          after = page.at(-1)?.id;
          if (after === undefined) break;
        }
        expect(found).toEqual(ids.toSorted());
      }
      expect(
        await store.read((reader) => reader.seats.list({ after: 'act_00009x', limit: 1 })),
      ).toEqual([{ id: 'act_00010', licenseId: 'lic_1', hostname: 'act_00010' }]);
    });

    it('files a document under its keys only, and moves it when they change', async () => {
      await putSeat({ id: 'act_1', licenseId: 'lic_1', hostname: 'a', tags: ['x', 'y'] });
      await putSeat({ id: 'act_2', licenseId: 'lic_1', hostname: 'b' });
      await putSeat({ id: 'act_1', licenseId: 'lic_2', hostname: 'a', tags: ['y', 'z'] });
      const under = (index: 'license' | 'tag', key: string) =>
        store.read(async (reader) => ({
          ids: (await reader.seats.by(index, key)).map((seat) => seat.id),
          count: await reader.seats.count(index, key),
          first: (await reader.seats.first(index, key))?.id,
        }));
      expect(await under('license', 'lic_1')).toEqual({ ids: ['act_2'], count: 1, first: 'act_2' });
      expect(await under('license', 'lic_2')).toEqual({ ids: ['act_1'], count: 1, first: 'act_1' });
      expect(await under('tag', 'x')).toEqual({ ids: [], count: 0, first: undefined });
      expect(await under('tag', 'z')).toEqual({ ids: ['act_1'], count: 1, first: 'act_1' });
      expect(await store.read((reader) => reader.seats.count())).toBe(2);
    });

    it('lets a transaction see its own changes', async () => {
      const seen = await store.transact(actor, async (transaction) => {
        transaction.seats.put({ id: 'act_1', licenseId: 'lic_1', hostname: 'a' });
        const before = await transaction.seats.count('license', 'lic_1');
        transaction.seats.delete('act_1');
        transaction.record(act('act_1'));
        return [before, await transaction.seats.count('license', 'lic_1')];
      });
      expect(seen).toEqual([1, 0]);
    });

    it('undoes a transaction that throws, and leaves no record of it', async () => {
      await putSeat({ id: 'act_1', licenseId: 'lic_1', hostname: 'a', tags: ['x'] });
      const seq = store.seq();
      await expect(
        store.transact(actor, async (transaction) => {
          transaction.seats.put({ id: 'act_1', licenseId: 'lic_2', hostname: 'b' });
          transaction.seats.put({ id: 'act_2', licenseId: 'lic_1', hostname: 'b' });
          transaction.seats.delete('act_1');
          transaction.record(act('act_1'));
          throw new Error('no');
        }),
      ).rejects.toThrow('no');
      expect(await seats()).toEqual([
        { id: 'act_1', licenseId: 'lic_1', hostname: 'a', tags: ['x'] },
      ]);
      expect(await store.read((reader) => reader.seats.count('tag', 'x'))).toBe(1);
      expect(store.seq()).toBe(seq);
    });

    it('refuses a change that does not say what it is, and undoes it', async () => {
      await expect(
        store.transact(actor, async (transaction) => {
          transaction.seats.put({ id: 'act_1', licenseId: 'lic_1', hostname: 'a' });
        }),
      ).rejects.toThrow('must record what it does');
      expect(await seats()).toEqual([]);
    });

    it('runs transactions one at a time, so that nothing is counted twice', async () => {
      await store.transact(actor, async (transaction) => {
        transaction.licenses.put({ id: 'lic_1', name: 'Prod', used: 0 });
        transaction.record(act('lic_1'));
      });
      await Promise.all(
        Array.from({ length: 200 }, () =>
          store.transact(actor, async (transaction) => {
            const license = await transaction.licenses.get('lic_1');
            await Promise.resolve();
            transaction.licenses.put({ id: 'lic_1', name: 'Prod', used: (license?.used ?? 0) + 1 });
            transaction.record(act('lic_1'));
          }),
        ),
      );
      expect((await store.read((reader) => reader.licenses.first('name', 'Prod')))?.used).toBe(200);
    });

    it('shows a reader one state, however often it awaits', async () => {
      const write = async (): Promise<void> => {
        for (let n = 1; n <= 50; n += 1) {
          await store.transact(actor, async (transaction) => {
            transaction.licenses.put({ id: 'lic_1', name: 'a', used: n });
            await Promise.resolve();
            transaction.licenses.put({ id: 'lic_2', name: 'b', used: n });
            transaction.record(act('both'));
          });
        }
      };
      const writing = write();
      const state = { running: true };
      const readAll = async (): Promise<void> => {
        while (state.running) {
          const [a, b] = await store.read(async (reader) => {
            const first = await reader.licenses.get('lic_1');
            for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
            return [first, await reader.licenses.get('lic_2')];
          });
          expect(a?.used).toBe(b?.used);
          await new Promise(setImmediate);
        }
      };
      const reading = readAll();
      await writing;
      state.running = false;
      await reading;
    });

    it('does not take changes from outside: documents are copied in and frozen', async () => {
      const mine = { id: 'act_1', licenseId: 'lic_1', hostname: 'a', tags: ['x'] };
      await putSeat(mine);
      mine.hostname = 'changed';
      mine.tags.push('y');
      const stored = await store.read((reader) => reader.seats.get('act_1'));
      expect(stored).toEqual({ id: 'act_1', licenseId: 'lic_1', hostname: 'a', tags: ['x'] });
      expect(Object.isFrozen(stored) && Object.isFrozen(stored?.tags)).toBe(true);
      await reopen();
      const again = await store.read((reader) => reader.seats.get('act_1'));
      expect(Object.isFrozen(again) && Object.isFrozen(again?.tags)).toBe(true);
    });

    it('refuses a reader or transaction that is used when its function has returned', async () => {
      const reader = await store.read(async (reader) => reader.seats);
      await expect(reader.get('act_1')).rejects.toThrow('after its function returned');
      const writer = await store.transact(actor, async (transaction) => transaction.seats);
      expect(() => writer.put({ id: 'act_1', licenseId: 'lic_1', hostname: 'a' })).toThrow(
        'after its function returned',
      );
    });

    it('journals who did what, from where, on what and with what outcome, without a change too', async () => {
      await store.transact(actor, async (transaction) => {
        transaction.record({
          action: 'session.create',
          target: 'acc_1',
          outcome: 'invalid-credentials',
          details: { failures: 3 },
        });
      });
      await putSeat({ id: 'act_1', licenseId: 'lic_1', hostname: 'a' });
      const [signIn, put] = await collect(store.entries());
      expect(signIn).toMatchObject({
        seq: 1,
        actor,
        action: 'session.create',
        target: 'acc_1',
        outcome: 'invalid-credentials',
        details: { failures: 3 },
        bodies: {},
      });
      expect(signIn?.at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/u);
      expect(put?.prev).toBe(signIn?.hash);
      expect(Object.keys(put?.bodies ?? {})).toEqual(['seats/act_1']);
    });

    it('pages through the journal in both directions', async () => {
      for (let n = 1; n <= 30; n += 1) {
        await store.transact(actor, async (transaction) => {
          transaction.record(act(`n${n}`.padEnd(n * 400, '.')));
        });
      }
      const seqs = async (query: Parameters<typeof store.entries>[0]): Promise<number[]> =>
        (await collect(store.entries(query))).map((header) => header.seq);
      expect(await seqs({ after: 3, limit: 3 })).toEqual([4, 5, 6]);
      expect(await seqs({ after: 27 })).toEqual([28, 29, 30]);
      expect(await seqs({ newest: true, limit: 3 })).toEqual([30, 29, 28]);
      expect(await seqs({ newest: true, before: 12, limit: 2 })).toEqual([11, 10]);
      expect(await seqs({ newest: true, before: 3 })).toEqual([2, 1]);
      expect(await seqs({ newest: true, after: 28 })).toEqual([30, 29]);
      expect(await seqs({ after: 30 })).toEqual([]);
      expect(await seqs({ before: 1 })).toEqual([]);
      expect(await seqs({ limit: 0 })).toEqual([]);
    });

    it('tells watchers of each change once, in order, with its documents', async () => {
      const changes: Change[] = [];
      const stop = store.watch((change) => changes.push(change));
      store.watch(() => {
        throw new Error('a watcher that fails must not matter');
      });
      await putSeat({ id: 'act_1', licenseId: 'lic_1', hostname: 'a' });
      await store.transact(actor, async (transaction) => {
        transaction.seats.delete('act_1');
        transaction.record(act('act_1'));
      });
      stop();
      await putSeat({ id: 'act_2', licenseId: 'lic_1', hostname: 'b' });
      expect(changes.map(({ header, documents }) => ({ seq: header.seq, documents }))).toEqual([
        {
          seq: 1,
          documents: { 'seats/act_1': { id: 'act_1', licenseId: 'lic_1', hostname: 'a' } },
        },
        { seq: 2, documents: { 'seats/act_1': null } },
      ]);
    });

    it('runs the effects of a transaction once it is durable, in order, before it resolves', async () => {
      const ran: string[] = [];
      const putWith = (id: string): Promise<void> =>
        store.transact(actor, async (transaction) => {
          transaction.seats.put({ id, licenseId: 'lic_1', hostname: 'a' });
          transaction.afterCommit(() => ran.push(`${id} first at ${store.seq() > 0}`));
          transaction.afterCommit(() => {
            throw new Error('an effect that fails must not matter');
          });
          transaction.afterCommit(() => ran.push(`${id} second`));
          transaction.record(act(id));
          expect(ran).not.toContain(`${id} second`);
        });
      const all = ['act_1', 'act_2', 'act_3'];
      await Promise.all(
        all.map(async (id) => {
          await putWith(id);
          expect(ran).toContain(`${id} second`);
        }),
      );
      expect(ran).toEqual(all.flatMap((id) => [`${id} first at true`, `${id} second`]));
    });

    it('runs the effects of a transaction that records nothing', async () => {
      const ran: string[] = [];
      await store.transact(actor, async (transaction) => {
        await transaction.seats.get('act_1');
        transaction.afterCommit(() => ran.push('looked'));
      });
      expect(ran).toEqual(['looked']);
    });

    it('runs no effect of a transaction that threw, or that was refused', async () => {
      const ran: string[] = [];
      const failing = store.transact(actor, async (transaction) => {
        transaction.afterCommit(() => ran.push('thrown'));
        transaction.record(act('act_1'));
        throw new Error('no');
      });
      await expect(failing).rejects.toThrow('no');
      const silent = store.transact(actor, async (transaction) => {
        transaction.seats.put({ id: 'act_1', licenseId: 'lic_1', hostname: 'a' });
        transaction.afterCommit(() => ran.push('unrecorded'));
      });
      await expect(silent).rejects.toThrow('must record what it does');
      expect(ran).toEqual([]);
    });

    it('counts on: seq and era after it was opened again', async () => {
      expect(store.seq()).toBe(0);
      expect(store.era()).toBe(1);
      await putSeat({ id: 'act_1', licenseId: 'lic_1', hostname: 'a' });
      await reopen();
      expect(store.seq()).toBe(1);
      expect(store.era()).toBe(1);
      await putSeat({ id: 'act_2', licenseId: 'lic_1', hostname: 'a' });
      expect((await collect(store.entries())).map((header) => header.seq)).toEqual([1, 2]);
      expect(store.status()).toEqual({ state: 'ready' });
    });

    it('keeps marks without a record of them', async () => {
      store.marks.set('act_1', { at: 1000, version: '1.2', from: '::1' });
      store.marks.set('act_2', { at: 2000 });
      store.marks.delete('act_2');
      await reopen();
      expect(store.marks.get('act_1')).toEqual({ at: 1000, version: '1.2', from: '::1' });
      expect(store.marks.get('act_2')).toBeUndefined();
      expect(await store.marks.idsOf('act_')).toEqual(['act_1']);
      expect(await store.marks.idsOf('ses_')).toEqual([]);
      expect(store.seq()).toBe(0);
    });

    it('answers nobody after it was closed', async () => {
      await store.close();
      await expect(store.read((reader) => reader.seats.count())).rejects.toThrow('closed');
      await expect(putSeat({ id: 'a', licenseId: 'l', hostname: 'h' })).rejects.toThrow('closed');
      store = await place.open();
    });
  });
};
