/** The journal as people and other programs get it: who, from where, what, on what, outcome. No hashes. */
import { watch } from 'node:fs';

import { journalFolder } from './journal-file.ts';
import { isLocked, readLockNote } from '../folder/lock.ts';
import { readHeaders } from './read-journal.ts';
import type { EntriesQuery, JournalHeader } from '../store.ts';

export interface JournalView {
  readonly seq: number;
  /** RFC 3339 UTC. */
  readonly at: string;
  readonly actor: { readonly id: string; readonly from: string };
  readonly action: string;
  readonly target: string;
  readonly outcome: string;
  readonly details: Readonly<Record<string, string | number | boolean | null>>;
  /** What was put or deleted, as `collection/id`. */
  readonly put: readonly string[];
  readonly deleted: readonly string[];
}

/** Leaves the hashes out: a short secret could be guessed from its document's. */
export const viewHeader = (header: JournalHeader): JournalView => {
  const keys = Object.keys(header.bodies);
  return {
    seq: header.seq,
    at: header.at,
    actor: header.actor,
    action: header.action,
    target: header.target,
    outcome: header.outcome,
    details: header.details ?? {},
    put: keys.filter((key) => header.bodies[key] !== null),
    deleted: keys.filter((key) => header.bodies[key] === null),
  };
};

/** How far a folder may be read: what another process (or a store here) is just writing is left out. */
export const readableTo = (directory: string): number =>
  isLocked(directory) ? (readLockNote(directory)?.durable ?? 0) : Number.MAX_SAFE_INTEGER - 1;

/** The journal of a folder, whether or not a server has it open. One line of JSON each makes an export. */
export async function* exportJournal(
  directory: string,
  query?: EntriesQuery,
): AsyncGenerator<JournalView> {
  for await (const header of readHeaders(directory, readableTo(directory), query)) {
    yield viewHeader(header);
  }
}

/** Resolves when something in the journal's folder may have changed, or after a second. */
const waitForChange = (directory: string, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    // The watch is only for speed: some file systems report nothing.
    const watcher = watch(journalFolder(directory), { persistent: true });
    const timer = setTimeout(() => finish(), 1000);
    const finish = (): void => {
      clearTimeout(timer);
      watcher.close();
      signal.removeEventListener('abort', finish);
      resolve();
    };
    watcher.once('change', finish);
    watcher.once('error', finish);
    signal.addEventListener('abort', finish);
    if (signal.aborted) finish();
  });

/** As `exportJournal`, and then what comes, until the signal aborts. */
export async function* followJournal(
  directory: string,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<JournalView> {
  let last = after;
  while (!signal.aborted) {
    for await (const view of exportJournal(directory, { after: last })) {
      last = view.seq;
      yield view;
      if (signal.aborted) return;
    }
    await waitForChange(directory, signal);
  }
}
