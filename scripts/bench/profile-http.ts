/**
 * Where the server's time goes under a load: `npm run profile:http -- [activation|check-in|read] [--seconds 10]
 * [--top 40]`. The server is bundled as the product is, but with names. The profile itself stays, for the
 * developer tools of a browser.
 */
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundleServer } from './http/bundle-server.ts';
import { readProfile, type Share } from './http/profile.ts';
import { setStage } from './http/stage.ts';
import { runWrk } from './http/wrk.ts';
import { startServer } from './server-process.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string', default: '10' }, top: { type: 'string', default: '40' } },
});

const folder = await mkdtemp(join(tmpdir(), 'licet-profile-'));
const profiles = join(folder, 'profiles');
await mkdir(profiles);
const program = await bundleServer(folder, true);
const server = await startServer(16, ['--cpu-prof', `--cpu-prof-dir=${profiles}`, program]);
const clock = (): number => Number(process.hrtime.bigint() / 1000n);
let from = 0;
let to = 0;
try {
  const stage = await setStage(server, folder);
  const loads = { activation: stage.activation, 'check-in': stage.checkIn, read: stage.read };
  const [kind = 'activation'] = positionals;
  if (!Object.hasOwn(loads, kind)) throw new Error(`There is no load "${kind}".`);
  from = clock();
  const measured = await runWrk(loads[kind as keyof typeof loads], Number(values.seconds));
  to = clock();
  process.stdout.write(
    `${kind}: ${Math.round(measured.requestsPerSecond)} requests a second, ${Math.round(measured.cpu)} µs of processor each\n`,
  );
} finally {
  await server.stop();
}
const { file, functions, groups } = await readProfile(profiles, from, to);
const show = (shares: readonly Share[]): string =>
  shares
    .slice(0, Number(values.top))
    .map(({ name, share }) => `${(share * 100).toFixed(1).padStart(5)}%  ${name}`)
    .join('\n');
process.stdout.write(`${file}\n\n${show(groups)}\n\n${show(functions)}\n`);
