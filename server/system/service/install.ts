/** Makes a server a systemd service, with a user of its own, and takes it away again. */
import { execFile } from 'node:child_process';
import {
  chmod,
  chown,
  lchown,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { checkTransport } from '../settings/check-settings.ts';
import { Failure } from '../failure.ts';
import { keyPaths } from '../keys/keyring.ts';
import { loadKeys } from '../keys/load-keys.ts';
import { readSettings } from '../settings/settings.ts';
import { unitText } from './unit.ts';

const run = promisify(execFile);

export interface ServicePlace {
  /** The root of the system that is changed; `/`, or a folder for an image or a look before. */
  readonly root: string;
}

export interface InstallOptions extends ServicePlace {
  readonly program: readonly string[];
  readonly data: string;
  readonly unlockFile: string;
  readonly user: string;
  readonly listen: string | undefined;
}

export interface ServiceState {
  readonly installed: boolean;
  /** systemd's words, such as active, activating, failed; unknown where systemd does not run. */
  readonly state: string;
  readonly pid: number | null;
}

const unitName = 'licet.service';
const unitFile = 'etc/systemd/system/licet.service';
const usersFile = 'etc/sysusers.d/licet.conf';

const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );

const isLive = ({ root }: ServicePlace): boolean => path.resolve(root) === '/';

/** What ProtectHome and PrivateTmp hide from the service. */
const hidden = ['/home', '/root', '/run/user', '/tmp', '/var/tmp'];

/** What the service could not see where it is now: a sentence for each, with what to do. */
export const hiddenFrom = ({ program, data }: InstallOptions): string[] => {
  const programs = program.map((file) => ({ what: 'The program', file, better: '/usr/local/bin' }));
  const folder = { what: 'The data folder', file: data, better: '/var/lib' };
  return [...programs, folder].flatMap(({ what, file, better }) => {
    const place = hidden.find((one) => file.startsWith(`${one}/`));
    if (place === undefined) return [];
    return `${what} is ${file}, and a service sees nothing below ${place}. Move it, for example below ${better}, before it is installed.`;
  });
};

/** The unit for these options; reads the settings, and refuses those that no server would start with. @throws Failure `setting` */
export const makeUnit = async (options: InstallOptions): Promise<string> => {
  if (!/^[a-z_][a-z0-9_-]{0,30}$/u.test(options.user)) {
    throw new Failure('setting', `"${options.user}" is no name for a user of this system.`);
  }
  const directory = path.join(options.root, options.data);
  const settings = await readSettings({ directory, flags: { listen: options.listen } });
  checkTransport(settings);
  const { port } = settings.listen;
  return unitText({ ...options, lowPort: port > 0 && port < 1024 });
};

/** A secret that a former folder left at its place is not overwritten, and would keep the service from starting. */
const checkFormerSecret = async ({ root, data, unlockFile }: InstallOptions): Promise<void> => {
  const directory = path.join(root, data);
  const former = path.join(root, unlockFile);
  const own = keyPaths(directory).unlock;
  if (!(await exists(former)) || !(await exists(own))) return;
  const opens = (file: string): Promise<boolean> =>
    loadKeys({ directory, unlockFile: file }).then(
      () => true,
      () => false,
    );
  if ((await opens(former)) || !(await opens(own))) return;
  throw new Failure(
    'keys',
    `The unlock secret at ${unlockFile} does not open the keys of ${data}, and the one in that folder does. Move the former away (mv ${unlockFile} ${unlockFile}.old), and install again.`,
  );
};

/** Moves the unlock secret out of the data folder, to where only root and systemd read it. */
const placeUnlockSecret = async ({ root, data, unlockFile }: InstallOptions): Promise<void> => {
  const to = path.join(root, unlockFile);
  const from = keyPaths(path.join(root, data)).unlock;
  if (!(await exists(to))) {
    if (!(await exists(from))) {
      throw new Failure(
        'keys',
        `There is no unlock secret, neither at ${unlockFile} nor in ${data}. Set the server up first: licet init --data ${data} --operator-email E.`,
      );
    }
    await mkdir(path.dirname(to), { recursive: true, mode: 0o700 });
    // Written anew, not renamed: the two may lie on different disks.
    await writeFile(to, await readFile(from), { mode: 0o600, flag: 'wx', flush: true });
    await rm(from);
  }
  await chmod(to, 0o600);
};

const idsOf = async (user: string): Promise<{ uid: number; gid: number }> => {
  const id = async (flag: string) => Number((await run('id', [flag, user])).stdout);
  return { uid: await id('-u'), gid: await id('-g') };
};

/** Gives a folder and all in it to a user; links in it are not followed. */
const giveTo = async (folder: string, uid: number, gid: number): Promise<void> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const { parentPath, name } of entries) await lchown(path.join(parentPath, name), uid, gid);
  await chown(folder, uid, gid);
};

const writeWhole = async (file: string, text: string): Promise<void> => {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(`${file}.new`, text, { mode: 0o644 });
  await rename(`${file}.new`, file);
};

/** Before anything is changed, above all the place of the unlock secret. */
const checkPower = async (place: ServicePlace): Promise<void> => {
  if (process.platform !== 'linux') {
    throw new Failure(
      'setting',
      'A service is made for systemd, which only Linux has. Let what starts programs on this system run "licet serve".',
    );
  }
  if (!isLive(place)) return;
  if (process.getuid?.() !== 0) {
    throw new Failure('setting', 'Services are installed by root: run it again with sudo.');
  }
  // As sd_booted(3) finds out.
  if (!(await exists('/run/systemd/system'))) {
    throw new Failure(
      'setting',
      'systemd does not run on this machine. Let what starts programs here run "licet serve", or write the service into another system with --root.',
    );
  }
};

/**
 * Installs and starts the service. Below another root only files are written: nothing is started.
 * @throws Failure which names what is missing; then nothing was changed but, at most, the place of the
 * unlock secret
 */
export const installService = async (options: InstallOptions): Promise<void> => {
  await checkPower(options);
  const [unseen] = hiddenFrom(options);
  if (unseen !== undefined) throw new Failure('setting', unseen);
  const unit = await makeUnit(options);
  await checkFormerSecret(options);
  await placeUnlockSecret(options);
  const at = (file: string): string => path.join(options.root, file);
  const { user, data } = options;
  await writeWhole(at(usersFile), `u ${user} - "licet license portal" ${data} -\n`);
  await writeWhole(at(unitFile), unit);
  if (!isLive(options)) return;
  await run('systemd-sysusers', [at(usersFile)]);
  const { uid, gid } = await idsOf(user);
  await giveTo(data, uid, gid);
  await run('systemctl', ['daemon-reload']);
  await run('systemctl', ['enable', unitName]);
  // Waits for the server's word that it answers.
  await run('systemctl', ['restart', unitName]).catch((error: unknown) => {
    throw new Failure(
      'folder',
      'The service is installed and did not start. See why: journalctl -u licet -n 20.',
      { cause: error },
    );
  });
};

/** Stops the service and takes it away. Data, unlock secret and user stay. Gives whether there was one. */
export const uninstallService = async (place: ServicePlace): Promise<boolean> => {
  await checkPower(place);
  const unit = path.join(place.root, unitFile);
  if (!(await exists(unit))) return false;
  if (isLive(place)) await run('systemctl', ['disable', '--now', unitName]);
  await rm(unit);
  await rm(path.join(place.root, usersFile), { force: true });
  if (isLive(place)) await run('systemctl', ['daemon-reload']);
  return true;
};

/** What systemd says of the service. */
export const serviceState = async (place: ServicePlace): Promise<ServiceState> => {
  const installed = await exists(path.join(place.root, unitFile));
  const unknown = { installed, state: 'unknown', pid: null };
  if (!isLive(place)) return unknown;
  const question = ['show', unitName, '--property=ActiveState', '--property=MainPID'];
  const shown = await run('systemctl', question).catch(() => undefined);
  if (shown === undefined) return unknown;
  const value = (name: string): string =>
    new RegExp(`^${name}=(.*)$`, 'mu').exec(shown.stdout)?.[1] ?? '';
  const pid = Number(value('MainPID'));
  return { installed, state: value('ActiveState') || 'unknown', pid: pid === 0 ? null : pid };
};
