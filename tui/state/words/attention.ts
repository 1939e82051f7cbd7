/** Is all well? What needs somebody, the most urgent first, and what deals with it. */
import type { License } from '../../../shared/api/licenses.ts';
import { days, expiryWords, type Said } from './license-words.ts';
import { daysLeft, urgency } from '../../client/relative-time.ts';

const month = 30 * 86_400_000;

/** From here on nobody is needed. */
const well = 4;

/**
 * How urgent a license is: 0 a machine was refused, 1 no machine runs, 2 in grace or ending within a week,
 * 3 ending within a month or full, 4 well. For an operator 5: ended by a decision, or more than a month ago.
 */
export const rankOf = (license: License, now: number): number => {
  const { status, refused, relation, expiresAt, graceEndsAt, maxActivations, counter } = license;
  const ended = Date.parse(graceEndsAt ?? expiresAt ?? '');
  if (status === 'suspended' || status === 'revoked') return relation === 'operator' ? 5 : 1;
  if (status === 'expired') return relation === 'operator' && now - ended > month ? 5 : 1;
  if (refused?.code === 'activation-limit-exceeded') return 0;
  const urgent = expiresAt === null ? 'good' : urgency(Date.parse(expiresAt), now);
  if (status === 'grace' || urgent === 'bad') return 2;
  const full = maxActivations !== null && counter >= maxActivations;
  return full || urgent === 'soon' ? 3 : well;
};

/** What needs somebody, and what deals with it: freeing a seat, a later end, a resumption, or asking for one. */
export interface Attention extends Said {
  readonly deal: 'seats' | 'end' | 'resume' | 'ask';
}

/** What is to be said of a license that is not well. */
const attention = (license: License, now: number): Attention => {
  const { name, status, reason, refused, maxActivations, counter } = license;
  if (status === 'revoked' || status === 'suspended') {
    const why = reason === null ? '' : ` (${reason})`;
    const deal = status === 'suspended' ? 'resume' : 'ask';
    return { text: `${name} is ${status}${why}: no machine activates.`, tone: 'bad', deal };
  }
  if (status === 'expired') {
    return { text: `${name} has expired: no machine runs with it.`, tone: 'bad', deal: 'end' };
  }
  if (refused?.code === 'activation-limit-exceeded') {
    return {
      text: `${name} is full: ${refused.hostname} was refused.`,
      tone: 'bad',
      deal: 'seats',
    };
  }
  const full = maxActivations !== null && counter >= maxActivations;
  const { tone } = expiryWords(license, now);
  if (tone === 'plain') {
    const text = `${name} has no free seat: a further machine is refused.`;
    return { text, tone: 'soon', deal: 'seats' };
  }
  const ends = status === 'grace' ? 'has expired and is in grace' : endsIn(license, now);
  return { text: `${name} ${ends}${full ? ' and has no free seat' : ''}.`, tone, deal: 'end' };
};

const endsIn = ({ expiresAt }: License, now: number): string => {
  const left = daysLeft(Date.parse(expiresAt ?? ''), now);
  return left === 0 ? 'expires today' : `expires in ${days(left)}`;
};

export interface HealthOptions {
  readonly licenses: readonly License[];
  /** There are more licenses than these: what they need is not known here. */
  readonly more: boolean;
  /** People who wait for a one-time code. */
  readonly waiting: number;
  readonly now: number;
}

/** What an operator reads first: how many licenses need somebody now, and soon; and who waits for a code. */
export const operatorHealth = (options: HealthOptions): readonly Said[] => {
  const { licenses, more, waiting, now } = options;
  const ranks = licenses.map((license) => rankOf(license, now));
  const urgent = ranks.filter((rank) => rank <= 2).length;
  const soon = ranks.filter((rank) => rank === 3).length;
  const number = (count: number): string => count.toLocaleString('en-US');
  const said: readonly Said[] = [
    ...(urgent > 0
      ? [
          {
            text: `${number(urgent)} need${urgent === 1 ? 's' : ''} somebody now`,
            tone: 'bad' as const,
          },
        ]
      : []),
    ...(soon > 0 ? [{ text: `${number(soon)} soon`, tone: 'soon' as const }] : []),
    ...(waiting > 0
      ? [
          {
            text: `${waiting} forgotten password${waiting === 1 ? '' : 's'} in Requests`,
            tone: 'soon' as const,
          },
        ]
      : []),
    ...(more
      ? [
          {
            text: `Only the first ${number(licenses.length)} were looked at`,
            tone: 'soon' as const,
          },
        ]
      : []),
  ];
  return said.length > 0 ? said : [{ text: 'All is well', tone: 'good' }];
};

/** A license that needs somebody. */
export interface Needed extends Attention {
  readonly license: License;
}

/** What needs somebody, the most urgent first. */
export const whatNeedsAttention = (licenses: readonly License[], now: number): readonly Needed[] =>
  licenses
    .map((license) => ({ license, rank: rankOf(license, now) }))
    .filter(({ rank }) => rank !== well)
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ license }) => Object.assign(attention(license, now), { license }));

/** What Enter does about it, for the footer, the help and the line itself. */
export const dealWords = ({
  deal,
  license,
}: Needed): { readonly does: string; readonly hint: string } => {
  if (deal === 'seats') {
    return { does: `See who holds the seats of ${license.name}`, hint: 'who holds seats' };
  }
  if (license.relation !== 'operator' || deal === 'ask') {
    return { does: `See whom to ask about ${license.name}`, hint: 'whom to ask' };
  }
  return deal === 'resume'
    ? { does: `Resume ${license.name}`, hint: 'resume' }
    : { does: `Renew ${license.name}`, hint: 'renew' };
};
