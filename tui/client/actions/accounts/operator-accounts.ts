/** Accounts as operators look after them, and the password requests that wait for them. */
import { line, NewPassword } from '../../../../shared/api/common.ts';
import { ok } from '../../../../shared/result.ts';
import { action } from '../action.ts';
import { handoverCard, newCodePreview } from './card.ts';
import { time } from '../done.ts';
import { choice, emailField, Named, optional, text, type TypedField } from '../fields.ts';
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

const accountField = text(Named, {
  label: 'Account',
  hint: 'E-mail or account id.',
  refers: 'account',
});

export const disableAccount = action({
  id: 'accounts.disable',
  title: 'Disable an account',
  description: 'End all sessions of an account and let it sign in no more.',
  who: 'operator',
  fields: { account: accountField },
  danger: {
    confirm: 'Disable it',
    preview: async (client, { account }) => {
      const found = await findAccount(client, account);
      if (!found.ok) return found;
      return ok({
        sentences: [
          `${found.value.email} can no longer sign in or activate; all its sessions end at once.`,
          'Machines that it activated keep running and hold their seats.',
        ],
        gentler: [],
        data: found.value,
      });
    },
  },
  run: async (client, { account }) => {
    const found = await findAccount(client, account);
    if (!found.ok) return found;
    const answer = await client.changeAccount(found.value.id, { status: 'disabled' });
    return answer.ok
      ? ok({
          message: `${answer.value.email} is disabled.`,
          data: answer.value,
          blocks: [],
          next: `Enable it again with: licet operator account enable ${answer.value.email}.`,
        })
      : answer;
  },
});

export const enableAccount = action({
  id: 'accounts.enable',
  title: 'Enable an account',
  description: 'Let a disabled account sign in again.',
  who: 'operator',
  fields: { account: accountField },
  run: async (client, { account }) => {
    const found = await findAccount(client, account);
    if (!found.ok) return found;
    const answer = await client.changeAccount(found.value.id, { status: 'active' });
    return answer.ok
      ? ok({
          message: `${answer.value.email} may sign in again.`,
          data: answer.value,
          blocks: [],
        })
      : answer;
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
    preview: async (client, { account }) => {
      const found = await findAccount(client, account);
      if (!found.ok) return found;
      const { email, twoFactor } = found.value;
      return ok({
        sentences: [
          twoFactor
            ? `${email} will sign in with the password alone, until a second factor is set up again.`
            : `${email} has no second factor.`,
          'Make sure that you speak with the right person.',
        ],
        gentler: [],
        data: found.value,
      });
    },
  },
  run: async (client, { account }) => {
    const found = await findAccount(client, account);
    if (!found.ok) return found;
    const answer = await client.changeAccount(found.value.id, { twoFactor: false });
    return answer.ok
      ? ok({
          message: `${answer.value.email} signs in with the password alone.`,
          data: answer.value,
          blocks: [],
        })
      : answer;
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
    preview: async (client, { account }) => {
      const found = await findAccount(client, account);
      return found.ok ? ok(newCodePreview(found.value.email, found.value)) : found;
    },
  },
  run: async (client, { account }) => {
    const found = await findAccount(client, account);
    if (!found.ok) return found;
    const answer = await client.accountCode(found.value.id);
    if (!answer.ok) return answer;
    return ok({
      message: `A code for ${found.value.email}; older ones no longer work.`,
      data: answer.value,
      once: true,
      blocks: [
        handoverCard(client, {
          email: found.value.email,
          name: found.value.name,
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
