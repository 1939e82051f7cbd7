import { expect, test } from 'vitest';
import { createWorkQueue } from '../../../server/usecases/work-queue.ts';

/** Work that ends when it is told to. */
const open = () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { work: () => promise, end: resolve };
};

test('work runs two at a time, in order, and what finds no room is refused at once', async () => {
  const queue = createWorkQueue({ atOnce: 2, waiting: 1, longestWait: 60_000 });
  const order: number[] = [];
  const held = [open(), open(), open()];
  const runs = held.map(({ work }, index) =>
    queue.run(async () => {
      order.push(index);
      await work();
    }),
  );
  expect((await queue.run(async () => undefined)).ok).toBe(false);
  await expect.poll(() => order).toEqual([0, 1]);
  held[1]?.end();
  await runs[1];
  await expect.poll(() => order).toEqual([0, 1, 2]);
  const last = queue.run(async () => undefined);
  for (const { end } of held) end();
  expect((await Promise.all([...runs, last])).map(({ ok }) => ok)).toEqual([
    true,
    true,
    true,
    true,
  ]);
});

test('after slow work fewer may wait, so that nobody waits too long', async () => {
  const queue = createWorkQueue({ atOnce: 1, waiting: 100, longestWait: 100 });
  await queue.run(() => new Promise((resolve) => setTimeout(resolve, 60)));
  const held = open();
  const first = queue.run(held.work);
  const second = queue.run(async () => undefined);
  const third = await queue.run(async () => undefined);
  expect(!third.ok && third.error.wait).toBeGreaterThan(100);
  held.end();
  expect((await Promise.all([first, second])).map(({ ok }) => ok)).toEqual([true, true]);
});

test('work that fails makes room like any other', async () => {
  const queue = createWorkQueue({ atOnce: 1, waiting: 0, longestWait: 100 });
  await expect(queue.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await queue.run(async () => 'yes')).toEqual({ ok: true, value: 'yes' });
});

test('they take turns: who comes with one waits for one of each, not for all of somebody else', async () => {
  const queue = createWorkQueue({ atOnce: 1, waiting: 100, longestWait: 60_000 });
  const gate = open();
  const order: string[] = [];
  const add = (whose: string) => queue.run(async () => void order.push(whose), whose);
  const all = [
    queue.run(gate.work, 'one'),
    ...['one', 'one', 'one', 'two', 'two', 'three'].map((whose) => add(whose)),
  ];
  gate.end();
  await Promise.all(all);
  expect(order).toEqual(['one', 'two', 'three', 'one', 'two', 'one']);
});

test('with no room left, who has most of it gives some up to who has less', async () => {
  const queue = createWorkQueue({ atOnce: 1, waiting: 6, longestWait: 60_000 });
  const gate = open();
  const add = (whose: string) => queue.run(gate.work, whose);
  const first = [add('zero'), ...Array.from({ length: 6 }, () => add('one'))];
  const second = [add('two'), add('two'), add('two'), add('two')];
  const third = add('three');
  gate.end();
  const done = async (all: readonly ReturnType<typeof add>[]) =>
    (await Promise.all(all)).filter(({ ok }) => ok).length;
  // Of the six that wait, two are the first’s, three the second’s and one is the third’s.
  expect([await done(first), await done(second), await done([third])]).toEqual([1 + 2, 3, 1]);
});
