/** What tells this machine from others: a hash of what its platform calls it, stable over reboots. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { z } from 'zod';
import { sha256, toHex, utf8 } from '../bytes.ts';
import { StateError } from './failure.ts';
import { stateDirOf, type MachineOptions } from './settings.ts';
import { readState, writeState } from './state.ts';

const run = promisify(execFile);
const fingerprintPattern = /^[0-9a-f]{64}$/i;
const machineFile = 'machine-id.json';
const MachineId = z.object({ id: z.string().min(16) });

const firstFile = async (files: readonly string[]): Promise<string | undefined> => {
  for (const file of files) {
    const text = await readFile(file, 'utf8').catch(() => '');
    // An image that is not booted yet says "uninitialized" (machine-id(5)).
    if (/^[0-9a-f]{32}$/.test(text.trim())) return text.trim();
  }
  return undefined;
};

const fromCommand = async (
  command: string,
  args: readonly string[],
  pattern: RegExp,
): Promise<string | undefined> => {
  const { stdout } = await run(command, [...args], { timeout: 10_000 }).catch(() => ({
    stdout: '',
  }));
  return pattern.exec(stdout)?.[1];
};

/** What the platform calls the machine: machine-id(5), IOPlatformUUID, MachineGuid. */
const platformId = (): Promise<string | undefined> => {
  if (process.platform === 'darwin') {
    const args = ['-rd1', '-c', 'IOPlatformExpertDevice'];
    return fromCommand('/usr/sbin/ioreg', args, /"IOPlatformUUID" = "([0-9A-F-]+)"/i);
  }
  if (process.platform === 'win32') {
    const args = ['query', 'HKLM\\SOFTWARE\\Microsoft\\Cryptography', '/v', 'MachineGuid'];
    return fromCommand('reg', args, /MachineGuid\s+REG_SZ\s+([0-9a-f-]+)/i);
  }
  return firstFile(['/etc/machine-id', '/var/lib/dbus/machine-id']);
};

/** An id of our own, for platforms that have none: made once and kept. */
const keptId = async (folder: string): Promise<string> => {
  const kept = await readState(folder, machineFile, MachineId);
  if (kept) return kept.id;
  const id = toHex(crypto.getRandomValues(new Uint8Array(16)));
  await writeState(folder, machineFile, { id });
  return id;
};

/**
 * The fingerprint that was set for this machine; undefined when none was.
 * @throws StateError for one that is not 64 hex digits.
 */
export const setFingerprint = (options: MachineOptions): string | undefined => {
  const set = options.fingerprint ?? process.env['LICET_FINGERPRINT'];
  if (set === undefined || set === '') return undefined;
  if (fingerprintPattern.test(set)) return set.toLowerCase();
  throw new StateError(
    'A fingerprint has 64 hex digits. To make one from any name: printf %s NAME | sha256sum',
  );
};

/** The fingerprint that the platform gives this machine, 64 hex digits. */
export const platformFingerprint = async (options: MachineOptions): Promise<string> => {
  const id = (await platformId()) ?? (await keptId(stateDirOf(options)));
  // A hash, since machine-id(5) asks that the id itself is not shown to others.
  return toHex(sha256(utf8(`licet machine ${id.toLowerCase()}`)));
};
