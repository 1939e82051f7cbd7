/** The journal as an operator reads it. */
import type { JournalEntry } from '../../../shared/api/server.ts';
import { ok } from '../../../shared/result.ts';
import { action } from './action.ts';
import { time, type Block } from './done.ts';
import { optional, text, wholeNumber } from './fields.ts';
import { allPages } from './find.ts';

/** The entries as a table. */
export const journalTable = (entries: readonly JournalEntry[]): Block => ({
  kind: 'table',
  columns: ['Seq', 'When', 'Who', 'From', 'What', 'On', 'Outcome'],
  rows: entries.map((one) => [
    one.seq,
    time(one.at),
    one.actor.label,
    one.actor.from,
    one.action,
    one.targetLabel,
    one.outcome,
  ]),
  empty: 'The journal is empty.',
});

export const tailJournal = action({
  id: 'journal.tail',
  title: 'Show the journal',
  description: 'Show the newest changes and sign-ins: who, what, on what, and the outcome.',
  who: 'operator',
  reads: true,
  fields: {
    lines: optional(text(wholeNumber(1, 10_000), { label: 'Lines', hint: '20 if empty.' })),
  },
  run: async (client, { lines }) => {
    const newest = await allPages((query) => client.journal(query), lines ?? 20);
    if (!newest.ok) return newest;
    const items = [...newest.value].sort((a, b) => a.seq - b.seq);
    return ok({
      message: 'The journal, newest last.',
      data: { items },
      blocks: [journalTable(items)],
    });
  },
});
