/**
 * What a person can do, as data: its fields, who may, what it warns of, and how it runs. Screens, the
 * palette, commands and the plain mode all offer these.
 */
import type { z } from 'zod';
import type { Account, Role } from '../../../shared/api/accounts.ts';
import type { Relation } from '../../../shared/api/licenses.ts';
import { fail, ok } from '../../../shared/result.ts';
import type { Client } from '../api/client.ts';
import type { Answer } from '../api/failure.ts';
import type { Work } from '../api/files.ts';
import type { Editing } from './editing.ts';
import type { Done } from './done.ts';
import { firstMessage, type Field, type FoundField, type TypedField } from './fields.ts';

/** `anyone` needs no session; a list names what one must be to the license. Operators may all of it. */
export type Who = 'anyone' | 'signed-in' | 'operator' | readonly Relation[];

/** What will happen, said before it is done. */
export interface Preview {
  readonly sentences: readonly string[];
  /** Gentler acts to offer first: the same action with other values. */
  readonly gentler: readonly {
    readonly title: string;
    readonly values: Readonly<Record<string, string>>;
  }[];
  /** For `--dry-run --json`. */
  readonly data: unknown;
}

export type Values = Readonly<Record<string, string>>;
type Shape = Readonly<Record<string, TypedField<unknown>>>;
type Parsed<S extends Shape> = {
  readonly [K in keyof S]: S[K] extends FoundField<infer F>
    ? F
    : S[K] extends TypedField<infer T>
      ? T
      : never;
};

export interface Danger<V> {
  /** What the confirming answer is called: "Reset activations". */
  readonly confirm: string;
  readonly preview: (client: Client, values: V) => Promise<Answer<Preview>>;
}

/** An action as front ends see it: texts in, an answer out. */
export interface Action {
  readonly id: string;
  readonly title: string;
  /** What sending the form is called, where the title names no act: "Set the password". */
  readonly send?: string;
  /** One sentence that ends with a full stop. */
  readonly description: string;
  readonly who: Who;
  readonly fields: readonly Field[];
  /** It changes nothing: a section of the screens shows the same. */
  readonly reads?: boolean;
  /** It is for what it gives: a screen shows that on a page, and does not only say it in a line. */
  readonly shows?: boolean;
  /** Its answer has a `url` that signs in: the screens open it in a browser. */
  readonly opensUrl?: boolean;
  /** The screens have a place of their own for it. */
  readonly screen?: 'search' | 'sign-out';
  /** It changes what is there: a field that is emptied is cleared where it can be, else refused. */
  readonly edits?: boolean;
  readonly danger?: Danger<Values>;
  /** What its form starts with, where it changes one's own account. */
  readonly initial?: (account: Account) => Editing;
  /** Asked on screens alone, where one key does it: whoever writes a command means it. */
  readonly slip?: Danger<Values>;
  /** It moves a file: whoever runs it gives `work`, to show how far it is and to stop it. */
  readonly long?: boolean;
  /** Checks all fields and runs; with something wrong it sends nothing and fails with `invalid`. */
  readonly run: (client: Client, values: Values, work?: Work) => Promise<Answer<Done>>;
}

interface Definition<S extends Shape> extends Omit<Action, 'fields' | 'danger' | 'slip' | 'run'> {
  readonly fields: S;
  readonly danger?: Danger<Parsed<S>>;
  readonly slip?: Danger<Parsed<S>>;
  readonly run: (client: Client, values: Parsed<S>, work: Work) => Promise<Answer<Done>>;
}

const sentence = (label: string, message: string): string => `${label} ${message}.`;

const checkOf =
  (field: TypedField<unknown>): Field['check'] =>
  (typed) => {
    if (typed === '' && !field.optional) return sentence(field.label, 'is needed');
    const parsed = field.schema.safeParse(typed);
    return parsed.success ? undefined : sentence(field.label, firstMessage(parsed.error));
  };

const toField = (name: string, field: TypedField<unknown>): Field => {
  const { schema: _, ...rest } = field;
  return { ...rest, name, check: checkOf(field) };
};

const findOf = (field: TypedField<unknown>): FoundField<unknown>['find'] | undefined =>
  'find' in field ? (field as FoundField<unknown>).find : undefined;

/** The values that the fields make; what they name is looked up, one after the other. */
const parse = async <S extends Shape>(
  shape: S,
  values: Values,
  client: Client,
): Promise<Answer<Parsed<S>>> => {
  const parsed: Record<string, unknown> = {};
  const faults: Record<string, string> = {};
  for (const [name, field] of Object.entries(shape)) {
    const typed = values[name] ?? '';
    const fault = checkOf(field)(typed);
    if (fault === undefined) parsed[name] = (field.schema as z.ZodType).parse(typed);
    else faults[name] = fault;
  }
  if (Object.keys(faults).length > 0) return fail({ kind: 'invalid', fields: faults });
  for (const [name, field] of Object.entries(shape)) {
    const named = await findOf(field)?.(client, parsed[name] as never);
    if (named?.ok === false) return named;
    if (named) parsed[name] = named.value;
  }
  return ok(parsed as Parsed<S>);
};

/** Makes an action of its definition; `run` and `preview` get the values that the fields make. */
export const action = <const S extends Shape>(definition: Definition<S>): Action => {
  const { fields, danger, slip, run, ...rest } = definition;
  const asking = ({ confirm, preview }: Danger<Parsed<S>>): Danger<Values> => ({
    confirm,
    preview: async (client, values) => {
      const parsed = await parse(fields, values, client);
      return parsed.ok ? preview(client, parsed.value) : parsed;
    },
  });
  return {
    ...rest,
    fields: Object.entries(fields).map(([name, field]) => toField(name, field)),
    ...(danger ? { danger: asking(danger) } : {}),
    ...(slip ? { slip: asking(slip) } : {}),
    run: async (client, values, work = {}) => {
      const parsed = await parse(fields, values, client);
      return parsed.ok ? run(client, parsed.value, work) : parsed;
    },
  };
};

/** Who asks: null where nobody is signed in, or no license is selected. */
export interface Asker {
  readonly role: Role | null;
  readonly relation: Relation | null;
}

/** Why the asker can't take the action, as a sentence; undefined when it can. */
export const whyNot = ({ who }: Action, asker: Asker): string | undefined => {
  if (who === 'anyone') return undefined;
  if (asker.role === null) return 'Sign in first.';
  if (who === 'signed-in' || asker.role === 'operator') return undefined;
  if (who === 'operator') return 'Only an operator of this server can do this.';
  if (asker.relation !== null && who.includes(asker.relation)) return undefined;
  return who.includes('manager')
    ? 'Only the owner, or a user who may manage this license, can do this.'
    : 'Only the owner of this license can do this.';
};
