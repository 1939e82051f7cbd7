/** My account: My Info, password, where one is signed in, invitations. */
import type { Invitation } from '../../shared/api/licenses.ts';
import type { Session } from '../../shared/api/accounts.ts';
import {
  acceptInvitation,
  changePassword,
  declineInvitation,
  editAccount,
  endSession,
} from '../client/actions/accounts/account.ts';
import { signOut } from '../client/actions/accounts/session.ts';
import { useContentSize } from '../components/layout/frame.tsx';
import { ListScreen } from '../components/lists/list-screen.tsx';
import { Text } from '../components/text.tsx';
import type { Column } from '../components/lists/table.tsx';
import { useApp } from '../hooks/use-app.ts';
import { useFilter } from '../hooks/lists/use-filter.ts';
import { useNow } from '../hooks/use-now.ts';
import type { ScreenKeys } from '../hooks/use-keys.ts';
import { usePortal } from '../hooks/use-portal.ts';
import { useRows, type RowsOptions } from '../hooks/lists/use-rows.ts';
import { ok } from '../../shared/result.ts';
import { cut, inert } from '../state/cells.ts';
import { shortAge } from '../client/relative-time.ts';

type Row =
  | { readonly kind: 'invitation'; readonly invitation: Invitation }
  | { readonly kind: 'session'; readonly session: Session };

const columnsAt = (now: number): readonly Column<Row>[] => [
  {
    title: 'Sessions and invitations',
    width: { share: 3 },
    cell: (row) =>
      row.kind === 'invitation'
        ? {
            text: `Invitation to ${row.invitation.licenseName} by ${row.invitation.invitedBy}`,
            tone: 'soon',
          }
        : row.session.from,
  },
  {
    title: 'With',
    width: { share: 2 },
    from: 56,
    cell: (row) => ({ text: row.kind === 'session' ? row.session.agent : '', tone: 'dim' }),
  },
  {
    title: 'Last used',
    width: 9,
    align: 'end',
    cell: (row) =>
      row.kind === 'invitation'
        ? shortAge(Date.parse(row.invitation.invitedAt), now)
        : row.session.current
          ? { text: 'this one', tone: 'good' }
          : shortAge(Date.parse(row.session.lastUsedAt), now),
  },
];

/** One's own is looked for first, and the others are told apart from it. */
const currentFirst = (a: Session, b: Session): number => Number(b.current) - Number(a.current);

/** The section: facts above, sessions and invitations below. */
export const AccountScreen = () => {
  const { account, client, revision } = usePortal();
  const { columns, rows: height } = useContentSize();
  const filter = useFilter();
  const now = useNow();
  const load: RowsOptions<Row>['load'] = async () => {
    const sessions = await client.sessions();
    if (!sessions.ok) return sessions;
    const invitations = await client.invitations();
    if (!invitations.ok) return invitations;
    return ok({
      items: [
        ...invitations.value.items.map((invitation) => ({
          kind: 'invitation' as const,
          invitation,
        })),
        ...sessions.value.items
          .toSorted(currentFirst)
          .map((session) => ({ kind: 'session' as const, session })),
      ],
      nextCursor: null,
    });
  };
  const rows = useRows<Row>({
    key: account.id,
    revision,
    load,
    words: (row) =>
      row.kind === 'session'
        ? `${row.session.from} ${row.session.agent}`
        : row.invitation.licenseName,
    filter: filter.text,
  });
  const keys = useAccountKeys();
  const info = [account.name, account.email, account.company, account.phone]
    .filter((part) => part !== null && part !== '')
    .join(', ');
  const role = { operator: 'Operator of this server', owner: 'Owner of licenses', user: 'User' };
  return (
    <ListScreen
      rows={rows}
      columns={columnsAt(now)}
      filter={filter}
      head={[
        <Text key="info" tone="strong">
          {cut(inert(info), columns)}
        </Text>,
        ...(height < 8
          ? []
          : [
              <Text key="role" tone="dim">
                {role[account.role]}
              </Text>,
            ]),
      ]}
      empty={{ title: 'You are signed in nowhere else.' }}
      keys={keys}
    />
  );
};

const useAccountKeys = (): ((row: Row | undefined) => ScreenKeys) => {
  const { act } = usePortal();
  const { signedOut } = useApp();
  const { client } = usePortal();
  return (row) => ({
    ...(row?.kind === 'invitation'
      ? {
          open: {
            run: () => act(acceptInvitation, { invitation: row.invitation.id }),
            does: 'Accept the invitation',
            hint: 'accept',
          },
          remove: {
            run: () => act(declineInvitation, { invitation: row.invitation.id }),
            does: 'Decline the invitation',
            hint: 'decline',
          },
        }
      : {
          remove: row
            ? {
                run: () => act(endSession, { session: row.session.id }),
                does: 'End the marked session',
                hint: 'end session',
                why: row.session.current ? 'This is the session that you use.' : undefined,
              }
            : undefined,
        }),
    edit: { run: () => act(editAccount), does: 'Edit my info', hint: 'edit info' },
    password: () => act(changePassword),
    signOut: () => {
      void signOut.run(client, {});
      signedOut({ text: 'Signed out.', tone: 'good' });
    },
  });
};
