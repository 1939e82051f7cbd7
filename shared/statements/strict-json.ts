/**
 * JSON (RFC 8259) read strictly. `JSON.parse` takes the last of two members with one name, so that two
 * readers of one signed text can see two things; this refuses it.
 */
import { fail, ok, type Result } from '../result.ts';

export interface StrictJsonOptions {
  /** How deep objects and arrays may be nested. 32 unless told. */
  readonly maxDepth?: number | undefined;
  /** How many values there may be, members and items together. As many as there are unless told. */
  readonly maxValues?: number | undefined;
}

/** Why a text is not acceptable JSON: one clause that names the position, counted from 1. */
export type JsonProblem = string;

// Any character but the quotation mark, the backslash and the controls below U+0020 (RFC 8259, 7).
const stringToken = /"(?:[ !#-[\]-\u{10ffff}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy;
const numberToken = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const literalToken = /true|false|null/y;
const spaceToken = /[ \t\n\r]*/y;

class JsonError extends Error {}

/** A token as a message says it: whoever sent a long one knows it. */
const shown = (token: string): string => (token.length > 80 ? `${token.slice(0, 79)}…"` : token);

class Reader {
  private at = 0;
  private readonly text: string;
  private readonly maxDepth: number;
  private valuesLeft: number;

  constructor(text: string, { maxDepth, maxValues }: StrictJsonOptions) {
    this.text = text;
    this.maxDepth = maxDepth ?? 32;
    this.valuesLeft = maxValues ?? Infinity;
  }

  document(): unknown {
    const value = this.value(0);
    if (this.at < this.text.length) this.stop('there is something after its end');
    return value;
  }

  private stop(what: string): never {
    throw new JsonError(`${what}, at character ${this.at + 1}`);
  }

  private take(token: RegExp): string | undefined {
    token.lastIndex = this.at;
    const found = token.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  private accept(mark: string): boolean {
    this.take(spaceToken);
    if (this.text[this.at] !== mark) return false;
    this.at += 1;
    this.take(spaceToken);
    return true;
  }

  private value(depth: number): unknown {
    this.valuesLeft -= 1;
    if (this.valuesLeft < 0) this.stop('it has too many values');
    if (depth > this.maxDepth) this.stop(`it is nested deeper than ${this.maxDepth} levels`);
    this.take(spaceToken);
    const value = this.bareValue(depth);
    this.take(spaceToken);
    return value;
  }

  private bareValue(depth: number): unknown {
    if (this.accept('{')) return this.members(depth);
    if (this.accept('[')) return this.items(depth);
    const text = this.take(stringToken);
    if (text !== undefined) return this.textOf(text);
    const token = this.take(numberToken) ?? this.take(literalToken);
    return token === undefined ? this.stop('this is not valid JSON') : JSON.parse(token);
  }

  /** Half a character (RFC 8259, 8.2) would be read as U+FFFD, and so as any other half. */
  private textOf(token: string): string {
    const text = String(JSON.parse(token));
    return text.isWellFormed() ? text : this.stop('a text has half a surrogate pair');
  }

  private members(depth: number): Record<string, unknown> {
    const members: Record<string, unknown> = {};
    if (this.accept('}')) return members;
    do {
      const token = this.take(stringToken) ?? this.stop('a member name in quotes is missing');
      const name = this.textOf(token);
      if (name === '__proto__') this.stop('the member name "__proto__" is not allowed');
      if (Object.hasOwn(members, name)) this.stop(`the member ${shown(token)} is there twice`);
      if (!this.accept(':')) this.stop('a colon is missing');
      members[name] = this.value(depth + 1);
    } while (this.accept(','));
    if (!this.accept('}')) this.stop('an object is not closed');
    return members;
  }

  private items(depth: number): unknown[] {
    const items: unknown[] = [];
    if (this.accept(']')) return items;
    do items.push(this.value(depth + 1));
    while (this.accept(','));
    if (!this.accept(']')) this.stop('an array is not closed');
    return items;
  }
}

/** Texts of at most so many characters are looked at for the quick way. */
const quickLength = 4096;

/** How deep a value is nested, as far as `most + 1`. */
const depthOf = (value: unknown, most: number): number => {
  if (typeof value !== 'object' || value === null) return 0;
  if (most < 0) return 1;
  let deepest = 0;
  for (const member of Object.values(value)) deepest = Math.max(deepest, depthOf(member, most - 1));
  return deepest + 1;
};

/**
 * The value of a text that is just what JSON.stringify writes, as programs send it; undefined for any other. Such a
 * text has no member twice, nothing after its end and no number that reads differently, since none of that is ever
 * written. What could hide in an escape, and `__proto__`, goes the long way.
 */
const parseQuickly = (text: string, { maxDepth = 32, maxValues = Infinity }: StrictJsonOptions) => {
  // There are fewer values than characters.
  if (text.length > Math.min(quickLength, maxValues)) return undefined;
  if (text.includes('\\') || text.includes('__proto__') || !text.isWellFormed()) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return JSON.stringify(value) === text && depthOf(value, maxDepth) <= maxDepth
      ? ok(value)
      : undefined;
  } catch {
    return undefined;
  }
};

/**
 * Parses JSON; refuses a member that is there twice, `__proto__` as a member's name, anything after the
 * end, and what goes beyond the limits.
 */
export const parseStrictJson = (
  text: string,
  options: StrictJsonOptions = {},
): Result<unknown, JsonProblem> => {
  const quick = parseQuickly(text, options);
  if (quick) return quick;
  try {
    return ok(new Reader(text, options).document());
  } catch (error) {
    if (error instanceof JsonError) return fail(error.message);
    throw error;
  }
};
