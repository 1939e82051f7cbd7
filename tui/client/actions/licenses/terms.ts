/** Terms of licenses as people type them: ends, seats, entitlements, and what new licenses start with. */
import { z } from 'zod';
import { Entitlements } from '../../../../shared/api/common.ts';
import type { Policy, Template } from '../../../../shared/api/licenses.ts';
import { counted } from '../done.ts';
import { clearable, edited, type Change, type Clearable } from '../clearable.ts';
import { choice, optional, text, wholeNumber } from '../fields.ts';

/** `never`, a date (its end in UTC), or a time, as RFC 3339 or null. */
export const Expiry = z
  .string()
  .trim()
  .transform((typed, context) => {
    if (typed.toLowerCase() === 'never') return null;
    if (z.iso.date().safeParse(typed).success) return `${typed}T23:59:59.000Z`;
    if (z.iso.datetime({ offset: true }).safeParse(typed).success)
      return new Date(typed).toISOString();
    context.addIssue({
      code: 'custom',
      message: 'must be a date such as 2027-12-31, a time in RFC 3339, or never',
    });
    return z.NEVER;
  });

/** `unlimited`, or a number of machines. */
export const Seats = z.string().transform((typed, context) => {
  if (typed.trim().toLowerCase() === 'unlimited') return null;
  const parsed = wholeNumber(1, 1_000_000).safeParse(typed);
  if (parsed.success) return parsed.data;
  context.addIssue({ code: 'custom', message: 'must be a number of machines, or unlimited' });
  return z.NEVER;
});

/** What does not fit the short form, or JSON that is none. */
const readJson = (typed: string): unknown => {
  try {
    return JSON.parse(typed);
  } catch {
    return undefined;
  }
};

/** `exports, users=25, tier=gold`: a name alone is a flag that is set; a dash is none at all; or JSON. */
export const EntitlementList = z.string().transform((typed, context) => {
  if (typed.trim() === '-') return {};
  const pairs = typed
    .split(/[,\n]/u)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part): [string, boolean | number | string] => {
      // Only the first sign of equality is one: "tier=a=b" is a tier called "a=b".
      const [, name = part, value] = /^([^=]*?)\s*=\s*(.*)$/su.exec(part) ?? [];
      if (value === undefined || value === 'true') return [name, true];
      if (value === 'false') return [name, false];
      return [name, /^-?\d+(?:\.\d+)?$/u.test(value) ? Number(value) : value];
    });
  const json = typed.trimStart().startsWith('{');
  const parsed = Entitlements.safeParse(json ? readJson(typed) : Object.fromEntries(pairs));
  if (parsed.success) return parsed.data;
  context.addIssue({ code: 'custom', message: 'must be a list such as exports, users=25' });
  return z.NEVER;
});

/** The same as text, so that reading it gives the same again. */
export const entitlementText = (entitlements: Entitlements): string => {
  const entries = Object.entries(entitlements);
  // What the short form can't say exactly goes as JSON.
  const hard = entries.some(
    ([, value]) => typeof value === 'string' && !/^(?!(?:true|false)$)[a-z][\w.-]*$/iu.test(value),
  );
  if (hard) return JSON.stringify(entitlements);
  return entries
    .map(([name, value]) => (value === true ? name : `${name}=${String(value)}`))
    .join(', ');
};

/** Leaves out what was not given: an absent member means "as it is". */
export const given = <T extends object>(
  values: T,
): { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
} => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;

/** `unlimited`, or how many resets a year. */
export const Resets = z.string().transform((typed, context) => {
  if (typed.trim().toLowerCase() === 'unlimited') return null;
  const parsed = wholeNumber(0, 1000).safeParse(typed);
  if (parsed.success) return parsed.data;
  context.addIssue({ code: 'custom', message: 'must be a number of resets, or unlimited' });
  return z.NEVER;
});

const number = (min: number, max: number, label: string, hint: string) =>
  optional(text(wholeNumber(min, max), { label, hint }));

export const typeField = optional(
  choice(
    [
      { value: 'perpetual', label: 'Perpetual' },
      { value: 'subscription', label: 'Subscription' },
      { value: 'trial', label: 'Trial' },
    ],
    { label: 'Type', unset: 'as the product says' },
  ),
);
export const seatsField = text(Seats, {
  label: 'Activations',
  hint: 'How many machines, or unlimited.',
});
export const entitlementsField = optional(
  text(EntitlementList, {
    label: 'Entitlements',
    hint: 'Such as: exports, users=25. A dash (-) is none.',
    clears: true,
  }),
);
export const graceField = optional(
  text(wholeNumber(0, 365), { label: 'Grace days', hint: 'Days for which it works past its end.' }),
);

/** How a license behaves, once it is there. */
export const policyFields = {
  seats: optional(
    choice(
      [
        { value: 'bound', label: 'Bound to the machine until it is released' },
        { value: 'floating', label: 'Floating: held until the last check-in plus the lease' },
      ],
      {
        label: 'Seats',
        hint: 'Bound to a machine, or floating between machines.',
        unset: 'as the product says',
      },
    ),
  ),
  leaseHours: number(1, 8760, 'Lease hours', 'How long a machine runs without a check-in.'),
  checkInMinutes: number(1, 525_600, 'Check-in minutes', 'How often machines check in.'),
  resetsPerYear: optional(
    text(Resets, { label: 'Resets a year', hint: 'How many owners may make, or unlimited.' }),
  ),
  offlineDays: number(1, 3650, 'Offline days', 'The longest life of an offline key.'),
};

/** What new licenses of a product start with. */
export const templateFields = {
  type: { ...typeField, unset: 'subscription' },
  maxActivations: optional(seatsField),
  days: number(1, 3650, 'Days', 'How long a new subscription or trial lasts.'),
  graceDays: graceField,
  ...policyFields,
  seats: { ...policyFields.seats, unset: 'bound to the machine until it is released' },
  entitlements: entitlementsField,
};

/** The same where there is a template already. */
export const templateChangeFields = clearable(templateFields);

/** A template in words: "subscription, 3 activations, 365 days, floating"; `the defaults` for an empty one. */
export const templateText = (template: Template): string => {
  const { type, maxActivations, days, graceDays, floating, leaseHours, checkInMinutes } = template;
  const { resetsPerYear, offlineDays, entitlements = {} } = template;
  const named = entitlementText(entitlements);
  const parts = [
    type,
    maxActivations === null
      ? 'unlimited activations'
      : maxActivations && counted(maxActivations, 'activation'),
    days && counted(days, 'day'),
    graceDays && `${counted(graceDays, 'day')} of grace`,
    floating === true && 'floating',
    leaseHours && `lease ${leaseHours} h`,
    checkInMinutes && `check-in ${checkInMinutes} min`,
    typeof resetsPerYear === 'number' && `${counted(resetsPerYear, 'reset')} a year`,
    offlineDays && `offline ${counted(offlineDays, 'day')}`,
    named !== '' && `with ${named}`,
  ];
  return parts.filter((part) => typeof part === 'string').join(', ') || 'the defaults';
};

type ValuesOf<F extends Readonly<Record<string, { readonly schema: z.ZodType }>>> = {
  readonly [K in keyof F]?: z.output<F[K]['schema']>;
};

const isFloating = <C>(seats: 'bound' | 'floating' | C): boolean | C =>
  seats === 'floating' ? true : seats === 'bound' ? false : seats;

/** The members of a policy that these fields make; what was left empty is not in it. */
export const policyOf = ({ seats, ...values }: ValuesOf<typeof policyFields>): Partial<Policy> =>
  given({ ...values, floating: isFloating(seats) });

type TemplateValues = ValuesOf<typeof templateFields>;

/** The members of a template among the values of these fields and others. */
const membersOf = (values: Clearable<TemplateValues>): Change<Template> => ({
  type: values.type,
  maxActivations: values.maxActivations,
  days: values.days,
  graceDays: values.graceDays,
  floating: isFloating(values.seats),
  leaseHours: values.leaseHours,
  checkInMinutes: values.checkInMinutes,
  resetsPerYear: values.resetsPerYear,
  offlineDays: values.offlineDays,
  entitlements: values.entitlements,
});

/** A template as these fields change it: what they clear is not in it any more. */
export const changedTemplate = (before: Template, values: Clearable<TemplateValues>): Template =>
  edited(before, membersOf(values));

/** The template that these fields, of whatever others there are, make; what was left empty is not in it. */
export const templateOf = (values: TemplateValues): Template => changedTemplate({}, values);
