/** Keys of air-gapped machines: made from a request, shown again, renewed, given back, reported lost. */
import type { License } from '../../shared/api/licenses.ts';
import type { OfflineKey } from '../../shared/api/offline-keys.ts';
import {
  issueOfflineKey,
  loseOfflineKey,
  printCarrySheet,
  renewOfflineKey,
  returnOfflineKey,
  showOfflineKey,
  writeOffOfflineKey,
} from '../actions/offline-keys.ts';
import { useContentSize } from '../components/frame.tsx';
import { ListScreen } from '../components/list-screen.tsx';
import { Empty } from '../components/states.tsx';
import type { Column } from '../components/table.tsx';
import { useFilter } from '../hooks/use-filter.tsx';
import type { ScreenKeys } from '../hooks/use-keys.ts';
import { useNow } from '../hooks/use-now.ts';
import { usePortal, type Portal } from '../hooks/use-portal.ts';
import { useRows } from '../hooks/use-rows.ts';
import { date, daysLeft, urgency } from '../state/relative-time.ts';
import type { Tone } from '../theme.ts';

/** The section. */
export const OfflineKeysScreen = () => {
  const { license } = usePortal();
  if (!license) return <Empty title="No license, no offline keys." />;
  return <Keys key={license.id} license={license} />;
};

const statusTones = {
  active: 'good',
  lost: 'soon',
  superseded: 'dim',
  returned: 'dim',
  'written-off': 'dim',
  expired: 'bad',
} as const satisfies Record<OfflineKey['status'], Tone>;

const columnsAt = (now: number): readonly Column<OfflineKey>[] => [
  { title: 'Machine', width: { share: 3 }, cell: ({ hostname }) => hostname },
  {
    title: 'Status',
    width: 11,
    cell: ({ status }) => ({ text: status.replace('-', ' '), tone: statusTones[status] }),
  },
  {
    title: 'Next visit',
    width: 10,
    align: 'end',
    cell: ({ status, expiresAt }) => {
      if (status !== 'active' && status !== 'lost') return { text: '-', tone: 'dim' };
      const at = Date.parse(expiresAt);
      const tone = urgency(at, now);
      return { text: `${daysLeft(at, now)} days`, tone: tone === 'good' ? 'plain' : tone };
    },
  },
  {
    title: 'Ends',
    width: 12,
    from: 60,
    cell: ({ expiresAt }) => ({ text: date(Date.parse(expiresAt)), tone: 'dim' }),
  },
  {
    title: 'Made by',
    width: { share: 2 },
    from: 76,
    cell: ({ issuedBy }) => ({ text: issuedBy, tone: 'dim' }),
  },
];

const isHeld = ({ status }: OfflineKey): boolean => status === 'active' || status === 'lost';

const Keys = ({ license }: { license: License }) => {
  const portal = usePortal();
  const { columns } = useContentSize();
  const filter = useFilter(columns);
  const now = useNow();
  const rows = useRows({
    key: license.id,
    revision: portal.revision,
    load: (query) => portal.client.offlineKeys(license.id, query),
    words: ({ hostname, status, issuedBy }) => `${hostname} ${status} ${issuedBy}`,
    filter: filter.text,
    // Those that hold a seat first, of them those that end first: the next visits.
    sort: (a, b) => Number(isHeld(b)) - Number(isHeld(a)) || a.expiresAt.localeCompare(b.expiresAt),
  });
  return (
    <ListScreen
      rows={rows}
      columns={columnsAt(now)}
      filter={filter}
      empty={{
        title: 'No machine has an offline key.',
        hint: 'Press a, and paste what “licet offline-key request” shows on the machine.',
      }}
      keys={(row) => keysOf(portal, license, row)}
    />
  );
};

const keysOf = (portal: Portal, license: License, row: OfflineKey | undefined): ScreenKeys => {
  const { act, whyNot } = portal;
  const make = {
    run: () => act(issueOfflineKey, { license: license.id }),
    does: 'Make an offline key from a request',
    why: whyNot(issueOfflineKey),
  };
  if (!row) return { add: make };
  const values = { license: license.id, key: row.id };
  const ended = isHeld(row) ? undefined : `This key is ${row.status.replace('-', ' ')}.`;
  const operator = portal.account.role === 'operator';
  return {
    open: {
      run: () => act(showOfflineKey, values),
      does: 'Show the key again',
      hint: 'show',
      why: whyNot(showOfflineKey),
    },
    add: make,
    sheet: { run: () => act(printCarrySheet, values), why: whyNot(printCarrySheet) ?? ended },
    renew: {
      run: () => act(renewOfflineKey, values),
      does: 'Make the next key; only it is carried',
      why: whyNot(renewOfflineKey) ?? ended,
    },
    giveBack: { run: () => act(returnOfflineKey, values), why: whyNot(returnOfflineKey) ?? ended },
    lost:
      operator && row.status === 'lost'
        ? {
            run: () => act(writeOffOfflineKey, values),
            does: 'Write the key off: its seat is free',
            hint: 'write off',
          }
        : {
            run: () => act(loseOfflineKey, values),
            does: 'Report the machine as lost',
            why: whyNot(loseOfflineKey) ?? ended,
          },
  };
};
