/** Reads files of lines in pieces, forwards and backwards: V8 has no string over 512 MB. */
import type { FileHandle } from 'node:fs/promises';

const newline = 10;
const pieceBytes = 1 << 20;

/** Some whole lines of a file as bytes. */
export interface LineBytes {
  /** Without the last newline. */
  readonly raw: Buffer;
  /** Where the first of them starts, in bytes. */
  readonly offset: number;
  /** Bytes with newlines. */
  readonly bytes: number;
  /** False only for a last line that has no newline. */
  readonly terminated: boolean;
}

/** The same as text. */
export interface Lines extends LineBytes {
  /** Without their newlines. */
  readonly lines: readonly string[];
}

/** Room before each piece for the start of a line that the one before ended with. */
const roomBytes = 1 << 14;

interface Piece {
  readonly buffer: Buffer;
  readonly position: number;
  readonly bytesRead: number;
}

/** The file's bytes in pieces; while one is worked on, the next is read. */
async function* readPieces(handle: FileHandle, start: number, end: number): AsyncGenerator<Piece> {
  const read = async (position: number): Promise<Piece> => {
    const wanted = Math.max(Math.min(pieceBytes, end - position), 0);
    const buffer = Buffer.allocUnsafeSlow(roomBytes + wanted);
    const { bytesRead } =
      wanted === 0 ? { bytesRead: 0 } : await handle.read(buffer, roomBytes, wanted, position);
    return { buffer, position, bytesRead };
  };
  let next = read(start);
  try {
    for (;;) {
      const piece = await next;
      if (piece.bytesRead === 0) return;
      next = read(piece.position + piece.bytesRead);
      // Awaited later, or never when nobody wants more.
      next.catch(() => undefined);
      yield piece;
    }
  } finally {
    // The file is closed after this: nothing may still be reading it.
    await next.catch(() => undefined);
  }
}

/** Joins what is left of the last piece with the next one: in its own buffer, if there is room. */
const joined = (rest: Buffer, { buffer, bytesRead }: Piece): Buffer => {
  if (rest.length > roomBytes)
    return Buffer.concat([rest, buffer.subarray(roomBytes, roomBytes + bytesRead)]);
  const begin = roomBytes - rest.length;
  rest.copy(buffer, begin);
  return buffer.subarray(begin, roomBytes + bytesRead);
};

/** Reads lines as bytes from `start` up to `end` (bytes; default: the file's end when reached). */
export async function* readLineBytes(
  handle: FileHandle,
  start = 0,
  end = Number.POSITIVE_INFINITY,
): AsyncGenerator<LineBytes> {
  let rest: Buffer = Buffer.alloc(0);
  let offset = start;
  for await (const piece of readPieces(handle, start, end)) {
    const read = joined(rest, piece);
    const cut = read.lastIndexOf(newline);
    // A copy, so that the piece is not kept for the sake of a few bytes.
    rest = Buffer.from(read.subarray(cut + 1));
    if (cut === -1) continue;
    const bytes = cut + 1;
    yield { raw: read.subarray(0, cut), offset, bytes, terminated: true };
    offset += bytes;
  }
  if (rest.length > 0) yield { raw: rest, offset, bytes: rest.length, terminated: false };
}

/** Reads lines from `start` up to `end` (bytes; default: the file's end when reached). */
export async function* readLines(
  handle: FileHandle,
  start?: number,
  end?: number,
): AsyncGenerator<Lines> {
  for await (const some of readLineBytes(handle, start, end)) {
    yield { ...some, lines: some.raw.toString('utf8').split('\n') };
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
