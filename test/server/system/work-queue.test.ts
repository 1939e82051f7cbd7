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
  expect(queue.run(async () => undefined)).toBeUndefined();
  await expect.poll(() => order).toEqual([0, 1]);
  held[1]?.end();
  await runs[1];
  await expect.poll(() => order).toEqual([0, 1, 2]);
  expect(queue.run(async () => undefined)).toBeDefined();
  for (const { end } of held) end();
  for (const run of runs) await run;
});

test('after slow work fewer may wait, so that nobody waits too long', async () => {
  const queue = createWorkQueue({ atOnce: 1, waiting: 100, longestWait: 100 });
  await queue.run(() => new Promise((resolve) => setTimeout(resolve, 60)));
  const held = open();
  const first = queue.run(held.work);
  expect(queue.wait()).toBeGreaterThan(50);
  const second = queue.run(async () => undefined);
  expect(second).toBeDefined();
  expect(queue.run(async () => undefined)).toBeUndefined();
  held.end();
  await Promise.all([first, second]);
});

test('work that fails makes room like any other', async () => {
  const queue = createWorkQueue({ atOnce: 1, waiting: 0, longestWait: 100 });
  await expect(queue.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await queue.run(async () => 'yes')).toBe('yes');
});

test('nobody takes more than their share of the room, and gets it back', async () => {
  const queue = createWorkQueue({ atOnce: 1, waiting: 8, longestWait: 60_000, share: 0.5 });
  const gate = Promise.withResolvers<void>();
  const hold = (whose: string) => queue.run(() => gate.promise, whose);
  const first = Array.from({ length: 6 }, () => hold('one'));
  expect(first.map((work) => work !== undefined)).toEqual([true, true, true, true, false, false]);
  const second = [hold('two'), hold('two')];
  expect(second).not.toContain(undefined);
  gate.resolve();
  await Promise.all([...first, ...second]);
  expect(hold('one')).toBeDefined();
});
