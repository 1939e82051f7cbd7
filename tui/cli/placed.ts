/** What was given to a command by place. */
import { access } from 'node:fs/promises';
import type { Values } from '../client/actions/action.ts';
import type { Field } from '../client/actions/fields.ts';
import { looksLikePath } from '../state/local-path.ts';

const isThere = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

/** A name has no slash; `plant-7.local` may be one, and may be a file. */
const isSource = async (given: string): Promise<boolean> =>
  given === '-' || given.includes('/') || (looksLikePath(given) && (await isThere(given)));

/**
 * The values by the names of their places. Where a name that may be left out comes before a code, a file or -
 * that stands alone is the code's: `return proof.txt` as well as `return plant-7 proof.txt`.
 */
export const placed = async (
  args: readonly string[],
  places: readonly string[],
  fields: readonly Field[],
): Promise<Values> => {
  const find = (name: string | undefined) => fields.find((field) => field.name === name);
  const [first, second] = places;
  const skips = find(first)?.optional === true && find(second)?.code !== undefined;
  const alone = args.length === 1 ? args[0] : undefined;
  if (skips && second !== undefined && alone !== undefined && (await isSource(alone))) {
    return { [second]: alone };
  }
  return Object.fromEntries(
    places.flatMap((name, i) => {
      const given = args[i];
      return given === undefined ? [] : [[name, given]];
    }),
  );
};
