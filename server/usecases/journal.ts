/** The journal as people read it: names beside ids, hashes left out. */
import type { Page, PageQuery } from '../../shared/api/common.ts';
import type { JournalEntry } from '../../shared/api/server.ts';
import type { JournalHeader } from '../store/store.ts';
import type { Deps, LicetReader } from './deps.ts';

/** A name for an id: that of its document, or for a machine that is not known any more the one of the record. */
const labelOf = async (
  reader: LicetReader,
  id: string,
  { details }: JournalHeader,
): Promise<string> => {
  const machine = String(details?.['hostname'] ?? id);
  const prefix = id.slice(0, id.indexOf('_'));
  switch (prefix) {
    case 'acc':
      return (await reader.accounts.get(id))?.email ?? id;
    case 'lic':
      return (await reader.licenses.get(id))?.name ?? id;
    case 'act':
      return (await reader.activations.get(id))?.hostname ?? machine;
    case 'key':
      return (await reader.offlineKeys.get(id))?.hostname ?? machine;
    case 'rel':
      return (await reader.releases.get(id))?.fileName ?? id;
    default:
      return id;
  }
};

const view = async (reader: LicetReader, header: JournalHeader): Promise<JournalEntry> => ({
  seq: header.seq,
  at: header.at,
  actor: { ...header.actor, label: await labelOf(reader, header.actor.id, header) },
  action: header.action,
  target: header.target,
  targetLabel: await labelOf(reader, header.target, header),
  outcome: header.outcome,
  details: { ...header.details },
});

/** Newest first; the cursor is the seq before which the next page begins. */
export const listJournal = async (deps: Deps, query: PageQuery): Promise<Page<JournalEntry>> => {
  const before = query.cursor === undefined ? undefined : Number(query.cursor);
  const headers: JournalHeader[] = [];
  for await (const header of deps.store.entries({
    newest: true,
    limit: query.limit + 1,
    ...(before !== undefined && Number.isSafeInteger(before) ? { before } : {}),
  })) {
    headers.push(header);
  }
  const shown = headers.slice(0, query.limit);
  const last = shown.at(-1);
  return {
    items: await deps.store.read((reader) =>
      Promise.all(shown.map((header) => view(reader, header))),
    ),
    nextCursor: headers.length > query.limit && last ? String(last.seq) : null,
  };
};
