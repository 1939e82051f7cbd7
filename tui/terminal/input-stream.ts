/**
 * The stdin that Ink gets: one token of input a turn of the event loop, so that each key acts on the
 * screen that the key before it has made. Nothing here touches a global: the terminal is passed in.
 */
import { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { TerminalInput } from './streams.ts';
import { createTokenizer } from './tokenize.ts';

/** How long an Esc waits for the rest of a sequence, in milliseconds: long enough for a slow line. */
const escapeWait = 40;

/** Esc as the kitty protocol writes it: complete in itself, so Ink doesn't wait for more a second time. */
const escapeKey = '\u{1B}[27u';

const escape = '\u{1B}';

/** A key with Alt, as terminals send it: Esc and what the key alone would be. */
// oxlint-disable-next-line no-control-regex -- it begins with the escape character
const behindEscape = /^\u{1B}([^[O])$/su;

/** What fields do with Alt: by word back, forth, and away. */
const editsWithAlt: ReadonlySet<string> = new Set(['b', 'f', 'd', '\u{7F}', '\u{8}']);

/** Text without control characters: what a field takes as it is, however much of it. */
const isText = (token: string): boolean => !/\p{Cc}/u.test(token);

/** A readable stream over a terminal's input that gives one grapheme, escape sequence or paste at a time. */
export class InputStream extends Readable {
  readonly isTTY = true;
  readonly #source: TerminalInput;
  readonly #takesText: () => boolean;
  readonly #tokenizer = createTokenizer();
  readonly #decoder = new StringDecoder('utf8');
  readonly #queue: string[] = [];
  #escapeTimer: NodeJS.Timeout | undefined;
  #turn: NodeJS.Immediate | undefined;

  /** `takesText`: whether a field has the focus; then what was typed ahead into it comes as one. */
  constructor(source: TerminalInput, takesText: () => boolean) {
    super({ objectMode: true, highWaterMark: 1 });
    this.#source = source;
    this.#takesText = takesText;
    source.on('data', this.#receive);
    source.on('end', this.#end);
    source.on('error', this.#end);
  }

  /** Ink asks for text; tokens are text already. */
  override setEncoding(): this {
    return this;
  }

  override _read(): void {
    // Pushed by #next when a token is there.
  }

  setRawMode(mode: boolean): this {
    this.#source.setRawMode?.(mode);
    return this;
  }

  ref(): this {
    this.#source.ref?.();
    return this;
  }

  unref(): this {
    this.#source.unref?.();
    return this;
  }

  /** Lets go of the source: no listener stays, and the process may end. */
  release(): void {
    clearTimeout(this.#escapeTimer);
    clearImmediate(this.#turn);
    this.#source.off('data', this.#receive);
    this.#source.off('end', this.#end);
    this.#source.off('error', this.#end);
    this.#source.pause();
    this.#source.unref?.();
  }

  readonly #receive = (chunk: Buffer | string): void => {
    clearTimeout(this.#escapeTimer);
    const text = typeof chunk === 'string' ? chunk : this.#decoder.write(chunk);
    this.#enqueue(this.#tokenizer.push(text));
    if (this.#tokenizer.pending()) {
      this.#escapeTimer = setTimeout(() => this.#enqueue(this.#tokenizer.flush()), escapeWait);
    }
  };

  /** The terminal is gone: said as an event, since Ink ignores the end of its input. */
  readonly #end = (): void => {
    this.emit('hangup');
  };

  #enqueue(tokens: readonly string[]): void {
    this.#queue.push(...tokens);
    this.#turn ??= setImmediate(this.#next);
  }

  readonly #next = (): void => {
    const token = this.#take();
    if (token !== undefined) this.push(token === escape ? escapeKey : token);
    this.#turn = this.#queue.length > 0 ? setImmediate(this.#next) : undefined;
  };

  /** The next token; letters for a field together, since no letter moves the focus. */
  #take(): string | undefined {
    const token = this.#queue.shift();
    // Alt with a letter is what Esc and a letter in one packet are: only fields have keys with Alt.
    const behind = token === undefined ? undefined : behindEscape.exec(token)?.[1];
    if (behind !== undefined && !(this.#takesText() && editsWithAlt.has(behind))) {
      this.#queue.unshift(behind);
      return escape;
    }
    if (token === undefined || !isText(token) || !this.#takesText()) return token;
    const end = this.#queue.findIndex((next) => !isText(next));
    return token + this.#queue.splice(0, end === -1 ? Infinity : end).join('');
  }
}
