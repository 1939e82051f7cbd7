/** How near the end of a license is, in words that a program can go by. */
import { z } from 'zod';
import { day } from './time.ts';

export const ExpiryNotice = z
  .object({
    /** Which stage: the end within 30, 7 or 1 days, or past it in the grace, in which everything runs. */
    code: z.enum([
      'expires-within-30-days',
      'expires-within-7-days',
      'expires-within-1-day',
      'in-grace',
    ]),
    /** Days until the end, or in grace until all stops; a day that has begun counts. */
    daysLeft: z.number().int().nonnegative(),
  })
  .meta({ id: 'ExpiryNotice' });
export type ExpiryNotice = z.infer<typeof ExpiryNotice>;

/** The stage of a license that ends at `expires` and stops at `stops`; null when the end is far. Milliseconds. */
export const expiryNotice = (expires: number, stops: number, now: number): ExpiryNotice | null => {
  if (now >= expires) {
    return { code: 'in-grace', daysLeft: Math.max(0, Math.ceil((stops - now) / day)) };
  }
  const daysLeft = Math.ceil((expires - now) / day);
  if (daysLeft <= 1) return { code: 'expires-within-1-day', daysLeft };
  if (daysLeft <= 7) return { code: 'expires-within-7-days', daysLeft };
  return daysLeft <= 30 ? { code: 'expires-within-30-days', daysLeft } : null;
};

/** When it ends, as the end of a sentence: `within a day`, `in 12 days`. */
export const inDays = (daysLeft: number): string =>
  daysLeft <= 1 ? 'within a day' : `in ${daysLeft} days`;
