/** Accounts as operators look after them, and the password requests that wait for them. */
import { line, NewPassword } from '../../../../shared/api/common.ts';
import { mapOk, ok } from '../../../../shared/result.ts';
import { action } from '../action.ts';
import { handoverCard, newCodePreview } from './card.ts';
import { time } from '../done.ts';
import { choice, emailField, found, Named, optional, text, type TypedField } from '../fields.ts';
import { allPages, findAccount } from '../find.ts';

export const listAccounts = action({
  id: 'accounts.list',
  title: 'List accounts',
  description: 'Show all accounts of this server.',
  who: 'operator',
  reads: true,
  fields: {},
  run: async (client) => {
    const all = await allPages((query) => client.accounts(query));
    if (!all.ok) return all;
    return ok({
      message: 'Accounts.',
      data: { items: all.value },
      blocks: [
        {
          kind: 'table',
          columns: ['E-mail', 'Name', 'Company', 'Role', 'Status', 'Since', 'Id'],
          rows: all.value.map((account) => [
            account.email,
            account.name,
            account.company,
            account.role,
            account.status,
            time(account.createdAt),
            account.id,
          ]),
          empty: 'No accounts.',
        },
      ],
    });
  },
});

const optionalPassword: TypedField<string | undefined> = {
  ...optional({ label: 'Password', kind: 'password', optional: false, schema: NewPassword }),
  hint: 'Leave it empty, and a code is made with which the person sets one.',
};

export const createAccount = action({
  id: 'accounts.create',
  title: 'Create an account',
  description: 'Create an account for an owner or an operator, with a card to hand over.',
  who: 'operator',
  fields: {
    email: emailField(),
    name: text(line(120), { label: 'Name', example: 'Ana Ruiz' }),
    company: optional(text(line(120), { label: 'Company' })),
    phone: optional(text(line(40), { label: 'Phone' })),
    role: {
      ...choice(
        [
          { value: 'owner', label: 'Owner of licenses' },
          { value: 'operator', label: 'Operator of this server' },
        ],
        { label: 'Role' },
      ),
      initial: 'owner',
    },
    password: optionalPassword,
  },
  run: async (client, { company, phone, password, ...account }) => {
    const answer = await client.createAccount({
      ...account,
      ...(company === undefined ? {} : { company }),
      ...(phone === undefined ? {} : { phone }),
      ...(password === undefined ? {} : { password }),
    });
    if (!answer.ok) return answer;
    const { account: created, setPasswordCode, codeExpiresAt } = answer.value;
    return ok({
      message: `The account ${created.email} is created.`,
      data: answer.value,
      once: setPasswordCode !== null,
      blocks: [
        handoverCard(client, {
          email: created.email,
          name: created.name,
          code: setPasswordCode,
          until: codeExpiresAt,
        }),
      ],
      next:
        setPasswordCode === null
          ? 'Hand the card over, and the password by a safe way.'
          : 'Hand the card over by a safe way: the code is not shown again, but a new one can be made.',
    });
  },
});

const accountField = found(
  text(Named, { label: 'Account', hint: 'E-mail or account id.', refers: 'account' }),
  findAccount,
);

export const disableAccount = action({
  id: 'accounts.disable',
  title: 'Disable an account',
  description: 'End all sessions of an account and let it sign in no more.',
  who: 'operator',
  fields: { account: accountField },
  danger: {
    confirm: 'Disable it',
    preview: async (_, { account }) => {
      return ok({
        sentences: [
          `${account.email} can no longer sign in or activate; all its sessions end at once.`,
          'Machines that it activated keep running and hold their seats.',
        ],
        gentler: [],
        data: account,
      });
    },
  },
  run: async (client, { account }) => {
    return mapOk(await client.changeAccount(account.id, { status: 'disabled' }), (value) => ({
      message: `${value.email} is disabled.`,
      data: value,
      blocks: [],
      next: `Enable it again with: licet operator account enable ${value.email}.`,
    }));
  },
});

export const enableAccount = action({
  id: 'accounts.enable',
  title: 'Enable an account',
  description: 'Let a disabled account sign in again.',
  who: 'operator',
  fields: { account: accountField },
  run: async (client, { account }) => {
    return mapOk(await client.changeAccount(account.id, { status: 'active' }), (value) => ({
      message: `${value.email} may sign in again.`,
      data: value,
      blocks: [],
    }));
  },
});

export const removeSecondFactor = action({
  id: 'accounts.second-factor',
  title: 'Remove a second factor',
  description: 'Let somebody who lost their authenticator sign in with the password alone.',
  who: 'operator',
  fields: { account: accountField },
  danger: {
    confirm: 'Remove it',
    preview: async (_, { account }) => {
      const { email, twoFactor } = account;
      return ok({
        sentences: [
          twoFactor
            ? `${email} will sign in with the password alone, until a second factor is set up again.`
            : `${email} has no second factor.`,
          'Make sure that you speak with the right person.',
        ],
        gentler: [],
        data: account,
      });
    },
  },
  run: async (client, { account }) => {
    return mapOk(await client.changeAccount(account.id, { twoFactor: false }), (value) => ({
      message: `${value.email} signs in with the password alone.`,
      data: value,
      blocks: [],
    }));
  },
});

export const accountCode = action({
  id: 'accounts.code',
  title: 'Issue a password code',
  description: 'Make a one-time code with which a person sets a new password.',
  who: 'operator',
  fields: { account: accountField },
  slip: {
    confirm: 'Make a new code',
    preview: async (_, { account }) => ok(newCodePreview(account.email, account)),
  },
  run: async (client, { account }) => {
    const answer = await client.accountCode(account.id);
    if (!answer.ok) return answer;
    return ok({
      message: `A code for ${account.email}; older ones no longer work.`,
      data: answer.value,
      once: true,
      blocks: [
        handoverCard(client, {
          email: account.email,
          name: account.name,
          code: answer.value.code,
          until: answer.value.expiresAt,
        }),
      ],
      next: 'Make sure that you speak with the right person, by a way other than this request.',
    });
  },
});

export const listPasswordRequests = action({
  id: 'password-requests.list',
  title: 'List password requests',
  description: 'Show who forgot their password and waits for a code.',
  who: 'operator',
  reads: true,
  fields: {},
  run: async (client) => {
    const all = await allPages((query) => client.passwordRequests(query));
    if (!all.ok) return all;
    return ok({
      message: 'Password requests.',
      data: { items: all.value },
      blocks: [
        {
          kind: 'table',
          columns: ['Request', 'E-mail', 'Account', 'Status', 'Since', 'From'],
          rows: all.value.map((one) => [
            one.request,
            one.email,
            one.account?.name ?? 'none with this e-mail',
            one.status,
            time(one.requestedAt),
            one.from,
          ]),
          empty: 'Nobody waits for a code.',
        },
      ],
    });
  },
});
