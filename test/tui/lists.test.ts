/** Long lists as models: pages that come late, and the mark that stays with its row. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Page } from '../../shared/api/common.ts';
import { fail, ok } from '../../shared/result.ts';
import type { Answer } from '../../tui/client/api/failure.ts';
import { emptyList, moveList } from '../../tui/state/lists/list-window.ts';
import { followMark } from '../../tui/state/lists/marked-row.ts';
import { createPageStore, type LoadPage } from '../../tui/state/lists/page-store.ts';
import { rowAt } from '../../tui/state/lists/pages.ts';

/** A server with numbers in their order, whose answers come when the test lets them. */
const openList = () => {
  const rows = new Set<number>();
  const underway: (() => void)[] = [];
  let failing = false;
  const answer = (limit: number, cursor: string | undefined): Answer<Page<number>> => {
    if (failing) return fail({ kind: 'unreachable', server: 'here', cause: 'it is off' });
    const sorted = [...rows].sort((a, b) => a - b);
    const from = cursor === undefined ? 0 : sorted.filter((row) => row <= Number(cursor)).length;
    const items = sorted.slice(from, from + limit);
    const more = from + limit < sorted.length;
    return ok({ items, nextCursor: more ? String(items.at(-1)) : null });
  };
  const load: LoadPage<number> = async ({ cursor }) => {
    expect(underway, 'one request at a time').toHaveLength(0);
    // What it answers is what there is when it is asked; a change meanwhile is not in it.
    const given = answer(7, cursor);
    await new Promise<void>((resolve) => underway.push(resolve));
    return given;
  };
  return {
    rows,
    load,
    fail: (fails: boolean) => {
      failing = fails;
    },
    /** Lets the next answer arrive; false when none is under way. */
    arrive: async (): Promise<boolean> => {
      const next = underway.shift();
      next?.();
      for (let turns = 0; turns < 10; turns += 1) await Promise.resolve();
      return next !== undefined;
    },
  };
};

type Step =
  | { readonly do: 'add' | 'take' | 'look'; readonly at: number }
  | { readonly do: 'arrive' | 'break' | 'mend' };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({
      do: fc.constantFrom('add' as const, 'take' as const, 'look' as const),
      at: fc.nat(60),
    }),
    fc.record({ do: fc.constantFrom('arrive' as const, 'break' as const, 'mend' as const) }),
  ),
  { maxLength: 60 },
);

test('whatever changes while pages are on their way, the rows on screen become those of the server', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (taken) => {
      const list = openList();
      const store = createPageStore<number>('numbers');
      let first = 0;
      store.reload(list.load);
      for (const step of taken) {
        if (step.do === 'look') {
          first = step.at;
          store.look({ first, last: first + 4 });
        } else if (step.do === 'add' || step.do === 'take') {
          if (step.do === 'add') list.rows.add(step.at);
          else list.rows.delete(step.at);
          store.reload(list.load);
        } else if (step.do === 'arrive') await list.arrive();
        else {
          list.fail(step.do === 'break');
          // A connection that comes back asks for everything again.
          if (step.do === 'mend') store.reload(list.load);
        }
      }
      list.fail(false);
      store.reload(list.load);
      let answers = 0;
      while (await list.arrive()) {
        answers += 1;
        expect(answers, 'it comes to rest').toBeLessThan(100);
      }
      const { pages, failure } = store.get();
      expect(failure).toBeUndefined();
      const there = [...list.rows].sort((a, b) => a - b);
      const wanted = Array.from({ length: 5 }, (_, row) => first + row);
      expect(wanted.map((row) => rowAt(pages, row))).toEqual(wanted.map((row) => there[row]));
    }),
    { numRuns: 300 },
  );
});

test('a list that is closed asks nothing more, and takes no answer that comes late', async () => {
  const list = openList();
  list.rows.add(1);
  const store = createPageStore<number>('numbers');
  store.reload(list.load);
  store.close();
  await list.arrive();
  expect(store.get().pages).toEqual([]);
  store.reload(list.load);
  expect(await list.arrive()).toBe(false);
});

test('the mark is on the row that was marked wherever it went, else where it was', () => {
  const ids = fc.uniqueArray(fc.nat(30).map(String), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(ids, ids, fc.nat(19), (before, after, place) => {
      const index = place % before.length;
      const id = before[index];
      const list = moveList(emptyList, { type: 'resize', count: after.length, height: 5 });
      const moved = moveList(list, { type: 'to', index });
      const shown = followMark(moved, { index: moved.index, id }, (at) => after[at]);
      const there = after.indexOf(id ?? '');
      expect(shown.index).toBe(there === -1 ? moved.index : there);
      expect(shown.index).toBeGreaterThanOrEqual(shown.top);
      expect(shown.index).toBeLessThan(shown.top + shown.height);
    }),
  );
});
