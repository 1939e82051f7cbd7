/** All licenses of the server, for operators: found, made, renewed, suspended, opened. */
import type { License } from '../../../shared/api/licenses.ts';
import { importLicenses } from '../../client/actions/licenses/import-export.ts';
import { createLicense } from '../../client/actions/licenses/operator-licenses.ts';
import { useContentSize } from '../../components/layout/frame.tsx';
import { ListScreen } from '../../components/lists/list-screen.tsx';
import { barCells, seatTone } from '../../components/seat-bar.tsx';
import type { Column } from '../../components/lists/table.tsx';
import { Text } from '../../components/text.tsx';
import { useAnswer } from '../../hooks/server/use-answer.ts';
import { useFilter } from '../../hooks/lists/use-filter.ts';
import type { ScreenKeys } from '../../hooks/use-keys.ts';
import { useNow } from '../../hooks/use-now.ts';
import { usePortal, type Portal } from '../../hooks/use-portal.ts';
import { useRows } from '../../hooks/lists/use-rows.ts';
import { operatorHealth, rankOf } from '../../state/words/attention.ts';
import { expiryShort, statusWords, type Said } from '../../state/words/license-words.ts';
import { signs } from '../../state/theme.ts';
import { licenseFacts } from '../license/license-facts.tsx';
import { licenseKeys } from './license-keys.tsx';

const seats = ({ counter, maxActivations }: License): string =>
  `${counter}/${maxActivations ?? '∞'}`;

/** As long as ten squares with air between them. */
const barWidth = 19;

const columnsAt = (now: number): readonly Column<License>[] => [
  { title: 'License', width: { share: 2 }, cell: ({ name }) => name },
  { title: 'Owner', width: { share: 3 }, from: 50, cell: ({ owner }) => owner.email },
  {
    title: 'Product',
    width: { share: 2 },
    from: 90,
    cell: ({ productName }) => ({ text: productName, tone: 'dim' }),
  },
  {
    title: '',
    width: barWidth,
    from: 110,
    cell: ({ counter, maxActivations }) => ({
      text: maxActivations === null ? '' : barCells(counter, maxActivations, barWidth).join(''),
      tone: seatTone(counter, maxActivations),
    }),
  },
  {
    title: 'Seats',
    width: 8,
    align: 'end',
    cell: (row) => ({ text: seats(row), tone: seatTone(row.counter, row.maxActivations) }),
  },
  { title: 'Ends', width: 10, align: 'end', from: 60, cell: (row) => expiryShort(row, now) },
  { title: 'Status', width: 11, cell: statusWords },
];

/** The operator's first section. `open` shows one license as its owner sees it. */
export const OperatorLicensesScreen = ({ open }: { open: (license: License) => void }) => {
  const portal = usePortal();
  const { columns } = useContentSize();
  const filter = useFilter();
  const now = useNow();
  const rows = useRows({
    key: 'licenses',
    revision: portal.revision,
    load: (query) => portal.client.licenses(query),
    words: (row) =>
      `${row.name} ${row.owner.email} ${row.owner.name} ${row.productName} ${row.status} ${row.id}`,
    filter: filter.text,
    sort: (a, b) => rankOf(a, now) - rankOf(b, now),
  });
  const requests = useAnswer('requests', portal.revision, () =>
    portal.client.passwordRequests({ limit: 100 }),
  );
  const waiting = (requests.value?.items ?? []).filter(({ status }) => status === 'open').length;
  const health = operatorHealth({ licenses: rows.held, more: rows.more, waiting, now });
  return (
    <ListScreen
      rows={rows}
      columns={columnsAt(now)}
      filter={filter}
      idOf={({ id }) => id}
      head={rows.held.length === 0 ? [] : [<Health key="health" said={health} />]}
      empty={{
        title: 'There is no license yet.',
        hint: 'Press a to make one. It needs a product and an owner: make those first.',
      }}
      details={(row) => ({ title: row.name, facts: licenseFacts(row, now, columns) })}
      keys={(row) => keysOf(portal, row, open)}
    />
  );
};

/** Is all well? In one line; the list below begins with what is not. */
const Health = ({ said }: { said: readonly Said[] }) => (
  <Text wrap="truncate-end">
    {said.map(({ text, tone }, index) => (
      <Text key={text} tone={tone}>
        {`${index > 0 ? '  ' : ''}${signOf(tone)} ${text}`}
      </Text>
    ))}
  </Text>
);

const signOf = (tone: Said['tone']): string =>
  tone === 'bad' ? signs.bad : tone === 'soon' ? signs.soon : signs.good;

const keysOf = (
  portal: Portal,
  row: License | undefined,
  open: (license: License) => void,
): ScreenKeys => {
  const all = {
    add: { run: () => portal.act(createLicense), does: 'Make a license' },
    importList: { run: () => portal.act(importLicenses) },
  };
  if (!row) return all;
  return {
    open: { run: () => open(row), does: 'Open the license', hint: 'open' },
    ...all,
    ...licenseKeys(portal, row),
  };
};
