/** `licet journal tail|verify|export|archive`. */
import { Option, type Command } from 'commander';
import { allPages } from '../../client/actions/find.ts';
import { tailJournal, journalTable } from '../../client/actions/journal.ts';
import { JournalPage, type JournalEntry } from '../../../shared/api/server.ts';
import type { Client } from '../../client/api/client.ts';
import type { Failure } from '../../client/api/failure.ts';
import type { ActionCommand } from '../action-command.ts';
import { toCommandError } from '../failure.ts';
import { group } from '../group.ts';
import { jsonLine } from '../../state/cells.ts';
import type { Io } from '../io.ts';
import { archiveCommand, exportCommand, verifyCommand } from '../server/journal-files.ts';
import { blockLines } from '../print.ts';

const print = (io: Io, entries: readonly JournalEntry[], json: boolean): void => {
  if (json) for (const entry of entries) io.stdout.write(jsonLine(entry));
  else if (entries.length > 0)
    io.stdout.write(`${blockLines(journalTable(entries)).slice(1).join('\n')}\n`);
};

/** The entries after a seq, oldest first. */
const after = async (client: Client, seq: number): Promise<readonly JournalEntry[]> => {
  const newer: JournalEntry[] = [];
  const answer = await allPages(async (query) => {
    const page = await client.journal(query);
    if (!page.ok) return page;
    const items = page.value.items.filter((entry) => entry.seq > seq);
    const isEnd = items.length < page.value.items.length;
    return {
      ok: true as const,
      value: { items, nextCursor: isEnd ? null : page.value.nextCursor },
    };
  });
  if (!answer.ok) throw toCommandError(answer.error);
  newer.push(...answer.value);
  return newer.sort((a, b) => a.seq - b.seq);
};

/** Prints what comes, until Ctrl+C or until the session ends. */
const follow: NonNullable<ActionCommand['after']> = async ({ io, connection, done, options }) => {
  if (options['follow'] !== true) return;
  const { client } = connection;
  const first = JournalPage.pick({ items: true }).parse(done.data).items;
  print(io, first, options.json === true);
  let last = first.at(-1)?.seq ?? 0;
  let reading = Promise.resolve();
  const ended = Promise.withResolvers<Failure | null>();
  const readMore = (): void => {
    reading = reading
      .then(async () => {
        const entries = await after(client, last);
        last = entries.at(-1)?.seq ?? last;
        print(io, entries, options.json === true);
      })
      .catch(() => undefined);
  };
  const stream = client.events({
    onChange: readMore,
    onState: (state) => {
      if (state.state === 'connected') readMore();
      if (state.state === 'ended') ended.resolve(state.failure);
    },
  });
  const stop = (): void => ended.resolve(null);
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  const failure = await ended.promise;
  stream.close();
  await reading;
  if (failure) throw toCommandError(failure);
};

export const journalCommand = (io: Io): Command =>
  group(
    io,
    'journal',
    'The journal of every change',
    [
      {
        name: 'tail',
        action: tailJournal,
        extra: [new Option('-f, --follow', 'go on with what comes, until Ctrl+C')],
        prints: (options) => options['follow'] !== true,
        after: follow,
        examples: ['journal tail', 'journal tail --lines 100 --json', 'journal tail -f'],
      },
    ],
    [verifyCommand(io), exportCommand(io), archiveCommand(io)],
  );
