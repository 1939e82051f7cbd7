/** What a terminal can show, read from the environment that its session brought along. */
export interface Traits {
  /** False with NO_COLOR (any value but the empty one, no-color.org) and on TERM=dumb. */
  readonly color: boolean;
}

/** The values are the session's, never `process.env`: one process may serve many terminals. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Decides from the environment alone: chalk ignores NO_COLOR. */
export const readTraits = (env: Environment): Traits => ({
  color: (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb' && env['FORCE_COLOR'] !== '0',
});
