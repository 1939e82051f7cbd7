/** What clients were promised, held against what a folder has. */
import { openStore } from '../../server/store/folder/open-store.ts';
import { verifyJournal } from '../../server/store/journal/verify-journal.ts';
import { portSchema } from '../server/store/schema.ts';
import { silentLog } from '../server/store/support.ts';
import type { Said } from './spawn-child.ts';

export interface Ledger {
  /** Takes in what a process said. `before`: only its first so many lines. */
  add(said: readonly Said[]): void;
  /** What is wrong with the folder by this ledger: lost, or asked for by nobody. Empty when all is well. */
  check(directory: string): Promise<readonly string[]>;
  readonly acknowledged: () => number;
}

const keyOf = (client: unknown, n: unknown): string => `${String(client)}/${String(n)}`;

export const createLedger = (): Ledger => {
  const asked = new Set<string>();
  const done = new Set<string>();
  const refused = new Set<string>();
  return {
    acknowledged: () => done.size,
    add: (said) => {
      for (const [word, client, n] of said) {
        if (word === 'ask') asked.add(keyOf(client, n));
        if (word === 'done') done.add(keyOf(client, n));
        if (word === 'refused') refused.add(keyOf(client, n));
      }
    },
    check: async (directory) => {
      const store = await openStore({
        directory,
        schema: portSchema,
        now: Date.now,
        log: silentLog,
        create: true,
      });
      const problems: string[] = [];
      const { seats, licenses } = await store.read(async (reader) => ({
        seats: await reader.seats.list(),
        licenses: await reader.licenses.list(),
      }));
      await store.close();
      const found = new Set<string>();
      const last = new Map<string, number>();
      for (const { id, licenseId } of seats) {
        const n = Number(id.slice(id.lastIndexOf('_') + 1));
        const key = keyOf(licenseId, n);
        found.add(key);
        last.set(licenseId, Math.max(last.get(licenseId) ?? 0, n));
        if (!asked.has(key)) problems.push(`${key} is there, but nobody asked for it`);
        if (refused.has(key)) problems.push(`${key} is there, but was refused`);
      }
      for (const key of done)
        if (!found.has(key)) problems.push(`${key} was acknowledged, but is lost`);
      for (const { id, used } of licenses) {
        if (last.get(id) !== used)
          problems.push(`the counter of ${id} is ${used}, but its last seat is ${last.get(id)}`);
      }
      const { ok, problems: wrong } = await verifyJournal({ directory });
      if (!ok) problems.push(...wrong.map(({ message }) => message));
      return problems;
    },
  };
};
