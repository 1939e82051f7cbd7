/** Files inside of the executable, each packed by Zstandard (RFC 8878). */
import { getRawAsset } from 'node:sea';

/** The text of a file that the executable has inside. @throws when there is none, or no executable */
export const readInside = (file: string): string => {
  // Asked for when it is needed: who only wants the version does not wait for it.
  const { zstdDecompressSync } = process.getBuiltinModule('node:zlib');
  return zstdDecompressSync(getRawAsset(file)).toString('utf8');
};
