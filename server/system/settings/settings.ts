/** Reads the settings: flags before environment variables before the file before what is usual. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../store/folder/files.ts';
import { Failure } from '../failure.ts';
import {
  settingsTable,
  type ServerSettings,
  type Setting,
  type SettingName,
} from './settings-table.ts';

export interface SettingsSources {
  /** The data folder: its licet.json is read, unless another file is named. */
  readonly directory: string;
  /** `--config`. */
  readonly configFile?: string | undefined;
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  /** What the command line gave, by the names of the table. */
  readonly flags?: Readonly<Partial<Record<SettingName, unknown>>> | undefined;
}

const names = Object.keys(settingsTable) as SettingName[];

const readSettingsFile = async (
  path: string,
  required: boolean,
): Promise<Readonly<Record<string, unknown>>> => {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    if (errorCode(error) === 'ENOENT' && !required) return {};
    const why = error instanceof SyntaxError ? `is not JSON (${error.message})` : 'can’t be read';
    throw new Failure(
      'setting',
      `The settings file ${path} ${why}. Correct it, or name another with --config.`,
      {
        cause: error,
      },
    );
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new Failure('setting', `The settings file ${path} must hold one JSON object, { ... }.`);
  }
  const stranger = Object.keys(json).find((name) => !names.some((known) => known === name));
  if (stranger !== undefined) {
    throw new Failure(
      'setting',
      `${path} has a setting "${stranger}", which does not exist. Settings are: ${names.join(', ')}.`,
    );
  }
  return { ...json };
};

const show = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

interface Given {
  readonly value: unknown;
  readonly from: string;
}

const check = <T>(name: string, setting: Setting<T>, given: Given | undefined): T => {
  if (given === undefined) return setting.initial;
  const parsed = setting.schema.safeParse(given.value);
  if (parsed.success) return parsed.data;
  throw new Failure(
    'setting',
    `The setting "${name}" is "${show(given.value)}" (from ${given.from}), and must be ${setting.allowed}.`,
  );
};

/** Settings, and for each where it is from: a flag, a variable, the file; null for what is usual. */
export interface TracedSettings {
  readonly settings: ServerSettings;
  readonly from: Readonly<Record<SettingName, string | null>>;
}

/**
 * The settings of a server with where each is from.
 * @throws Failure `setting`, which names the setting, its value, where it is from and what is allowed
 */
export const traceSettings = async (sources: SettingsSources): Promise<TracedSettings> => {
  const { directory, configFile, environment = {}, flags = {} } = sources;
  const path = configFile ?? join(directory, 'licet.json');
  const file = await readSettingsFile(path, configFile !== undefined);
  const given = (name: SettingName): Given | undefined => {
    const { variable, flag } = settingsTable[name];
    if (flags[name] !== undefined) return { value: flags[name], from: flag };
    const fromEnvironment = environment[variable];
    if (fromEnvironment !== undefined && fromEnvironment !== '') {
      return { value: fromEnvironment, from: variable };
    }
    return file[name] === undefined ? undefined : { value: file[name], from: path };
  };
  // Each entry is checked by its own row of the table, so the whole has the table's type.
  const settings = Object.fromEntries(
    names.map((name) => [name, check<unknown>(name, settingsTable[name], given(name))]),
  ) as unknown as ServerSettings;
  if ((settings.tlsCert === null) !== (settings.tlsKey === null)) {
    throw new Failure(
      'setting',
      'The settings "tlsCert" and "tlsKey" go together: give both, or neither.',
    );
  }
  const from = Object.fromEntries(names.map((name) => [name, given(name)?.from ?? null]));
  return { settings, from: from as TracedSettings['from'] };
};

/** The settings of a server. @throws Failure `setting`, as above */
export const readSettings = async (sources: SettingsSources): Promise<ServerSettings> =>
  (await traceSettings(sources)).settings;
