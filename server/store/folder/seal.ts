/** `sealed.json` in a data folder: it must not be served, since it moved away or something is not finished. */
import { readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { errorCode, replaceFile, syncDirectory } from './files.ts';
import type { GiveUp, JournalPlace } from '../doctor/finding.ts';
import { StoreError } from '../store.ts';

export type Seal =
  | { readonly state: 'restoring' }
  | { readonly state: 'giving-up'; readonly giveUp: GiveUp }
  | {
      readonly state: 'moved';
      /** RFC 3339. */
      readonly at: string;
      /** The backup that the folder moved away in. */
      readonly file: string;
      readonly seq: number;
      readonly era: number;
    };

export const sealPath = (directory: string): string => join(directory, 'sealed.json');

/** Seals a folder durably: from then on nothing serves it. */
export const seal = (directory: string, what: Seal): Promise<void> =>
  replaceFile(sealPath(directory), `${JSON.stringify(what)}\n`);

/** Lets it be served again; a folder that is not sealed is no error. */
export const unseal = async (directory: string): Promise<void> => {
  await rm(sealPath(directory), { force: true });
  await syncDirectory(directory);
};

const readSeal = async (directory: string): Promise<string | undefined> => {
  try {
    return await readFile(sealPath(directory), 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
};

const parseSeal = (text: string): Partial<Seal> => {
  try {
    return JSON.parse(text) as Partial<Seal>;
  } catch {
    // Whatever it says, it is there: the folder stays sealed.
    return {};
  }
};

/** Earlier versions kept the whole path of a place. */
type KeptPlace = JournalPlace | (Omit<JournalPlace, 'segment'> & { readonly path: string });

const toPlace = (place: KeptPlace): JournalPlace =>
  'segment' in place ? place : { segment: basename(place.path), offset: place.offset };

const withPlaces = (giveUp: GiveUp): GiveUp => {
  const { plan } = giveUp;
  if (plan.kind === 'end') return { ...giveUp, plan: { ...plan, end: toPlace(plan.end) } };
  return { ...giveUp, plan: { ...plan, from: plan.from && toPlace(plan.from) } };
};

/** Records whose giving up was begun and not finished. */
export const unfinishedGiveUp = async (directory: string): Promise<GiveUp | undefined> => {
  const text = await readSeal(directory);
  const what = text === undefined ? {} : parseSeal(text);
  return what.state === 'giving-up' && what.giveUp ? withPlaces(what.giveUp) : undefined;
};

/** Throws `StoreError` `sealed` for a folder that must not be served. */
export const checkSeal = async (directory: string): Promise<void> => {
  const text = await readSeal(directory);
  if (text === undefined) return;
  const what = parseSeal(text);
  if (what.state === 'moved') {
    throw new StoreError(
      'sealed',
      `${directory} moved away on ${what.at ?? 'an unknown day'}, in the backup ${what.file ?? ''}: serve the folder into which that was restored, or two servers give out the same seats. Only if it was never restored anywhere: delete ${sealPath(directory)}.`,
    );
  }
  if (what.state === 'giving-up') {
    const records = `${what.giveUp?.first}-${what.giveUp?.last}`;
    throw new StoreError(
      'sealed',
      `Giving up damaged records of ${directory} did not finish. Run \`licet doctor --repair --give-up ${records} --data ${directory}\` again.`,
    );
  }
  throw new StoreError(
    'sealed',
    `A restore into ${directory} did not finish. Delete the folder and restore again.`,
  );
};
