/** Keys of air-gapped machines: made from a request, shown again, renewed, given back, reported lost. */
import type { License } from '../../../shared/api/licenses.ts';
import type { OfflineKey } from '../../../shared/api/offline-keys.ts';
import {
  loseOfflineKey,
  returnOfflineKey,
  writeOffOfflineKey,
} from '../../client/actions/seats/close-offline-keys.ts';
import {
  issueOfflineKey,
  printCarrySheet,
  renewOfflineKey,
  showOfflineKey,
} from '../../client/actions/seats/offline-keys.ts';
import { byNextVisit, isHeld, nextVisit } from '../../client/actions/seats/next-visit.ts';
import type { Fact } from '../../components/lines.tsx';
import { ListScreen } from '../../components/lists/list-screen.tsx';
import type { Column } from '../../components/lists/table.tsx';
import { useFilter } from '../../hooks/lists/use-filter.ts';
import type { ScreenKeys } from '../../hooks/use-keys.ts';
import { useNow } from '../../hooks/use-now.ts';
import { usePortal, type Portal } from '../../hooks/use-portal.ts';
import { useRows } from '../../hooks/lists/use-rows.ts';
import { date, daysLeft, exactTime, relativeTime, urgency } from '../../client/relative-time.ts';
import type { Tone } from '../../state/theme.ts';
import { NoLicense } from './no-license.tsx';

/** The section. */
export const OfflineKeysScreen = () => {
  const { license } = usePortal();
  if (!license) return <NoLicense what="offline keys" />;
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

/** An operator sees how often a machine gave a key back: a snapshot put back again and again shows there. */
const columnsAt = (now: number, operator: boolean): readonly Column<OfflineKey>[] => [
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
    cell: (row) => {
      if (!isHeld(row)) return { text: '-', tone: 'dim' };
      const tone = urgency(Date.parse(row.expiresAt), now);
      const days = daysLeft(nextVisit(row), now);
      return { text: days === 0 ? 'now' : `in ${days} d`, tone: tone === 'good' ? 'plain' : tone };
    },
  },
  {
    title: 'Ends',
    width: 12,
    from: 60,
    cell: ({ expiresAt }) => ({ text: date(Date.parse(expiresAt)), tone: 'dim' }),
  },
  ...(operator
    ? [
        {
          title: 'Given back',
          width: 10,
          align: 'end' as const,
          from: 66,
          cell: ({ giveBacks }: OfflineKey) => ({
            text: giveBacks === 0 ? '-' : `${giveBacks} times`.replace(/^1 times$/u, 'once'),
            tone: giveBacks > 1 ? ('soon' as const) : ('dim' as const),
          }),
        },
      ]
    : []),
  {
    title: 'Made by',
    width: { share: 2 },
    from: 76,
    cell: ({ issuedBy }) => ({ text: issuedBy, tone: 'dim' }),
  },
];

const keyFacts = (row: OfflineKey, now: number): readonly Fact[] => [
  {
    label: 'Status',
    value: row.status.replace('-', ' ') + (row.reason === null ? '' : `: ${row.reason}`),
    tone: statusTones[row.status],
  },
  ...(isHeld(row)
    ? [
        {
          label: 'Next visit',
          value: `${date(nextVisit(row))} (${relativeTime(nextVisit(row), now)})`,
        },
      ]
    : []),
  { label: 'Ends', value: exactTime(Date.parse(row.expiresAt)) },
  { label: 'Made', value: exactTime(Date.parse(row.issuedAt)) },
  { label: 'Made by', value: row.issuedBy },
  { label: 'Fingerprint', value: row.fingerprint },
  { label: 'Id', value: row.id },
];

const Keys = ({ license }: { license: License }) => {
  const portal = usePortal();
  const filter = useFilter();
  const now = useNow();
  const rows = useRows({
    key: license.id,
    revision: portal.revision,
    load: (query) => portal.client.offlineKeys(license.id, query),
    words: ({ hostname, status, issuedBy }) => `${hostname} ${status} ${issuedBy}`,
    filter: filter.text,
    sort: byNextVisit,
  });
  return (
    <ListScreen
      rows={rows}
      columns={columnsAt(now, portal.account.role === 'operator')}
      filter={filter}
      empty={{
        title: 'No machine has an offline key.',
        hint: 'Press a, and paste what “licet offline-key request” shows on the machine.',
      }}
      details={(row) => ({ title: row.hostname, facts: keyFacts(row, now) })}
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
