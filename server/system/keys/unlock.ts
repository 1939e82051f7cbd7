/** The unlock secret: what decrypts the signing key when the server starts, and where it lies. */
import { randomBytes } from 'node:crypto';
import { readFile, realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { Failure } from '../failure.ts';
import { keyPaths } from './keyring.ts';
import { readPrivateFile, writePrivateFile } from './private-files.ts';

export interface UnlockPlace {
  /** The data folder. */
  readonly directory: string;
  /** `--unlock-file`. */
  readonly unlockFile?: string | undefined;
  /** For LICET_UNLOCK_FILE and CREDENTIALS_DIRECTORY. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
}

/** Fewer characters can't hold the entropy that is needed; ours have 43. */
const shortest = 32;

/** Whether there is something; what can't be looked at is there, and whoever reads it says why not. */
const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  );

interface Found {
  readonly path: string;
  /** systemd guards its credentials by ACLs, which show as a mode open to the group. */
  readonly guarded: boolean;
}

/** Without links, as far as it exists. */
const realPath = async (path: string): Promise<string> => {
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(await realPath(parent), relative(parent, path));
  }
};

/** A backup has all of the data folder but DATA/keys/unlock, so the secret may lie nowhere else in it. */
const checkOutside = async (directory: string, named: string): Promise<void> => {
  const place = keyPaths(directory).unlock;
  const [path, data, own] = await Promise.all([
    realPath(resolve(named)),
    realPath(resolve(directory)),
    realPath(resolve(place)),
  ]);
  const within = relative(data, path);
  if (path === own || within.startsWith('..') || isAbsolute(within)) return;
  throw new Failure(
    'keys',
    `The unlock secret may not lie in ${named}: backups have all that is in the data folder, and would give it away. Move it to a place outside, or to ${place}, which backups leave out.`,
  );
};

/** The file that holds the secret: by flag, by environment, by systemd's credentials, else in the keys folder. */
const findPlace = async ({
  directory,
  unlockFile,
  environment = {},
}: UnlockPlace): Promise<Found> => {
  const named = unlockFile ?? environment['LICET_UNLOCK_FILE'];
  if (named !== undefined && named !== '') {
    await checkOutside(directory, named);
    return { path: named, guarded: false };
  }
  const credentials = environment['CREDENTIALS_DIRECTORY'];
  if (credentials !== undefined && credentials !== '') {
    const path = join(credentials, 'unlock');
    if (await exists(path)) return { path, guarded: true };
  }
  return { path: keyPaths(directory).unlock, guarded: false };
};

const check = (path: string, text: string): string => {
  const secret = text.replace(/\r?\n$/u, '');
  if (secret.length >= shortest) return secret;
  throw new Failure(
    'keys',
    `The unlock secret in ${path} has ${secret.length} characters and needs ${shortest} or more. Make one with "openssl rand -base64 33".`,
  );
};

const ofUnit = 'the file that LoadCredential= of its unit names (/etc/licet/unlock, as installed)';

/** The text of a credential that systemd gave. @throws Failure `keys` when it can't be read, or is empty */
const readCredential = async (path: string): Promise<string> => {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new Failure(
      'keys',
      `The credential “unlock” of systemd is at ${path}, and can't be read (${why}): systemd gives it to the user of the service alone. Run this as that user, and look at ${ofUnit}.`,
      { cause: error },
    );
  }
  if (text.trim() !== '') return text;
  throw new Failure(
    'keys',
    `The credential “unlock” of systemd is at ${path}, and is empty. Put the unlock secret into ${ofUnit}. If it is lost, remove that line, and run "licet keys rotate --new-unlock-secret" with the root's passphrase.`,
  );
};

const readText = ({ path, guarded }: Found): Promise<string | undefined> =>
  guarded ? readCredential(path) : readPrivateFile(path);

/**
 * Reads the unlock secret.
 * @throws Failure `keys` when it is missing, too short or readable by others
 */
export const readUnlockSecret = async (place: UnlockPlace): Promise<string> => {
  const found = await findPlace(place);
  const { path } = found;
  const text = await readText(found);
  if (text !== undefined) return check(path, text);
  const given = place.environment?.['CREDENTIALS_DIRECTORY']
    ? ', and systemd gave no credential “unlock”'
    : '';
  throw new Failure(
    'keys',
    `The unlock secret is not at ${path}${given}. Put it there, name its file with --unlock-file or LICET_UNLOCK_FILE, or, if it is lost, run "licet keys rotate --new-unlock-secret" with the root's passphrase.`,
  );
};

/** Takes the secret that is already at its place, or makes one there. Gives the secret and its path. */
export const ensureUnlockSecret = async (
  place: UnlockPlace,
): Promise<{ readonly secret: string; readonly path: string }> => {
  const found = await findPlace(place);
  const { path } = found;
  const text = await readText(found);
  if (text !== undefined) return { secret: check(path, text), path };
  const secret = randomBytes(32).toString('base64url');
  await writePrivateFile(path, `${secret}\n`);
  return { secret, path };
};

/** Whether there is something where the unlock secret belongs. */
export const hasUnlockSecret = async (place: UnlockPlace): Promise<boolean> =>
  exists((await findPlace(place)).path);
