/** A machine with systemd for a minute: commands run one after the other in a system that was just booted. */
import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

export interface Step {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const script = path.join(import.meta.dirname, 'boot-system.sh');

/** What the script mounts, tried out. */
const trial = `mount --make-rprivate / && mount -t tmpfs trial /mnt && cd /mnt && mkdir up work root groups &&
mount -t overlay -o lowerdir=/,upperdir=up,workdir=work trial root && mount -t cgroup2 trial groups`;

/** Whether this machine lets us: root, with systemd installed, and namespaces that may mount. */
export const canBoot =
  process.getuid?.() === 0 &&
  existsSync('/lib/systemd/systemd') &&
  spawnSync('unshare', ['--mount', '--cgroup', '--pid', '--fork', 'sh', '-c', trial]).status === 0;

/** Each command with its output in files of its own. */
const scriptOf = (steps: Readonly<Record<string, string>>): string =>
  Object.entries(steps)
    .map(
      ([name, command]) =>
        `{ ${command}\n} > /out/${name}.stdout 2> /out/${name}.stderr; echo $? > /out/${name}.code\n`,
    )
    .join('');

/**
 * Boots systemd with the executable as /usr/local/bin/licet and runs the commands (bash), by name.
 * @throws when it did not boot, or the commands took more than five minutes
 */
export const inBootedSystem = async <Name extends string>(
  executable: string,
  steps: Readonly<Record<Name, string>>,
): Promise<Readonly<Record<Name, Step>>> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'licet-booted-'));
  try {
    const commands = path.join(folder, 'commands');
    await writeFile(commands, scriptOf(steps));
    await promisify(execFile)(
      'unshare',
      ['--mount', script, 'boot', commands, executable, folder],
      {
        timeout: 300_000,
        killSignal: 'SIGTERM',
      },
    );
    const read = (name: string, part: string): Promise<string> =>
      readFile(path.join(folder, `${name}.${part}`), 'utf8');
    const ran = await Promise.all(
      Object.keys(steps).map(async (name) => [
        name,
        {
          code: Number(await read(name, 'code')),
          stdout: await read(name, 'stdout'),
          stderr: await read(name, 'stderr'),
        },
      ]),
    );
    // Made from the entries of `steps`, so it has their names.
    return Object.fromEntries(ran) as Record<Name, Step>;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
