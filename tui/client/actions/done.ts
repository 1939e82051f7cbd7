/** What an action gives when it is done, as data that screens, commands and the plain mode all can show. */

import type { Entitlements } from '../../../shared/api/common.ts';

/** A value in a list: a text, a number, or a point in time, which is shown relative or exact. */
export type Shown = string | number | boolean | null | { readonly time: string | null };

export type Block =
  /** One thing and what is known of it. */
  | {
      readonly kind: 'facts';
      readonly rows: readonly (readonly [label: string, value: Shown])[];
    }
  | {
      readonly kind: 'table';
      readonly columns: readonly string[];
      readonly rows: readonly (readonly Shown[])[];
      /** Said instead of a table without rows: what to do first. */
      readonly empty: string;
    }
  /** To hand over to a person: shown in full, once, for copying. */
  | {
      readonly kind: 'card';
      readonly title: string;
      readonly rows: readonly (readonly [label: string, value: Shown])[];
      readonly note: string;
    }
  /** Text to copy or to save exactly as it is: an offline key, a receipt, a license key. */
  | {
      readonly kind: 'verbatim';
      readonly title: string;
      readonly text: string;
      readonly fileName: string;
      /** Also worth a QR code: it is wanted on another machine. */
      readonly qr?: boolean;
      /** Lines to type: shown with their numbers, by which errors name them. */
      readonly typed?: boolean;
    };

export interface Done {
  /** One sentence: what was done. */
  readonly message: string;
  /** The answer as the API gave it, for `--json`. */
  readonly data?: unknown;
  readonly blocks: readonly Block[];
  /** A secret is among it that is shown only now: a screen lets go of it by an explicit act alone. */
  readonly once?: boolean;
  /** One sentence: what to do next. */
  readonly next?: string | undefined;
  /** Things to look at although it was done. */
  readonly warnings?: readonly string[] | undefined;
}

/** A point in time in a list. */
export const time = (at: string | null): Shown => ({ time: at });

/** A value in words, never empty; `when` says a time, given in milliseconds. */
export const inWords = (value: Shown, when: (at: number) => string): string => {
  if (value === null || value === '') return '-';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value !== 'object') return String(value);
  return value.time === null ? 'never' : when(Date.parse(value.time));
};

/** `exports, users: 25, no reports`; `none` for none. */
export const entitlementWords = (entitlements: Entitlements): string =>
  Object.entries(entitlements)
    .map(([name, value]) =>
      value === true ? name : value === false ? `no ${name}` : `${name}: ${value}`,
    )
    .join(', ') || 'none';

/** `2 of 3`, `2 (unlimited)`. */
export const counterText = (used: number, limit: number | null): string =>
  limit === null ? `${used} (unlimited)` : `${used} of ${limit}`;

/** `1 machine`, `3 machines`. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;
