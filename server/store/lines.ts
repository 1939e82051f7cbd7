/** Reads files of lines in pieces, forwards and backwards: V8 has no string over 512 MB. */
import type { FileHandle } from 'node:fs/promises';

const newline = 10;
const pieceBytes = 1 << 20;

/** Some whole lines of a file, without their newlines. */
export interface Lines {
  readonly lines: readonly string[];
  /** The same as bytes, without the last newline. */
  readonly raw: Buffer;
  /** Where the first of them starts, in bytes. */
  readonly offset: number;
  /** Bytes with newlines. */
  readonly bytes: number;
  /** False only for a last line that has no newline. */
  readonly terminated: boolean;
}

/** Reads lines from `start` up to `end` (bytes; default: the file's end when reached). */
export async function* readLines(
  handle: FileHandle,
  start = 0,
  end = Number.POSITIVE_INFINITY,
): AsyncGenerator<Lines> {
  let rest: Buffer = Buffer.alloc(0);
  let offset = start;
  for (;;) {
    const position = offset + rest.length;
    const wanted = Math.min(pieceBytes, end - position);
    const piece = Buffer.allocUnsafe(Math.max(wanted, 0));
    const { bytesRead } =
      wanted > 0 ? await handle.read(piece, 0, wanted, position) : { bytesRead: 0 };
    if (bytesRead === 0) break;
    const read = piece.subarray(0, bytesRead);
    const cut = read.lastIndexOf(newline);
    if (cut === -1) {
      rest = Buffer.concat([rest, read]);
      continue;
    }
    const whole =
      rest.length === 0 ? read.subarray(0, cut) : Buffer.concat([rest, read.subarray(0, cut)]);
    const bytes = whole.length + 1;
    const lines = whole.toString('utf8').split('\n');
    yield { lines, raw: whole, offset, bytes, terminated: true };
    offset += bytes;
    // A copy, so that the piece is not kept for the sake of a few bytes.
    rest = Buffer.from(read.subarray(cut + 1));
  }
  if (rest.length > 0) {
    const lines = [rest.toString('utf8')];
    yield { lines, raw: rest, offset, bytes: rest.length, terminated: false };
  }
}

/** Reads whole lines backwards, the last one before `end` first; what has no newline yet is left out. */
export async function* readLinesBackwards(handle: FileHandle, end: number): AsyncGenerator<string> {
  const backBytes = 1 << 16;
  let rest: Buffer = Buffer.alloc(0);
  let position = end;
  let seenEnd = false;
  while (position > 0) {
    const size = Math.min(backBytes, position);
    position -= size;
    const piece = Buffer.allocUnsafe(size);
    const { bytesRead } = await handle.read(piece, 0, size, position);
    let window: Buffer = Buffer.concat([piece.subarray(0, bytesRead), rest]);
    if (!seenEnd) {
      const last = window.lastIndexOf(newline);
      if (last === -1) continue;
      window = window.subarray(0, last);
      seenEnd = true;
    }
    for (;;) {
      const cut = window.lastIndexOf(newline);
      if (cut === -1) break;
      yield window.toString('utf8', cut + 1);
      window = window.subarray(0, cut);
    }
    rest = window;
  }
  if (seenEnd) yield rest.toString('utf8');
}
