/** Who holds a seat, by whom, since when and when last seen; release one, reset all. */
import { useState } from 'react';
import type { Activation } from '../../../shared/api/activations.ts';
import type { License } from '../../../shared/api/licenses.ts';
import { releaseActivation, resetActivations } from '../../client/actions/seats/activations.ts';
import { useContentSize } from '../../components/layout/frame.tsx';
import { factLines, Lines } from '../../components/lines.tsx';
import { ListScreen } from '../../components/lists/list-screen.tsx';
import { backKeys, Page, pageTitleRows } from '../../components/layout/page.tsx';
import { SeatBar } from '../../components/seat-bar.tsx';
import type { Column } from '../../components/lists/table.tsx';
import { useCopy } from '../../components/verbatim.tsx';
import { useFilter } from '../../hooks/lists/use-filter.ts';
import { useNow } from '../../hooks/use-now.ts';
import { usePages } from '../../hooks/lists/use-pages.ts';
import { usePortal } from '../../hooks/use-portal.ts';
import { inert } from '../../state/cells.ts';
import { shortAge } from '../../client/relative-time.ts';
import { seenTone } from '../../state/words/seen.ts';
import { machineFacts } from './machine-facts.ts';
import { NoLicense } from './no-license.tsx';
import { releaseWhy, whyHint, WhyRefused } from './why-refused.tsx';

/** The section; without a license it says what to do. */
export const ActivationsScreen = () => {
  const { license } = usePortal();
  if (!license) return <NoLicense what="activations" />;
  return <Machines key={license.id} license={license} />;
};

const columnsAt = (now: number): readonly Column<Activation>[] => [
  { title: 'Machine', width: { share: 3 }, cell: ({ hostname }) => hostname },
  {
    title: 'Activated by',
    width: { share: 3 },
    from: 60,
    cell: ({ activatedBy }) => ({ text: activatedBy, tone: 'dim' }),
  },
  {
    title: 'Since',
    width: 5,
    align: 'end',
    from: 50,
    cell: ({ seatSince, activatedAt }) => ({
      text: shortAge(Date.parse(seatSince ?? activatedAt), now),
      tone: 'dim',
    }),
  },
  {
    title: 'Seen',
    width: 7,
    align: 'end',
    cell: ({ kind, lastSeenAt }) =>
      kind === 'offline'
        ? { text: 'offline', tone: 'dim' }
        : {
            text: lastSeenAt === null ? 'never' : shortAge(Date.parse(lastSeenAt), now),
            tone: seenTone(lastSeenAt, now),
          },
  },
  {
    title: 'Version',
    width: 9,
    from: 70,
    cell: ({ version }) => ({ text: version, tone: 'dim' }),
  },
  {
    title: 'Platform',
    width: 14,
    from: 100,
    cell: ({ platform }) => ({ text: platform, tone: 'dim' }),
  },
];

const Machines = ({ license }: { license: License }) => {
  const { client, revision, act, whyNot } = usePortal();
  const { columns } = useContentSize();
  const filter = useFilter();
  const now = useNow();
  const [opened, setOpened] = useState<Activation>();
  const [asking, setAsking] = useState(false);
  const rows = usePages(
    `${license.id}/${filter.text}`,
    revision,
    (query) =>
      client.activations(license.id, {
        ...query,
        ...(filter.text === '' ? {} : { filter: filter.text }),
      }),
    filter.text === '' ? license.counter : undefined,
  );
  return (
    <>
      <ListScreen
        rows={rows}
        columns={columnsAt(now)}
        filter={filter}
        head={[
          <SeatBar
            key="seats"
            used={license.counter}
            limit={license.maxActivations}
            width={columns}
            note={license.offline > 0 ? `${license.offline} by offline keys` : undefined}
          />,
        ]}
        empty={{
          title: 'No machine holds a seat.',
          hint: 'A product takes one itself, with your e-mail and password.',
        }}
        details={(row) => ({ title: row.hostname, facts: machineFacts(row, now) })}
        keys={(row) => ({
          open: row
            ? { run: () => setOpened(row), does: 'Show all of it', hint: 'details' }
            : undefined,
          release: {
            run: () => {
              if (row) act(releaseActivation, { license: license.id, activation: row.id });
            },
            why: whyNot(releaseActivation) ?? releaseWhy(row),
          },
          reset: {
            run: () => act(resetActivations, { license: license.id }),
            why: whyNot(resetActivations),
          },
          why: { run: () => setAsking(true), ...whyHint(license) },
        })}
      />
      {asking ? <WhyRefused license={license} onClose={() => setAsking(false)} /> : null}
      {opened ? <Machine machine={opened} onClose={() => setOpened(undefined)} /> : null}
    </>
  );
};

/** Everything that is known of a machine. */
const Machine = ({ machine, onClose }: { machine: Activation; onClose: () => void }) => {
  const { columns, rows } = useContentSize();
  const now = useNow();
  const copy = useCopy();
  return (
    <Page
      title={inert(machine.hostname)}
      keys={{
        copy: { run: () => copy(machine.fingerprint), does: 'Copy the fingerprint' },
        ...backKeys(onClose),
      }}
    >
      <Lines
        lines={factLines(machineFacts(machine, now), columns)}
        height={rows - pageTitleRows(rows, false)}
      />
    </Page>
  );
};
