/** Machines that asked for a seat lately and were refused. */
import { z } from 'zod';
import { Activation } from './activations.ts';
import { Timestamp } from './common.ts';

export const RefusedMachine = z
  .object({
    hostname: z.string(),
    /** When it was refused last. */
    at: Timestamp,
    /** The problem's code, as `activation-limit-exceeded`. */
    code: z.string(),
    /** The e-mail with which it asked, or `license key`. */
    by: z.string(),
  })
  .meta({ id: 'RefusedMachine' });
export type RefusedMachine = z.infer<typeof RefusedMachine>;

/** Why machines are refused: who asked, and who holds the seats. */
export const RefusalReport = z
  .object({
    /** Of the last day, the newest first; one that got a seat since is gone. */
    machines: z.array(RefusedMachine),
    /** Seats held now. */
    used: z.number().int(),
    limit: z.number().int().nullable(),
    /** At most 50: the longest unseen first, then those that offline keys hold. */
    holders: z.array(Activation),
    /** When a seat comes free by itself; null: never. */
    nextFreeAt: Timestamp.nullable(),
  })
  .meta({ id: 'RefusalReport' });
export type RefusalReport = z.infer<typeof RefusalReport>;
