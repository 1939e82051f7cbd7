/** Is all well? What needs somebody, the most urgent first, and what deals with it. */
import type { License } from '../../shared/api/licenses.ts';
import { days, expiryWords, type Said } from './license-words.ts';
import { daysLeft } from './relative-time.ts';

/** What needs somebody, and what deals with it: freeing a seat, a later end, a resumption, or asking for one. */
export interface Attention extends Said {
  readonly deal: 'seats' | 'end' | 'resume' | 'ask';
  /** The lowest first. */
  readonly rank: number;
}

/** What needs somebody, a sentence for the license; undefined when all is well with it. */
const attention = (license: License, now: number): Attention | undefined => {
  const { name, status, reason, refused } = license;
  if (status === 'revoked' || status === 'suspended') {
    const why = reason === null ? '' : ` (${reason})`;
    const deal = status === 'suspended' ? 'resume' : 'ask';
    return {
      text: `${name} is ${status}${why}: no machine activates.`,
      tone: 'bad',
      deal,
      rank: 1,
    };
  }
  if (status === 'expired') {
    return {
      text: `${name} has expired: no machine runs with it.`,
      tone: 'bad',
      deal: 'end',
      rank: 1,
    };
  }
  if (refused?.code === 'activation-limit-exceeded') {
    return {
      text: `${name} is full: ${refused.hostname} was refused.`,
      tone: 'bad',
      deal: 'seats',
      rank: 0,
    };
  }
  return endingOrFull(license, now);
};

const endingOrFull = (license: License, now: number): Attention | undefined => {
  const { name, status, maxActivations, counter } = license;
  const expiry = expiryWords(license, now);
  const ends = expiry.tone !== 'plain';
  const full = maxActivations !== null && counter >= maxActivations;
  if (!ends && !full) return undefined;
  const what = [
    ...(ends ? [status === 'grace' ? 'has expired and is in grace' : endsIn(license, now)] : []),
    ...(full ? [ends ? 'has no free seat' : 'has no free seat: a further machine is refused'] : []),
  ];
  const tone = expiry.tone === 'bad' ? 'bad' : 'soon';
  return {
    text: `${name} ${what.join(' and ')}.`,
    tone,
    deal: ends ? 'end' : 'seats',
    rank: tone === 'bad' ? 2 : 3,
  };
};

const endsIn = ({ expiresAt }: License, now: number): string => {
  const left = daysLeft(Date.parse(expiresAt ?? ''), now);
  return left === 0 ? 'expires today' : `expires in ${days(left)}`;
};

const month = 30 * 86_400_000;

/**
 * Where a license stands in an operator's list: 0 a machine was refused, 1 expired lately, 2 ends within a
 * week or is in grace, 3 ends within a month or is full, 4 is well, 5 ended long ago or by a decision.
 */
export const operatorRank = (license: License, now: number): number => {
  const { status, refused, expiresAt, maxActivations, counter } = license;
  const left = expiresAt === null ? Number.POSITIVE_INFINITY : Date.parse(expiresAt) - now;
  if (status === 'suspended' || status === 'revoked') return 5;
  if (status === 'expired') return left > -month ? 1 : 5;
  if (refused?.code === 'activation-limit-exceeded') return 0;
  if (status === 'grace' || daysLeft(now + left, now) <= 7) return 2;
  const full = maxActivations !== null && counter >= maxActivations;
  return full || daysLeft(now + left, now) <= 30 ? 3 : 4;
};

/** What an operator reads first: how many licenses need somebody now, and soon; and who waits for a code. */
export const operatorHealth = (
  licenses: readonly License[],
  waiting: number,
  now: number,
): readonly Said[] => {
  const ranks = licenses.map((license) => operatorRank(license, now));
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
    .flatMap((license) => {
      const said = attention(license, now);
      return said ? [{ ...said, license }] : [];
    })
    .toSorted((a, b) => a.rank - b.rank);

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
