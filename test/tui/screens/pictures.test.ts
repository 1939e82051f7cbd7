import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';

test('the pictures of the docs show the screens as they are', async () => {
  const child = spawn(process.execPath, ['scripts/screens.ts', '--check'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [said, [code]] = await Promise.all([
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  expect({ said, code }).toEqual({ said: '', code: 0 });
}, 180_000);
