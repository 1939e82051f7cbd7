/** `npm run -s licet -- ARGS`: builds what is out of date, then runs the program in this process. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const build = fileURLToPath(new URL('./build.ts', import.meta.url));
const { status } = spawnSync(process.execPath, [build, '--if-stale'], { stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);
const program = new URL('../dist/licet.js', import.meta.url);
process.argv[1] = fileURLToPath(program);
await import(program.href);
