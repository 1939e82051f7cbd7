/** A license in words and tones: what its owner wants to know at a glance. */
import type { License } from '../../../shared/api/licenses.ts';
import type { Tone } from '../theme.ts';
import { signs } from '../theme.ts';
import { date, daysLeft, urgency } from '../../client/relative-time.ts';

export interface Said {
  readonly text: string;
  readonly tone: Tone;
}

const statusTones = {
  active: 'good',
  grace: 'soon',
  expired: 'bad',
  suspended: 'bad',
  revoked: 'bad',
} as const satisfies Record<License['status'], Tone>;

const statusNames = {
  active: 'Active',
  grace: 'In grace',
  expired: 'Expired',
  suspended: 'Suspended',
  revoked: 'Revoked',
} as const satisfies Record<License['status'], string>;

const typeNames = {
  perpetual: 'Perpetual',
  subscription: 'Subscription',
  trial: 'Trial',
} as const satisfies Record<License['type'], string>;

export const typeName = (license: License): string => typeNames[license.type];

/** "● Active", "✖ Suspended": the sign says the tone without color. */
export const statusWords = ({ status }: License): Said => {
  const tone = statusTones[status];
  return { text: `${signs[tone]} ${statusNames[status]}`, tone };
};

/** "1 day", "30 days". */
export const days = (count: number): string => `${count} day${count === 1 ? '' : 's'}`;

/** "24 Nov 2027, 365 days left", "Never", "3 Nov 2026, in grace until 17 Nov 2026". */
export const expiryWords = (license: License, now: number): Said => {
  if (license.expiresAt === null) return { text: 'Never', tone: 'plain' };
  const at = Date.parse(license.expiresAt);
  if (license.status === 'grace' && license.graceEndsAt !== null) {
    const left = daysLeft(Date.parse(license.graceEndsAt), now);
    return { text: `${date(at)}, in grace for ${days(left)} more`, tone: 'soon' };
  }
  if (at <= now) return { text: `${date(at)}, over`, tone: 'bad' };
  const tone = urgency(at, now);
  return {
    text: `${date(at)}, ${days(daysLeft(at, now))} left`,
    tone: tone === 'good' ? 'plain' : tone,
  };
};

/** The same for a column: "365 days", "never", "over". */
export const expiryShort = (license: License, now: number): Said => {
  if (license.expiresAt === null) return { text: 'no end', tone: 'dim' };
  if (license.status === 'grace') return { text: 'in grace', tone: 'soon' };
  const at = Date.parse(license.expiresAt);
  if (at <= now) return { text: 'over', tone: 'bad' };
  const tone = urgency(at, now);
  return { text: days(daysLeft(at, now)), tone: tone === 'good' ? 'plain' : tone };
};
