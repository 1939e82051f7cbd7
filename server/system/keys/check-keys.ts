/** The doctor's look at keys and certificates: would they open, and for how long are they good. */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { day, isoDay, year } from '../../../shared/time.ts';
import type { Finding } from '../../store/doctor/finding.ts';
import { Failure } from '../failure.ts';
import { currentEntry, keyPaths, readKeyring, readRevocations } from './keyring.ts';
import { certificateEnd, loadKeys } from './load-keys.ts';
import { hasUnlockSecret, type UnlockPlace } from './unlock.ts';
import { checkAuthority, ownCertificates } from '../tls/own-identity.ts';

const month = 30 * day;
const fortnight = 14 * day;
const week = 7 * day;

/** What the operator is told by a Failure says itself what to do. */
const asFinding = (file: string, error: unknown): Finding => {
  if (!(error instanceof Failure)) throw error;
  return { severity: 'damage', file, message: error.message, choices: [] };
};

/** Whether the unlock secret opens the keys. A service may have it where a shell can't see it. */
const checkUnlock = async (place: UnlockPlace, inUse: boolean): Promise<readonly Finding[]> => {
  const { folder, unlock } = keyPaths(place.directory);
  if (await hasUnlockSecret(place)) {
    try {
      await loadKeys(place);
      await checkAuthority(place);
      return [];
    } catch (error) {
      return [asFinding(folder, error)];
    }
  }
  return [
    {
      severity: inUse ? 'note' : 'warning',
      file: place.unlockFile ?? unlock,
      message: 'The unlock secret is not here, so it was not tried whether the keys open.',
      choices: [
        'If a service has it as a credential, all is well; `licet doctor --unlock-file FILE` tries it.',
        'If it is lost: `licet keys rotate --new-unlock-secret` with the passphrase of the root.',
      ],
    },
  ];
};

const checkEnds = async (place: UnlockPlace, now: number): Promise<readonly Finding[]> => {
  const file = keyPaths(place.directory).keyring;
  const keyring = await readKeyring(place.directory);
  const ends = certificateEnd(keyring, currentEntry(keyring));
  const listEnds = readRevocations(keyring).exp * 1000;
  const choices = ['`licet keys rotate` makes a new one. The server may run meanwhile.'];
  const findings: Finding[] = [];
  if (ends <= now + month) {
    const message =
      ends <= now
        ? `The certificate of the signing key ended on ${isoDay(ends)}: what is signed since then is refused.`
        : `The certificate of the signing key ends on ${isoDay(ends)}: what is signed after that is refused.`;
    findings.push({ severity: 'warning', file, message, choices });
  }
  if (listEnds <= now + month) {
    const message = `A newer list of revoked keys is due by ${isoDay(listEnds)}.`;
    findings.push({ severity: 'note', file, message, choices });
  }
  return findings;
};

export interface KeyAges {
  /** The signing key in use. */
  readonly kid: string;
  /** RFC 3339, both. */
  readonly madeAt: string;
  readonly certifiedUntil: string;
}

/** How old the signing key is, and until when it may sign; undefined where the keys can't say. */
export const keyAges = async (directory: string): Promise<KeyAges | undefined> => {
  try {
    const keyring = await readKeyring(directory);
    const entry = currentEntry(keyring);
    const certifiedUntil = new Date(certificateEnd(keyring, entry)).toISOString();
    return { kid: entry.kid, madeAt: entry.createdAt, certifiedUntil };
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
};

/** Keys and their certificates, as a server would load them. Changes nothing. */
export const checkKeys = async (
  place: UnlockPlace,
  inUse: boolean,
  now: number,
): Promise<readonly Finding[]> => {
  try {
    return [...(await checkUnlock(place, inUse)), ...(await checkEnds(place, now))];
  } catch (error) {
    return [asFinding(keyPaths(place.directory).folder, error)];
  }
};

/** The certificates of `--tls`. The server renews its own by itself, while it runs, but not its authority. */
export const checkOwnTls = async (
  directory: string,
  inUse: boolean,
  now: number,
): Promise<readonly Finding[]> => {
  const findings: Finding[] = [];
  const { authority, server } = await ownCertificates(directory);
  if (authority !== undefined && authority.ends <= now + year) {
    findings.push({
      severity: 'warning',
      file: authority.file,
      message: `The authority of this server's certificate ends on ${isoDay(authority.ends)}; clients have pinned it.`,
      choices: [
        'Move the file away and restart: a new one is made, and clients are asked once more.',
      ],
    });
  }
  if (inUse && server !== undefined && server.ends <= now + week) {
    findings.push({
      severity: 'warning',
      file: server.file,
      message: `The certificate for HTTPS ends on ${isoDay(server.ends)}, and the server that runs has not renewed it.`,
      choices: ["Look into the server's log for why, or restart it: a start renews it too."],
    });
  }
  return findings;
};

/** A certificate for HTTPS that was given as a file; the server renews its own by itself. */
export const checkTlsFile = async (
  file: string | null,
  now: number,
): Promise<readonly Finding[]> => {
  if (file === null) return [];
  const choices = [
    'Put a new certificate there and send the server SIGHUP; or leave the setting "tlsCert" out and use --tls.',
  ];
  try {
    const ends = new X509Certificate(await readFile(file)).validToDate.getTime();
    if (ends > now + fortnight) return [];
    const message = `The certificate for HTTPS ${ends <= now ? 'ended' : 'ends'} on ${isoDay(ends)}.`;
    return [{ severity: 'warning', file, message, choices }];
  } catch {
    const message = 'The certificate for HTTPS is missing, or is none that can be read.';
    return [{ severity: 'damage', file, message, choices }];
  }
};
