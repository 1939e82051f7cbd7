/** What several requests and answers have in common. */
import { z } from 'zod';

/** RFC 3339, UTC. */
export const Timestamp = z.iso
  .datetime()
  .meta({ id: 'Timestamp', example: '2026-11-24T09:30:00.000Z' });

/**
 * Which state of something a form was filled from: it changes with each edit. Compare it for being the
 * same, and send it as If-Match, in quotes.
 */
export const Version = z.string().meta({ id: 'Version', example: '3-mhx9k2q0' });

/** What a `changed-meanwhile` problem says beside the rest. */
export interface ChangedMeanwhile {
  /** RFC 3339, UTC. */
  readonly changedAt: string;
  /** The name of who changed it last; null where nobody knows. */
  readonly changedBy: string | null;
  /** The version that there is now. */
  readonly version: string;
  /** What was to be changed, as it is now. */
  readonly current: unknown;
}

/** An e-mail address, folded to lower case: addresses compare so everywhere. */
export const Email = z
  .string()
  .trim()
  .max(254)
  .transform((text) => text.normalize('NFC').toLowerCase())
  .pipe(z.email({ error: 'is not an e-mail address, such as ana@example.com' }));

/** Text that a person reads in one line: no control characters, so that it draws as one inert row. */
export const line = (max: number): z.ZodType<string, string> =>
  z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(max)
    .refine((text) => !/\p{Cc}/u.test(text), 'must not contain control characters');

/** Text that may be empty: an empty one is null. */
export const optionalLine = (max: number): z.ZodType<string | null, string | null> =>
  z
    .union([line(max), z.literal('').transform(() => null), z.null()])
    .transform((text) => text ?? null);

const leastPassword = 15;
const tooShort = `needs ${leastPassword} characters or more`;

/** The least length is in code points (NIST SP 800-63B-4, 3.1.1.2); the whole is hashed, nothing is cut. */
export const NewPassword = z
  .string()
  .min(leastPassword, tooShort)
  .max(1024, 'has more than 1024 characters')
  // A string counts in UTF-16: an emoji is two there. What is shorter even so was refused above.
  .refine(
    (text) => text.length < leastPassword || Array.from(text).length >= leastPassword,
    tooShort,
  );

/** SHA-256 of what identifies the machine, as 64 hex digits. */
export const Fingerprint = z
  .string()
  .regex(/^[0-9a-f]{64}$/iu, 'must be 64 hex digits')
  .transform((text) => text.toLowerCase())
  .meta({ id: 'Fingerprint' });

/** Named permissions that a product asks for: flags, numbers, texts. */
export const Entitlements = z
  .record(
    z.string().regex(/^[a-z][a-z0-9_.-]{0,63}$/iu, 'is not a name such as "exports"'),
    z.union([z.boolean(), z.number(), z.string().max(200)]),
  )
  .refine((all) => Object.keys(all).length <= 64, 'has more than 64 entitlements')
  .meta({ id: 'Entitlements' });
export type Entitlements = z.infer<typeof Entitlements>;

export const LicenseType = z
  .enum(['perpetual', 'subscription', 'trial'])
  .meta({ id: 'LicenseType' });
export type LicenseType = z.infer<typeof LicenseType>;

/** The query of a list: pages by cursor. */
export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: z.string().max(200).optional(),
});
export type PageQuery = z.infer<typeof PageQuery>;

/** One page of a list; `nextCursor` is null on the last. */
export const pageOf = <T extends z.ZodType>(item: T, id: string) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() }).meta({ id });

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

/** A one-time code to hand over, and until when it works. */
export const OneTimeCode = z
  .object({ code: z.string(), expiresAt: Timestamp })
  .meta({ id: 'OneTimeCode' });
export type OneTimeCode = z.infer<typeof OneTimeCode>;
