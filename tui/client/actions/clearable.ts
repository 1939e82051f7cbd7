/** Fields for what is there already: each can be cleared, by a dash or by emptying it. */
import { z } from 'zod';
import type { TypedField } from './fields.ts';

/** What a field makes of a dash that clears it. */
export const cleared = Symbol('cleared');
type Cleared = typeof cleared;

/** Values of which each may be cleared instead. */
export type Clearable<V> = { readonly [K in keyof V]: V[K] | Cleared };

type ClearableFields<F> = {
  readonly [K in keyof F]: F[K] extends TypedField<infer T> ? TypedField<T | Cleared> : never;
};

const clearableField = <T>(field: TypedField<T>): TypedField<T | Cleared> => ({
  ...field,
  ...(field.kind === 'choice'
    ? {}
    : { hint: `${field.hint ?? ''} A dash (-) clears it.`.trimStart() }),
  clears: true,
  schema: z.union([z.literal('-').transform((): Cleared => cleared), field.schema]),
});

/** Optional fields for something that is there: each can be cleared, but for those that have a way of their own. */
export const clearable = <F extends Readonly<Record<string, TypedField<unknown>>>>(
  fields: F,
): ClearableFields<F> =>
  Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [
      name,
      field.clears === true ? field : clearableField(field),
    ]),
  ) as ClearableFields<F>;

/** A change of something: members that it doesn't name stay, others are cleared or get a new value. */
export type Change<T> = { readonly [K in keyof T]?: T[K] | Cleared | undefined };

/** What was there as a change leaves it: what is cleared is gone, what is not named stays. */
export const edited = <T extends object>(before: T, change: Change<T>): Partial<T> => {
  const after: Partial<T> = { ...before };
  for (const name in change) {
    const value = change[name];
    if (value === cleared) delete after[name];
    else if (value !== undefined) after[name] = value as T[typeof name];
  }
  return after;
};
