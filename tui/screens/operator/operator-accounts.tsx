/** All accounts of the server, for operators. */
import type { Account } from '../../../shared/api/accounts.ts';
import {
  accountCode,
  createAccount,
  disableAccount,
  enableAccount,
} from '../../client/actions/accounts/operator-accounts.ts';
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
  invited: 'soon',
  active: 'good',
  disabled: 'bad',
} as const satisfies Record<Account['status'], Tone>;

const columnsAt = (now: number): readonly Column<Account>[] => [
  { title: 'E-mail', width: { share: 3 }, cell: ({ email }) => email },
  { title: 'Name', width: { share: 2 }, from: 50, cell: ({ name }) => name },
  {
    title: 'Company',
    width: { share: 2 },
    from: 96,
    cell: ({ company }) => ({ text: company ?? '-', tone: 'dim' }),
  },
  { title: 'Role', width: 8, from: 60, cell: ({ role }) => role },
  {
    title: 'Status',
    width: 8,
    cell: ({ status }) => ({ text: status, tone: statusTones[status] }),
  },
  {
    title: 'Since',
    width: 5,
    align: 'end',
    from: 60,
    cell: ({ createdAt }) => ({ text: shortAge(Date.parse(createdAt), now), tone: 'dim' }),
  },
];

const accountFacts = (row: Account): readonly Fact[] => [
  { label: 'Name', value: row.name },
  { label: 'Company', value: row.company ?? '-' },
  { label: 'Phone', value: row.phone ?? '-' },
  { label: 'Role', value: row.role },
  { label: 'Status', value: row.status, tone: statusTones[row.status] },
  { label: 'Second factor', value: row.twoFactor ? 'on' : 'off' },
  { label: 'Since', value: exactTime(Date.parse(row.createdAt)) },
  { label: 'Id', value: row.id },
];

/** The section. */
export const OperatorAccountsScreen = () => {
  const { client, revision, act } = usePortal();
  const filter = useFilter();
  const now = useNow();
  const rows = useRows({
    key: 'accounts',
    revision,
    load: (query) => client.accounts(query),
    words: (row) => `${row.email} ${row.name} ${row.company ?? ''} ${row.role} ${row.status}`,
    filter: filter.text,
  });
  return (
    <ListScreen
      rows={rows}
      columns={columnsAt(now)}
      filter={filter}
      idOf={({ id }) => id}
      empty={{ title: 'There is no account.', hint: 'Press a to create one for an owner.' }}
      details={(row) => ({ title: row.email, facts: accountFacts(row) })}
      keys={(row) => ({
        add: { run: () => act(createAccount), does: 'Create an account' },
        code: row
          ? {
              run: () => act(accountCode, { account: row.id }),
              does: 'Issue a one-time code for the password',
            }
          : undefined,
        suspend: row
          ? row.status === 'disabled'
            ? {
                run: () => act(enableAccount, { account: row.id }),
                does: 'Let it sign in again',
                hint: 'enable',
              }
            : {
                run: () => act(disableAccount, { account: row.id }),
                does: 'Disable the account',
                hint: 'disable',
              }
          : undefined,
      })}
    />
  );
};
