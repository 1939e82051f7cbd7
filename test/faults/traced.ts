/** strace as a means to do harm: it kills at, fails or delays the n-th call of a kind. */
import { join } from 'node:path';

/** Every file of the data folder that child.ts and operate.ts touch, and the folders themselves. */
const pathsIn = (directory: string): string[] => {
  const segments = Array.from({ length: 40 }, (_, index) => {
    const path = join(directory, 'journal', `${String(index + 1).padStart(12, '0')}.jsonl`);
    return [path, `${path}.tmp`];
  });
  const names = [
    'db.json',
    'db.json.tmp',
    'marks.json',
    'marks.json.tmp',
    'marks.unsaved.json',
    'marks.unsaved.json.tmp',
    'lock',
    'lock.json',
    'sealed.json',
    'sealed.json.tmp',
    'journal',
    'journal/archived.json',
    'journal/archived.json.tmp',
  ];
  return [directory, ...names.map((name) => join(directory, name)), ...segments.flat()];
};

/** A command that runs another under strace, which does `what` to those calls on the data folder. */
export const traced = (
  directory: string,
  calls: string,
  what: string,
  output = '/dev/null',
  more: readonly string[] = [],
): string[] => [
  'strace',
  '-f',
  '-qq',
  '-o',
  output,
  ...[...pathsIn(directory), ...more].flatMap((path) => ['-P', path]),
  '-e',
  `trace=${calls}`,
  '-e',
  `inject=${calls}:${what}`,
];
