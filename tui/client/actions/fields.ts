/** Fields of actions: what is typed, always as text, and the schema that makes a value of it. */
import { z } from 'zod';
import type { Client } from '../api/client.ts';
import type { Answer } from '../api/failure.ts';
import type { ArmorType } from '../../../shared/statements/armor.ts';
import { Email, NewPassword } from '../../../shared/api/common.ts';

/** What a text field names; screens fill it in from what is selected. */
export type Reference =
  | 'license'
  | 'activation'
  | 'user'
  | 'offline-key'
  | 'account'
  | 'product'
  | 'release';

export interface FieldOptions {
  readonly label: string;
  /** Said below the field, and in the help of commands. */
  readonly hint?: string;
  /** Shown in an empty field. */
  readonly example?: string;
  readonly initial?: string;
  /** Of a choice that may stay open: what it says while nothing is chosen. */
  readonly unset?: string;
  /** A dash (-) clears it, and so does emptying what has a value; without this, that is refused. */
  readonly clears?: boolean;
}

/** A field and what it makes of a text. */
export interface TypedField<T> extends FieldOptions {
  readonly kind: 'text' | 'password' | 'block' | 'choice' | 'toggle';
  readonly choices?: readonly { readonly value: string; readonly label: string }[];
  readonly refers?: Reference;
  /** May stay empty. */
  readonly optional: boolean;
  /** A password that is being chosen: prompts ask for it twice. */
  readonly chosen?: boolean;
  /** A code that may be typed line by line: which one. */
  readonly code?: ArmorType;
  /** The question before the action offers it as a gentler answer: forms leave it out. */
  readonly offered?: boolean;
  /** Not for the command line, where others see it: a code. Passwords are so anyway. */
  readonly secret?: boolean;
  readonly schema: z.ZodType<T, string>;
}

/** A field that names something: the action is given what it finds. */
export type FoundField<F> = TypedField<unknown> & {
  readonly find: (client: Client, value: never) => Promise<Answer<F>>;
};

/** A field whose value is looked up before the action runs. */
export const found = <T, F>(
  field: TypedField<T>,
  find: (client: Client, value: T) => Promise<Answer<F>>,
): FoundField<F> => ({ ...field, find });

/** A field of an action as front ends see it. */
export interface Field extends Omit<TypedField<unknown>, 'schema'> {
  readonly name: string;
  /** A sentence when the text can't be sent, else undefined. */
  readonly check: (text: string) => string | undefined;
}

export const text = <T>(
  schema: z.ZodType<T, string>,
  options: FieldOptions & { readonly refers?: Reference },
): TypedField<T> => ({ ...options, kind: 'text', optional: false, schema });

/** Text of several lines, pasted or from a file. */
export const block = <T>(
  schema: z.ZodType<T, string>,
  options: FieldOptions & { readonly code?: ArmorType },
): TypedField<T> => ({
  ...options,
  kind: 'block',
  optional: false,
  schema,
});

/** May stay empty, and then is `undefined`. */
export const optional = <T>(field: TypedField<T>): TypedField<T | undefined> => ({
  ...field,
  optional: true,
  schema: z.string().transform((typed, context) => {
    if (typed === '') return undefined;
    const parsed = field.schema.safeParse(typed);
    if (parsed.success) return parsed.data;
    context.addIssue({ code: 'custom', message: firstMessage(parsed.error) });
    return z.NEVER;
  }),
});

/** The first thing that is wrong, as the end of a sentence: "is not an e-mail address". */
export const firstMessage = (error: z.ZodError): string =>
  error.issues[0]?.message ?? 'is not valid';

export const choice = <const V extends string>(
  values: readonly { readonly value: V; readonly label: string }[],
  options: FieldOptions,
): TypedField<V> => ({
  ...options,
  kind: 'choice',
  optional: false,
  choices: values,
  schema: z.enum(
    values.map(({ value }) => value) as [V, ...V[]],
    `must be one of: ${values.map(({ value }) => value).join(', ')}`,
  ),
});

const yes = new Set(['yes', 'true', 'on', '1']);
const no = new Set(['no', 'false', 'off', '0', '']);

export const toggle = (options: FieldOptions): TypedField<boolean> => ({
  ...options,
  kind: 'toggle',
  optional: true,
  schema: z
    .string()
    .refine((typed) => yes.has(typed) || no.has(typed), 'must be yes or no')
    .transform((typed) => yes.has(typed)),
});

const needed = z.string().min(1, 'is needed');

/** Any text of one line; it names what the server then looks up. */
export const Named = z.string().trim().min(1, 'is needed').max(300, 'is too long');

export const emailField = (label = 'E-mail', hint?: string): TypedField<string> =>
  text(Email as z.ZodType<string, string>, {
    label,
    example: 'ana@example.com',
    ...(hint === undefined ? {} : { hint }),
  });

/** A password that exists. */
export const passwordField = (label = 'Password'): TypedField<string> => ({
  label,
  kind: 'password',
  optional: false,
  schema: needed.max(1024, 'has more than 1024 characters'),
});

/** A password that is being chosen. */
export const newPasswordField = (label = 'New password'): TypedField<string> => ({
  label,
  kind: 'password',
  chosen: true,
  optional: false,
  hint: '15 characters or more; a sentence of your own works well.',
  schema: NewPassword,
});

/** A whole number within bounds. */
export const wholeNumber = (min: number, max: number): z.ZodType<number, string> =>
  z
    .string()
    .trim()
    .regex(/^\d{1,9}$/u, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(min, `must be ${min} or more`).max(max, `must be ${max} or less`));

/** Which license: by id or name; empty means the only one there is. */
export const licenseField = (): TypedField<string | undefined> =>
  optional(
    text(Named, {
      label: 'License',
      hint: 'Its name or id; not needed where there is only one.',
      refers: 'license',
    }),
  );
