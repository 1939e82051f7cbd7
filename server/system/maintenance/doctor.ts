/** Looks a whole data folder over: its data by the store's doctor, then settings, keys and certificates. */
import { join, sep } from 'node:path';
import { dataVersion } from '../../data-version.ts';
import { diagnose, type Diagnosis } from '../../store/doctor/doctor.ts';
import type { Finding } from '../../store/doctor/finding.ts';
import { repair, type RepairOptions, type Repaired } from '../../store/doctor/repair.ts';
import type { Logger } from '../../usecases/deps.ts';
import { checkKeys, checkOwnTls, checkTlsFile, keyAges, type KeyAges } from '../keys/check-keys.ts';
import { Failure } from '../failure.ts';
import { readSettings, type SettingsSources } from '../settings/settings.ts';

const { schemaVersion } = dataVersion;

export interface DoctorOptions extends SettingsSources {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** The store's diagnosis with what the keys say. */
export interface FolderDiagnosis extends Diagnosis {
  readonly signingKey: KeyAges | undefined;
}

const isClosed = (directory: string, findings: readonly Finding[]): boolean =>
  !findings.some(
    ({ file, remedy }) =>
      remedy?.kind === 'permissions' && `${file}${sep}`.startsWith(join(directory, 'keys') + sep),
  );

const withKeys = async (options: DoctorOptions, data: Diagnosis): Promise<FolderDiagnosis> => {
  const { directory, environment } = options;
  const now = options.now();
  const more: Finding[] = [];
  let signingKey: KeyAges | undefined;
  try {
    const { unlockFile, tls, tlsCert } = await readSettings(options);
    const place = { directory, environment, unlockFile: unlockFile ?? undefined };
    // Keys that others may read are refused: that is said already, with its remedy.
    if (isClosed(directory, data.findings)) {
      const inUse = data.inUseBy !== undefined;
      more.push(...(await checkKeys(place, inUse, now)));
      if (tls) more.push(...(await checkOwnTls(directory, inUse, now)));
      signingKey = await keyAges(directory);
    }
    more.push(...(await checkTlsFile(tlsCert, now)));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const file = options.configFile ?? join(directory, 'licet.json');
    more.push({ severity: 'damage', file, message: error.message, choices: [] });
  }
  const findings = [...data.findings, ...more];
  return {
    ...data,
    signingKey,
    findings,
    ok: findings.every(({ severity }) => severity === 'note'),
  };
};

/**
 * What is wrong with a data folder, where, and what the choices are. Changes nothing.
 * @throws StoreError `not-licet` or `not-writable` for what is no data folder
 */
export const diagnoseFolder = async (options: DoctorOptions): Promise<FolderDiagnosis> =>
  withKeys(options, await diagnose({ ...options, schemaVersion }));

/**
 * Repairs what can be repaired without losing anything, and gives up what was named; `after` is how it looks then.
 * @throws StoreError `in-use` when a server runs on it
 */
export const repairFolder = async (
  options: DoctorOptions & { readonly log: Logger } & Pick<RepairOptions, 'giveUp'>,
): Promise<{ readonly repaired: readonly Repaired[]; readonly after: FolderDiagnosis }> => {
  const { repaired, after } = await repair({ ...options, schemaVersion });
  return { repaired, after: await withKeys(options, after) };
};
