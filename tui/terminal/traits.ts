/** What a terminal can show, read from the environment that its session brought along. */
export interface Traits {
  /** False with NO_COLOR (any value but the empty one, no-color.org) and on TERM=dumb. */
  readonly color: boolean;
  /** False where the locale names another encoding than UTF-8, as LC_ALL=C does. */
  readonly unicode: boolean;
}

/** The values are the session's, never `process.env`: one process may serve many terminals. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Decides from the environment alone: chalk ignores NO_COLOR. */
export const readTraits = (env: Environment): Traits => ({
  color: (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb' && env['FORCE_COLOR'] !== '0',
  unicode: hasUnicode(env),
});

/** The first that is set decides (POSIX, 8.2); where none is, terminals of today have Unicode. */
const hasUnicode = (env: Environment): boolean => {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  return locale === '' || /utf-?8/iu.test(locale);
};

/** True for terminals that can't place a cursor, and for people to whom a screen reader reads lines. */
export const prefersPlain = (env: Environment): boolean =>
  env['TERM'] === 'dumb' || env['INK_SCREEN_READER'] === 'true';
