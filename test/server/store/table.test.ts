/** The documents in memory against the plainest thing that does the same. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Document } from '../../../server/store/store.ts';
import {
  countDocuments,
  createTables,
  documentsBy,
  listDocuments,
  loadLine,
  makeIndexes,
  setDocument,
  tableNamed,
} from '../../../server/store/memory/table.ts';
import { portSchema, type Seat } from './schema.ts';

const ids = (documents: readonly Document[]): string[] => documents.map(({ id }) => id);

const seat = fc.record({
  id: fc.integer({ min: 0, max: 1500 }).map((n) => `act_${String(n).padStart(5, '0')}`),
  licenseId: fc.constantFrom('lic_1', 'lic_2', 'lic_3'),
  hostname: fc.constant('h'),
  tags: fc.subarray(['a', 'b', 'c']),
});

describe('a table', () => {
  it('finds by any index what is there, whatever changed while its indexes are still being made', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(seat, { selector: ({ id }) => id, minLength: 300, maxLength: 900 }),
        fc.array(fc.tuple(seat, fc.boolean()), { minLength: 20, maxLength: 60 }),
        async (loaded, changes) => {
          const tables = createTables(portSchema);
          const table = tableNamed(tables, 'seats');
          const plain = new Map<string, Seat>();
          for (const [n, document] of loaded.toSorted((a, b) => (a.id < b.id ? -1 : 1)).entries()) {
            expect(loadLine(table, JSON.stringify(document), n % 7 > 0)).toBe(true);
            plain.set(document.id, document);
          }
          const left = [...changes];
          const change = async (): Promise<void> => {
            for (const [document, isPut] of left.splice(0, 5)) {
              const before = setDocument(table, document.id, isPut ? document : undefined);
              expect(before).toEqual(plain.get(document.id));
              if (isPut) plain.set(document.id, document);
              else plain.delete(document.id);
            }
          };
          await change();
          await makeIndexes(table, change);
          const all = [...plain.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
          expect(ids(listDocuments(table))).toEqual(ids(all));
          for (const key of ['lic_1', 'lic_2', 'lic_3', 'lic_4']) {
            const expected = ids(all.filter(({ licenseId }) => licenseId === key));
            expect(ids(documentsBy(table, 'license', key))).toEqual(expected);
            expect(countDocuments(table, 'license', key)).toBe(expected.length);
            const query = { after: expected[3], limit: 4 };
            expect(ids(documentsBy(table, 'license', key, query))).toEqual(
              expected.length > 3 ? expected.slice(4, 8) : expected.slice(0, 4),
            );
          }
          for (const key of ['a', 'b', 'c']) {
            const expected = ids(all.filter(({ tags }) => tags?.includes(key)));
            expect(ids(documentsBy(table, 'tag', key))).toEqual(expected);
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  it('is left as it was by an index function that throws', () => {
    const tables = createTables({
      things: {
        indexes: {
          name: (document: Document) => document.id.slice(0, 1),
          odd: (document: Document) => {
            if (document.id.endsWith('!')) throw new Error('no key');
            return undefined;
          },
        },
      },
    });
    const table = tableNamed(tables, 'things');
    setDocument(table, 'a', { id: 'a' });
    expect(() => setDocument(table, 'a!', { id: 'a!' })).toThrow('no key');
    expect(ids(listDocuments(table))).toEqual(['a']);
    expect(countDocuments(table, 'name', 'a')).toBe(1);
  });
});
