/**
 * Writing and reading tar files (POSIX ustar, with GNU's base-256 for sizes of 8 GB and more): a backup
 * can be looked into by any machine's own tools. Plain files with short names only.
 */
const block = 512;

export interface TarEntry {
  readonly name: string;
  readonly size: number;
  /** Permissions, as 0o600. */
  readonly mode: number;
}

const writeNumber = (header: Buffer, value: number, at: number, length: number): void => {
  const digits = value.toString(8);
  if (digits.length < length) {
    header.write(`${digits.padStart(length - 1, '0')}\0`, at, 'latin1');
    return;
  }
  header[at] = 0x80;
  header.writeBigUInt64BE(BigInt(value), at + length - 8);
};

const readNumber = (header: Buffer, at: number, length: number): number =>
  ((header[at] ?? 0) & 0x80) === 0
    ? Number.parseInt(header.toString('latin1', at, at + length).replace(/[\0 ].*$/u, '') || '0', 8)
    : Number(header.readBigUInt64BE(at + length - 8));

/** The sum of all bytes, those of the sum itself taken as spaces. */
const checksumOf = (header: Buffer): number => {
  let sum = 0;
  for (const [index, byte] of header.entries()) sum += index >= 148 && index < 156 ? 32 : byte;
  return sum;
};

/** The header block of an entry. `at` in milliseconds since the epoch. */
export const tarHeader = ({ name, size, mode }: TarEntry, at: number): Buffer => {
  if (Buffer.byteLength(name) > 100) throw new Error(`${name} is too long a name for a backup.`);
  const header = Buffer.alloc(block);
  header.write(name, 0);
  writeNumber(header, mode, 100, 8);
  writeNumber(header, 0, 108, 8);
  writeNumber(header, 0, 116, 8);
  writeNumber(header, size, 124, 12);
  writeNumber(header, Math.floor(at / 1000), 136, 12);
  header.write('0', 156);
  header.write('ustar\x0000', 257, 'latin1');
  header.write(`${checksumOf(header).toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
};

/** The zeros that fill an entry's last block. */
export const tarPadding = (size: number): Buffer => Buffer.alloc((block - (size % block)) % block);

/** What a tar file ends with: two blocks of zeros. */
export const tarEnd = (): Buffer => Buffer.alloc(2 * block);

/** Undefined for the zeros at the end. Throws for what is no header. */
const parseHeader = (header: Buffer): TarEntry | undefined => {
  if (header.every((byte) => byte === 0)) return undefined;
  if (readNumber(header, 148, 8) !== checksumOf(header))
    throw new Error('a header in it is damaged');
  if (header[156] !== 0x30) throw new Error('it has something in it that is no plain file');
  return {
    name: header.toString('utf8', 0, 100).replace(/\0.*$/su, ''),
    size: readNumber(header, 124, 12),
    mode: readNumber(header, 100, 8),
  };
};

/** What a reader of a tar file does with an entry. */
export interface TarSink {
  write(piece: Buffer): Promise<void>;
  end(): Promise<void>;
  /** Called instead of `end` when no more comes. */
  abandon(): Promise<void>;
}

/**
 * Reads a tar file from pieces; `onEntry` gives where an entry's bytes go. Throws where it is damaged
 * or ends early.
 */
export const readTar = async (
  pieces: AsyncIterable<Buffer>,
  onEntry: (entry: TarEntry) => Promise<TarSink>,
): Promise<void> => {
  let rest: Buffer = Buffer.alloc(0);
  let sink: TarSink | undefined;
  let left = 0;
  let padding = 0;
  let ended = false;
  try {
    for await (const piece of pieces) {
      rest = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
      for (;;) {
        if (sink !== undefined) {
          const part = rest.subarray(0, left);
          rest = rest.subarray(part.length);
          left -= part.length;
          if (part.length > 0) await sink.write(part);
          if (left > 0) break;
          await sink.end();
          sink = undefined;
        }
        if (rest.length < padding + block) break;
        const entry = parseHeader(rest.subarray(padding, padding + block));
        rest = rest.subarray(padding + block);
        padding = 0;
        if (entry === undefined) {
          ended = true;
          continue;
        }
        sink = await onEntry(entry);
        left = entry.size;
        padding = (block - (entry.size % block)) % block;
      }
    }
    if (sink !== undefined || !ended) throw new Error('it is cut off');
  } catch (error) {
    await sink?.abandon();
    throw error;
  }
};
