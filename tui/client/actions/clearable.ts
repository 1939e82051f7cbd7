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

/** What these fields say but for what they clear. */
export const keptOf = <V extends object>(
  values: V,
): { [K in keyof V]: Exclude<V[K], Cleared> | undefined } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== cleared)) as never;

/** The names of the fields that clear. */
export const clearedBy = (values: object): ReadonlySet<string> =>
  new Set(
    Object.entries(values)
      .filter(([, value]) => value === cleared)
      .map(([name]) => name),
  );
