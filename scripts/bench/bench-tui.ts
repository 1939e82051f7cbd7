/**
 * `npm run bench:tui`: how fast the terminal UI is there, and how fast it answers a key with 100,000
 * activations behind the list. Both in real pseudo-terminals, the first frame against a bare Ink
 * program that is bundled alike, in the same run. `--json` prints the numbers alone.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { collections } from '../../server/collections.ts';
import { openStore } from '../../server/store/folder/open-store.ts';
import {
  must,
  operatorEmail,
  password,
  startServer,
} from '../../test/support/server/live-server.ts';
import { openProgram } from '../../test/support/terminal/terminal.ts';
import { makeActivation } from './store/seed.ts';
import { bundling } from '../build.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = path.join(root, 'dist', 'licet.js');
const owner = 'ana@acme.example';

const percentile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
};

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** A bare Ink program, bundled as scripts/build.ts bundles the product. */
const bundleBare = async (folder: string): Promise<string> => {
  const outfile = path.join(folder, 'bare.mjs');
  await build({ ...bundling, entryPoints: ['test/tui/demo/bare.tsx'], outfile, target: 'node26' });
  return outfile;
};

/** Milliseconds from the start of the process to its first frame. */
const firstFrame = async (script: string, env: Readonly<Record<string, string>>) => {
  const began = performance.now();
  const terminal = openProgram(script, [], { env });
  await terminal.waitFor('E-mail', 30_000);
  const took = performance.now() - began;
  await terminal.close();
  return took;
};

/** A license with so many activations, put into the store while the server is stopped. */
const seedActivations = async (directory: string, licenseId: string, count: number) => {
  const store = await openStore({ directory, schema: collections, now: Date.now, log: quiet });
  const began = Date.now() - count;
  for (let from = 0; from < count; from += 5000) {
    await store.transact({ id: 'system', from: 'local' }, async (tx) => {
      for (let n = from; n < Math.min(count, from + 5000); n += 1) {
        tx.activations.put(makeActivation(licenseId, began + n));
      }
      tx.record({ action: 'bench.seed', target: licenseId, outcome: 'ok' });
    });
  }
  await store.close();
};

/** Milliseconds from each key to what it does on the screen. */
const keyToScreen = async (url: string, home: string, keys: number): Promise<number[]> => {
  const terminal = openProgram(program, ['--server', url], {
    columns: 120,
    rows: 40,
    env: { LICET_CONFIG_DIR: home },
  });
  const times: number[] = [];
  try {
    await terminal.waitFor('E-mail', 30_000);
    terminal.type(`${owner}\t${password}\r`);
    await terminal.waitFor('1 License', 30_000);
    terminal.press('2');
    await terminal.waitFor(/1 of 100,000/u, 30_000);
    for (let row = 2; row <= keys + 1; row += 1) {
      const began = performance.now();
      terminal.press('j');
      await terminal.waitFor(` ${row} of 100,000`);
      times.push(performance.now() - began);
    }
  } finally {
    await terminal.close();
  }
  return times;
};

const runs = 9;
const home = await mkdtemp(path.join(tmpdir(), 'licet-bench-'));
const server = await startServer();
try {
  const bare = await bundleBare(home);
  const frames: { bare: number[]; licet: number[] } = { bare: [], licet: [] };
  const env = { LICET_CONFIG_DIR: home, LICET_SERVER: server.url };
  for (let run = 0; run < runs; run += 1) {
    frames.bare.push(await firstFrame(bare, {}));
    frames.licet.push(await firstFrame(program, env));
  }
  const operator = await server.client(operatorEmail);
  await must(operator.createProduct({ id: 'acme', name: 'Acme' }));
  await server.owner(owner, 'Ana Ruiz');
  const { id } = await must(
    operator.createLicense({
      ownerEmail: owner,
      name: 'Prod',
      product: 'acme',
      type: 'perpetual',
      maxActivations: null,
      expiresAt: null,
    }),
  );
  await server.stop();
  await seedActivations(server.directory, id, 100_000);
  await server.start();
  const keys = await keyToScreen(server.url, home, 100);
  const result = {
    firstFrame: { bare: percentile(frames.bare, 0.5), licet: percentile(frames.licet, 0.5) },
    ratio: percentile(frames.licet, 0.5) / percentile(frames.bare, 0.5),
    keyToScreen: { p50: percentile(keys, 0.5), p95: percentile(keys, 0.95) },
  };
  process.stdout.write(
    process.argv.includes('--json')
      ? `${JSON.stringify(result)}\n`
      : [
          `first frame, bare Ink   ${result.firstFrame.bare.toFixed(0)} ms (median of ${runs})`,
          `first frame, licet      ${result.firstFrame.licet.toFixed(0)} ms, ${result.ratio.toFixed(2)} times (required: 1.3)`,
          `key to screen           ${result.keyToScreen.p50.toFixed(1)} ms median, ${result.keyToScreen.p95.toFixed(1)} ms at p95 (required: 50), 100,000 activations`,
          '',
        ].join('\n'),
  );
} finally {
  await server.close();
  await rm(home, { recursive: true, force: true });
}
