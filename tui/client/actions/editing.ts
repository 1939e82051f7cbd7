/** What the form that changes something starts with, and how it starts again once somebody else changed that. */
import type { z } from 'zod';
import type { ChangedMeanwhile } from '../../../shared/api/common.ts';
import type { Failure } from '../api/failure.ts';

type Texts = Readonly<Record<string, string>>;

/** One state of what is changed, as texts of the action's fields. */
export interface Editing {
  readonly values: Texts;
  /** Which state that is: a change is meant for it and no other. */
  readonly version: string;
  /** The same of what it is now, as a `changed-meanwhile` problem gives it. */
  readonly now: (current: unknown) => Editing | undefined;
}

/** How something is edited: the schema of the API, and its values as texts of fields. */
export const editingOf = <T extends { readonly version: string }>(
  schema: z.ZodType<T>,
  valuesOf: (thing: T) => Texts,
): ((thing: T) => Editing) => {
  const begin = (thing: T): Editing => ({
    values: valuesOf(thing),
    version: thing.version,
    now: (current) => {
      const parsed = schema.safeParse(current);
      return parsed.success ? begin(parsed.data) : undefined;
    },
  });
  return begin;
};

/** Somebody else's change that came first. */
export interface Conflict {
  /** Who made it, where that is known. */
  readonly by: string | null;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly theirs: Editing;
}

/** The conflict that a failure tells of; undefined for any other failure. */
export const conflictOf = (
  failure: Failure,
  editing: Editing | undefined,
): Conflict | undefined => {
  if (failure.kind !== 'problem' || failure.problem.code !== 'changed-meanwhile') return undefined;
  const { changedBy, changedAt, current } = failure.problem as Partial<ChangedMeanwhile>;
  const theirs = editing?.now(current);
  return theirs && { by: changedBy ?? null, at: Date.parse(changedAt ?? ''), theirs };
};
