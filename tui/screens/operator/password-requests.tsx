/** Who forgot the password and waits for a code. */
import type { PasswordResetEntry } from '../../../shared/api/accounts.ts';
import { accountCode } from '../../client/actions/accounts/operator-accounts.ts';
import type { Fact } from '../../components/lines.tsx';
import { ListScreen } from '../../components/lists/list-screen.tsx';
import type { Column } from '../../components/lists/table.tsx';
import { useFilter } from '../../hooks/lists/use-filter.ts';
import { useNow } from '../../hooks/use-now.ts';
import { usePortal } from '../../hooks/use-portal.ts';
import { useRows } from '../../hooks/lists/use-rows.ts';
import { exactTime, shortAge } from '../../client/relative-time.ts';
import type { Tone } from '../../state/theme.ts';

const statusTones = {
  open: 'soon',
  'code-issued': 'plain',
  done: 'good',
  expired: 'dim',
} as const satisfies Record<PasswordResetEntry['status'], Tone>;

const columnsAt = (now: number): readonly Column<PasswordResetEntry>[] => [
  { title: 'Request', width: 8, cell: ({ request }) => request },
  { title: 'E-mail', width: { share: 3 }, cell: ({ email }) => email },
  {
    title: 'Account',
    width: { share: 2 },
    from: 64,
    cell: ({ account }) =>
      account ? account.name : { text: 'none with this e-mail', tone: 'bad' },
  },
  {
    title: 'Status',
    width: 11,
    cell: ({ status }) => ({ text: status.replace('-', ' '), tone: statusTones[status] }),
  },
  {
    title: 'Since',
    width: 5,
    align: 'end',
    from: 50,
    cell: ({ requestedAt }) => ({ text: shortAge(Date.parse(requestedAt), now), tone: 'dim' }),
  },
  { title: 'From', width: 16, from: 90, cell: ({ from }) => ({ text: from, tone: 'dim' }) },
];

const requestFacts = (row: PasswordResetEntry): readonly Fact[] => [
  { label: 'E-mail', value: row.email },
  ...(row.account
    ? [
        { label: 'Name', value: row.account.name },
        { label: 'Company', value: row.account.company ?? '-' },
        { label: 'Phone', value: row.account.phone ?? '-' },
      ]
    : [{ label: 'Account', value: 'none with this e-mail', tone: 'bad' as const }]),
  { label: 'Status', value: row.status.replace('-', ' '), tone: statusTones[row.status] },
  { label: 'Asked', value: exactTime(Date.parse(row.requestedAt)) },
  { label: 'From', value: row.from },
];

/** The section: the open requests first. */
export const PasswordRequestsScreen = () => {
  const { client, revision, act } = usePortal();
  const filter = useFilter();
  const now = useNow();
  const rows = useRows({
    key: 'requests',
    revision,
    load: (query) => client.passwordRequests(query),
    words: ({ request, email, account }) => `${request} ${email} ${account?.name ?? ''}`,
    filter: filter.text,
    sort: (a, b) =>
      Number(b.status === 'open') - Number(a.status === 'open') ||
      b.requestedAt.localeCompare(a.requestedAt),
  });
  return (
    <ListScreen
      rows={rows}
      columns={columnsAt(now)}
      filter={filter}
      empty={{
        title: 'Nobody waits for a code.',
        hint: 'Who forgot a password asks at the sign-in, and appears here with a number.',
      }}
      details={(row) => ({ title: row.request, facts: requestFacts(row) })}
      keys={(row) => ({
        code: row
          ? {
              run: () => act(accountCode, { account: row.account?.id ?? '' }),
              does: 'Issue a code, once you know who asks',
              hint: 'issue a code',
              why: row.account
                ? undefined
                : 'No account has this e-mail: there is nothing to issue.',
            }
          : undefined,
      })}
    />
  );
};
