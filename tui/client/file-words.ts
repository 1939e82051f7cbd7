/** What is wrong with a file, as people say it. */
const reasons: Readonly<Record<string, string>> = {
  EEXIST: 'is there already: give another name, or remove it first',
  ENOENT: 'is not there',
  EACCES: 'may not be opened by you',
  EPERM: 'may not be opened by you',
  EISDIR: 'is a folder',
  ENOTDIR: 'is not in a folder',
  ENOSPC: 'does not fit: the disk is full',
  EROFS: 'is on a disk that is read-only',
};

/** One sentence about a file that could not be read or written. */
export const fileWords = (file: string, error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return `${file} ${reasons[code] ?? `could not be used (${code || String(error)})`}.`;
};
