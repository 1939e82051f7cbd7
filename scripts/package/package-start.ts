/**
 * What the executable runs first. The program's chunks are assets inside of it; these hooks let import()
 * find them, so that a command loads only what it needs, as from the npm package.
 */
import { createRequire, registerHooks } from 'node:module';
import { readInside } from '../../tui/inside.ts';
import { asksVersion, version } from '../../tui/version.ts';

const inside = 'licet:/';
const start = `${inside}start.js`;

const sourceOf = (url: string): string =>
  url === start
    ? `export const run = () => import('${inside}licet.js');`
    : readInside(url.slice(inside.length));

/** Lets import() find what is inside. */
const findInside = (): void => {
  registerHooks({
    resolve(specifier, context, next) {
      const relative = specifier.startsWith('.') && context.parentURL?.startsWith(inside);
      if (!relative && !specifier.startsWith(inside)) return next(specifier, context);
      const { href } = new URL(specifier, context.parentURL);
      return { url: href, format: 'module', shortCircuit: true };
    },
    load(url, context, next) {
      if (!url.startsWith(inside)) return next(url, context);
      return { format: 'module', source: sourceOf(url), shortCircuit: true };
    },
  });
};

if (asksVersion(process.argv.slice(2))) process.stdout.write(`${version}\n`);
else {
  findInside();
  // In an executable the main script's own import() finds only Node's modules; that of a required
  // module finds all. And a required module may not await at its top level, as the program does.
  const { run } = createRequire(process.execPath)(start) as { run: () => Promise<unknown> };
  void run();
}
