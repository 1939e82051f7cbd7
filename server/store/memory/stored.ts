/**
 * A document in memory: as an object, or still as its line of the snapshot until somebody asks for it. A
 * start takes lines as they are: a million of them are read in a fraction of the time that parsing takes,
 * the garbage collector has nothing to do with them, and the next snapshot writes them as they stand.
 */
import type { Document } from '../store.ts';

/** A line is JSON of ASCII characters that begins with `{"id":"..."`, the id without escapes. */
export type Stored = Document | string;

const start = '{"id":"';

/** The id, of a line without parsing it. */
export const idOf = (stored: Stored): string =>
  typeof stored === 'string'
    ? stored.slice(start.length, stored.indexOf('"', start.length))
    : stored.id;

/** The id that a line begins with, if it can stay a line. */
export const idOfLine = (line: string): string | undefined => {
  if (!line.startsWith(start) || !line.endsWith('}')) return undefined;
  const id = idOf(line);
  return id === '' || id.includes('\\') ? undefined : id;
};

/** As an object: a line is parsed anew each time. */
export const toDocument = (stored: Stored): Document =>
  typeof stored === 'string' ? (JSON.parse(stored) as Document) : stored;

/** As JSON. */
export const textOf = (stored: Stored): string =>
  typeof stored === 'string' ? stored : JSON.stringify(stored);

/** Undefined for what is no document with an id. */
export const parseDocument = (text: string): Document | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' &&
      value !== null &&
      'id' in value &&
      typeof value.id === 'string'
      ? (value as Document)
      : undefined;
  } catch {
    return undefined;
  }
};
