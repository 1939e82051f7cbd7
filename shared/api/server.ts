/** What the server says of itself, its journal and its events. */
import { z } from 'zod';
import { pageOf, Timestamp } from './common.ts';

export const Support = z
  .object({
    contact: z.string().nullable(),
    links: z.array(z.object({ title: z.string(), url: z.string() })),
  })
  .meta({ id: 'Support' });
export type Support = z.infer<typeof Support>;

export const ServerInfo = z
  .object({
    name: z.string(),
    version: z.string(),
    /** The id in every statement's `iss`. */
    issuer: z.string(),
    state: z.enum(['ready', 'full', 'read-only']),
    reason: z.string().nullable(),
    support: Support,
    /** Set by `licet demo`: the sign-in explains itself. */
    demo: z.object({ text: z.string() }).nullable(),
    /** When the certificate of the key that signs now ends: from then on nothing can be signed. */
    signingKeyEndsAt: Timestamp,
    now: Timestamp,
  })
  .meta({ id: 'ServerInfo' });
export type ServerInfo = z.infer<typeof ServerInfo>;

export const Readiness = z
  .object({ status: z.enum(['ready', 'full', 'read-only']), reason: z.string().nullable() })
  .meta({ id: 'Readiness' });

/** A journal record as people see it: hashes are left out. */
export const JournalEntry = z
  .object({
    seq: z.number().int(),
    at: Timestamp,
    actor: z.object({ id: z.string(), from: z.string(), label: z.string() }),
    action: z.string(),
    target: z.string(),
    targetLabel: z.string(),
    outcome: z.string(),
    details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  })
  .meta({ id: 'JournalEntry' });
export type JournalEntry = z.infer<typeof JournalEntry>;
export const JournalPage = pageOf(JournalEntry, 'JournalPage');

/** The data of a server-sent event (`event: change`): something that the caller may see is now different. */
export const ChangeEvent = z
  .object({
    seq: z.number().int(),
    at: Timestamp,
    action: z.string(),
    outcome: z.string(),
    licenseId: z.string().nullable(),
    by: z.string(),
  })
  .meta({ id: 'ChangeEvent' });
export type ChangeEvent = z.infer<typeof ChangeEvent>;
