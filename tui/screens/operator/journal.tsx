/** The journal: who did what, when, on what, and with which outcome; the newest first. */
import { useState } from 'react';
import type { JournalEntry } from '../../../shared/api/server.ts';
import { useContentSize } from '../../components/layout/frame.tsx';
import { factLines, Lines, type Fact } from '../../components/lines.tsx';
import { ListScreen } from '../../components/lists/list-screen.tsx';
import { backKeys, Page, pageTitleRows } from '../../components/layout/page.tsx';
import type { Column } from '../../components/lists/table.tsx';
import { useFilter } from '../../hooks/lists/use-filter.ts';
import { useNow } from '../../hooks/use-now.ts';
import { usePages } from '../../hooks/lists/use-pages.ts';
import { usePortal } from '../../hooks/use-portal.ts';
import { useRows } from '../../hooks/lists/use-rows.ts';
import { exactTime, shortAge } from '../../client/relative-time.ts';

const columnsAt = (now: number): readonly Column<JournalEntry>[] => [
  {
    title: 'When',
    width: 4,
    align: 'end',
    cell: ({ at }) => ({ text: shortAge(Date.parse(at), now), tone: 'dim' }),
  },
  { title: 'Who', width: { share: 3 }, cell: ({ actor }) => actor.label },
  { title: 'What', width: 20, cell: ({ action }) => action },
  { title: 'On', width: { share: 3 }, from: 56, cell: ({ targetLabel }) => targetLabel },
  {
    title: 'Outcome',
    width: 14,
    from: 64,
    cell: ({ outcome }) => ({ text: outcome, tone: outcome === 'ok' ? 'good' : 'bad' }),
  },
  {
    title: 'From',
    width: 16,
    from: 100,
    cell: ({ actor }) => ({ text: actor.from, tone: 'dim' }),
  },
];

/** With a filter so many of the newest are searched; without one the client pages through all. */
const searched = (entry: JournalEntry): string =>
  [entry.actor.label, entry.action, entry.targetLabel, entry.outcome, entry.actor.from].join(' ');

/** The section. */
export const JournalScreen = () => {
  const { client, revision } = usePortal();
  const filter = useFilter();
  const now = useNow();
  const [opened, setOpened] = useState<JournalEntry>();
  const all = usePages('journal', revision, (query) => client.journal(query));
  const found = useRows({
    key: 'journal',
    revision,
    load: (query) => client.journal(query),
    words: searched,
    filter: filter.text,
    asleep: filter.text === '',
  });
  return (
    <>
      <ListScreen
        rows={filter.text === '' ? all : found}
        columns={columnsAt(now)}
        filter={filter}
        empty={{ title: 'The journal is empty.' }}
        details={(row) => ({ title: entryTitle(row), facts: entryFacts(row) })}
        keys={(row) => ({
          open: row
            ? { run: () => setOpened(row), does: 'Show all of it', hint: 'details' }
            : undefined,
        })}
      />
      {opened ? <Entry entry={opened} onClose={() => setOpened(undefined)} /> : null}
    </>
  );
};

const entryFacts = (entry: JournalEntry): readonly Fact[] => [
  { label: 'When', value: exactTime(Date.parse(entry.at)) },
  { label: 'Who', value: `${entry.actor.label} (${entry.actor.id})` },
  { label: 'From', value: entry.actor.from },
  { label: 'What', value: entry.action },
  { label: 'On', value: `${entry.targetLabel} (${entry.target})` },
  { label: 'Outcome', value: entry.outcome, tone: entry.outcome === 'ok' ? 'good' : 'bad' },
  ...Object.entries(entry.details).map(([label, value]) => ({ label, value: String(value) })),
];

const entryTitle = ({ seq }: JournalEntry): string => `Entry ${seq}`;

const Entry = ({ entry, onClose }: { entry: JournalEntry; onClose: () => void }) => {
  const { columns, rows } = useContentSize();
  return (
    <Page title={entryTitle(entry)} keys={backKeys(onClose)}>
      <Lines
        lines={factLines(entryFacts(entry), columns)}
        height={rows - pageTitleRows(rows, false)}
      />
    </Page>
  );
};
