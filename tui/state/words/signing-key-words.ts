/** What an operator is told of the server's signing key: nothing until its certificate ends within 30 days. */
import { date, daysLeft } from '../../client/relative-time.ts';

const noticeDays = 30;

/**
 * One line of at most `width` cells; undefined while there is time. Both times in milliseconds since the
 * epoch. Where the row is narrow the command stays and the reason is short.
 */
export const signingKeyNotice = (
  endsAt: number,
  now: number,
  width: number,
): string | undefined => {
  const left = daysLeft(endsAt, now);
  if (left > noticeDays) return undefined;
  const days = `${left} day${left === 1 ? '' : 's'}`;
  const over = endsAt <= now;
  const long = over
    ? `The signing key ended on ${date(endsAt)}: nothing can be signed. Run “licet keys rotate” on the server.`
    : `The signing key ends in ${days}, on ${date(endsAt)}. Run “licet keys rotate” on the server.`;
  const middle = `The signing key ${over ? 'has ended' : `ends in ${days}`}: run “licet keys rotate”.`;
  const short = `Key ${over ? 'ended' : `ends in ${left} d`}: licet keys rotate`;
  return [long, middle].find((text) => text.length <= width) ?? short;
};
