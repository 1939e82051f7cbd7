/** How a machine's last sign of life looks. */
import type { Tone } from '../theme.ts';

const day = 86_400_000;

/** Good while the lease lasts, soon when unseen for a day, bad for a week: probably gone. */
export const seenTone = (lastSeenAt: string | null, now: number): Tone => {
  if (lastSeenAt === null) return 'dim';
  const age = now - Date.parse(lastSeenAt);
  return age < day ? 'good' : age < 7 * day ? 'soon' : 'bad';
};
