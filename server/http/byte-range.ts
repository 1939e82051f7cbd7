/** Which bytes of a file a request asks for, or sends (RFC 9110, 13 and 14). */
import type { SentPart } from '../usecases/releases/releases.ts';

export type ByteRange =
  | { readonly kind: 'whole' }
  /** From `from` up to, without, `to`. */
  | { readonly kind: 'part'; readonly from: number; readonly to: number }
  | { readonly kind: 'unsatisfiable' };

const whole: ByteRange = { kind: 'whole' };

/**
 * Reads a Range header. Several ranges in one request are answered with the whole, as is a header that
 * can't be read: both are allowed, and nobody who downloads a file asks for them.
 */
export const parseRange = (header: string | undefined, size: number): ByteRange => {
  const match = /^bytes=(?:(\d{1,15})-(\d{1,15})?|-(\d{1,15}))$/u.exec(header?.trim() ?? '');
  if (!match) return whole;
  const [, first, last, suffix] = match;
  if (suffix !== undefined) {
    const length = Math.min(Number(suffix), size);
    return length === 0
      ? { kind: 'unsatisfiable' }
      : { kind: 'part', from: size - length, to: size };
  }
  const from = Number(first);
  const to = last === undefined ? size : Math.min(Number(last) + 1, size);
  if (last !== undefined && Number(last) < from) return whole;
  return from < size ? { kind: 'part', from, to } : { kind: 'unsatisfiable' };
};

/** What a Content-Range says of a body that is sent (RFC 9110, 14.4 and 14.5); undefined for none that can be read. */
export const parseContentRange = (header: string): SentPart | undefined => {
  const match = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/u.exec(header.trim());
  if (!match) return undefined;
  const [from = 0, last = 0, size = 0] = match.slice(1).map(Number);
  return { from, last, size };
};

/** Whether a list of entity tags (If-None-Match) names this one, compared weakly. */
export const namesTag = (header: string | undefined, tag: string): boolean =>
  header !== undefined &&
  header.split(',').some((one) => ['*', tag, `W/${tag}`].includes(one.trim()));

/**
 * The range to answer with: If-Range lets it count only while the file is the one that the client has
 * the beginning of, by a strong entity tag.
 */
export const chooseRange = (
  headers: { readonly range: string | undefined; readonly ifRange: string | undefined },
  tag: string,
  size: number,
): ByteRange =>
  headers.ifRange === undefined || headers.ifRange.trim() === tag
    ? parseRange(headers.range, size)
    : whole;
