/** How a license is used over time. */
import { z } from 'zod';

const Day = z.iso.date().meta({ id: 'Day', example: '2026-11-24' });

/** The days asked for, in UTC; the last thirty unless told, at most 400. */
export const UsageQuery = z.object({ from: Day.optional(), to: Day.optional() });
export type UsageQuery = z.infer<typeof UsageQuery>;

export const UsageDay = z
  .object({
    day: Day,
    /** Seats held at its end (today: now), online and offline. */
    used: z.number().int(),
    /** The most that were held at once. */
    peak: z.number().int(),
    /** Machines that asked for a seat and found none. */
    refused: z.number().int(),
  })
  .meta({ id: 'UsageDay' });
export type UsageDay = z.infer<typeof UsageDay>;

export const Usage = z
  .object({
    licenseId: z.string(),
    name: z.string(),
    maxActivations: z.number().int().nullable(),
    /** One entry for each day, oldest first. */
    days: z.array(UsageDay),
  })
  .meta({ id: 'Usage' });
export type Usage = z.infer<typeof Usage>;
