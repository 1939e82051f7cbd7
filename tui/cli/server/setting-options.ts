/** An option for each setting of a server, for the commands that take them. */
import { Option } from 'commander';

/** What an option needs to know of a setting. */
interface Setting {
  readonly flag: string;
  readonly about: string;
  readonly schema: { safeParse(value: unknown): { readonly success: boolean } };
}

/** Where a setting is true or false, the flag alone says true; `--tls false` goes before a file that says true. */
const optionOf = ({ flag, about, schema }: Setting): Option =>
  schema.safeParse(true).success
    ? new Option(`${flag} [value]`, about).preset('true')
    : new Option(`${flag} <value>`, about);

export interface SettingOptions {
  readonly options: readonly Option[];
  /** What the command line gave, by the names of the settings. */
  readonly flagsIn: (given: Readonly<Record<string, unknown>>) => Record<string, unknown>;
}

/** The options, from the one table of settings. */
export const settingOptions = async (): Promise<SettingOptions> => {
  const { settingsTable } = await import('../../../server/system/settings/settings-table.ts');
  const settings = Object.entries<Setting>(settingsTable).map(([name, setting]) => ({
    name,
    option: optionOf(setting),
  }));
  return {
    options: settings.map(({ option }) => option),
    flagsIn: (given) =>
      Object.fromEntries(settings.map(({ name, option }) => [name, given[option.attributeName()]])),
  };
};
