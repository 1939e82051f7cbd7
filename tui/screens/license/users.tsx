/** The people who may activate with this license: added with a card, removed, given a new code. */
import type { License, LicenseUser } from '../../../shared/api/licenses.ts';
import { addUser, newUserCode, removeUser } from '../../client/actions/accounts/users.ts';
import type { Fact } from '../../components/lines.tsx';
import { ListScreen } from '../../components/lists/list-screen.tsx';
import { Empty } from '../../components/states.tsx';
import type { Column } from '../../components/lists/table.tsx';
import { useFilter } from '../../hooks/lists/use-filter.ts';
import { useNow } from '../../hooks/use-now.ts';
import { usePortal } from '../../hooks/use-portal.ts';
import { useRows } from '../../hooks/lists/use-rows.ts';
import { exactTime, shortAge } from '../../client/relative-time.ts';
import type { Said } from '../../state/words/license-words.ts';
import { NoLicense } from './no-license.tsx';

/** The section; those who are users themselves are told who may look after users. */
export const UsersScreen = () => {
  const { license, whyNot } = usePortal();
  if (!license) return <NoLicense what="users" />;
  const why = whyNot(addUser);
  if (why !== undefined) {
    return (
      <Empty
        title={why}
        hint={`The owner of ${license.name} is ${license.owner.name} <${license.owner.email}>.`}
      />
    );
  }
  return <People key={license.id} license={license} />;
};

const statusOf = ({ status, account }: LicenseUser): Said => {
  if (status === 'invited') return { text: 'invited', tone: 'soon' };
  if (account.status === 'invited') return { text: 'has a code', tone: 'soon' };
  return account.status === 'disabled'
    ? { text: 'disabled', tone: 'bad' }
    : { text: 'active', tone: 'good' };
};

const statusSentences: Readonly<Record<string, string>> = {
  invited: 'invited: has not accepted yet',
  'has a code': 'has a code: no password is set yet',
};

const userFacts = (row: LicenseUser): readonly Fact[] => {
  const { text, tone } = statusOf(row);
  return [
    { label: 'Name', value: row.account.name },
    { label: 'Status', value: statusSentences[text] ?? text, tone },
    { label: 'Manages', value: row.manage ? 'yes: releases, resets and offline keys' : 'no' },
    { label: 'Added', value: exactTime(Date.parse(row.addedAt)) },
    { label: 'Id', value: row.account.id },
  ];
};

const columnsAt = (now: number): readonly Column<LicenseUser>[] => [
  { title: 'E-mail', width: { share: 3 }, cell: ({ account }) => account.email },
  { title: 'Name', width: { share: 2 }, from: 50, cell: ({ account }) => account.name },
  { title: 'Status', width: 10, cell: statusOf },
  {
    title: 'Manages',
    width: 7,
    from: 64,
    cell: ({ manage }) => ({ text: manage ? 'yes' : 'no', tone: manage ? 'plain' : 'dim' }),
  },
  {
    title: 'Since',
    width: 5,
    align: 'end',
    from: 64,
    cell: ({ addedAt }) => ({ text: shortAge(Date.parse(addedAt), now), tone: 'dim' }),
  },
];

const People = ({ license }: { license: License }) => {
  const { client, revision, act } = usePortal();
  const filter = useFilter();
  const now = useNow();
  const rows = useRows({
    key: license.id,
    revision,
    load: () => client.users(license.id),
    words: ({ account }) => `${account.email} ${account.name}`,
    filter: filter.text,
  });
  return (
    <ListScreen
      rows={rows}
      columns={columnsAt(now)}
      filter={filter}
      empty={{
        title: `Nobody but the owner uses ${license.name}.`,
        hint: 'Press a to add a user: that person activates with credentials of their own.',
      }}
      details={(row) => ({ title: row.account.email, facts: userFacts(row) })}
      keys={(row) => ({
        add: {
          run: () => act(addUser, { license: license.id }),
          does: 'Add a user',
        },
        remove: row
          ? {
              run: () => act(removeUser, { license: license.id, user: row.account.id }),
              does: 'Remove the marked user',
            }
          : undefined,
        code: row
          ? {
              run: () => act(newUserCode, { license: license.id, user: row.account.id }),
              why: row.codeAllowed
                ? undefined
                : 'This password is not yours to set: the person, or an operator, does that.',
            }
          : undefined,
      })}
    />
  );
};
