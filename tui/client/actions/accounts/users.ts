/** The people on a license. */
import type { Relation } from '../../../../shared/api/licenses.ts';
import { line } from '../../../../shared/api/common.ts';
import { mapOk, ok } from '../../../../shared/result.ts';
import { action } from '../action.ts';
import { handoverCard, newCodePreview } from './card.ts';
import { time } from '../done.ts';
import { emailField, Named, text, toggle } from '../fields.ts';
import { foundLicense, findUser } from '../find.ts';

const owning: readonly Relation[] = ['operator', 'owner'];

export const listUsers = action({
  id: 'users.list',
  title: 'List users',
  description: 'Show who may activate with this license.',
  who: owning,
  reads: true,
  fields: { license: foundLicense() },
  run: async (client, { license }) => {
    const all = await client.users(license.id);
    if (!all.ok) return all;
    return ok({
      message: `Users of ${license.name}.`,
      data: { license: license.id, items: all.value.items },
      blocks: [
        {
          kind: 'table',
          columns: ['E-mail', 'Name', 'Status', 'Manages', 'Since', 'Id'],
          rows: all.value.items.map((user) => [
            user.account.email,
            user.account.name,
            user.status === 'invited' ? 'not accepted yet' : user.account.status,
            user.manage,
            time(user.addedAt),
            user.account.id,
          ]),
          empty: 'This license has no users. Add one with: licet users add.',
        },
      ],
    });
  },
});

export const addUser = action({
  id: 'users.add',
  title: 'Add a user',
  description: 'Let a person activate with this license, by credentials of their own.',
  who: owning,
  fields: {
    email: emailField(),
    name: text(line(120), { label: 'Name', example: 'Ana Ruiz' }),
    manage: toggle({
      label: 'May manage',
      hint: 'Also releases, resets and makes offline keys.',
    }),
    license: foundLicense(),
  },
  run: async (client, { license, ...person }) => {
    const answer = await client.addUser(license.id, person);
    if (!answer.ok) return answer;
    const { account, setPasswordCode, codeExpiresAt } = answer.value;
    return ok({
      message:
        setPasswordCode === null
          ? `${account.email} already has an account, and is invited to ${license.name}.`
          : `${account.email} is now a user of ${license.name}.`,
      data: answer.value,
      once: setPasswordCode !== null,
      blocks: [
        handoverCard(client, {
          email: account.email,
          name: account.name,
          code: setPasswordCode,
          until: codeExpiresAt,
        }),
      ],
      next:
        setPasswordCode === null
          ? 'That person signs in with the own password and accepts the invitation.'
          : 'Hand the card over by a safe way: it is not shown again, but a new code can be made.',
    });
  },
});

const userField = text(Named, { label: 'User', hint: 'E-mail or account id.', refers: 'user' });

export const removeUser = action({
  id: 'users.remove',
  title: 'Remove a user',
  description: 'End what a user may do with this license, at once.',
  who: owning,
  fields: { user: userField, license: foundLicense() },
  danger: {
    confirm: 'Remove the user',
    preview: async (client, { license, user }) => {
      const member = await findUser(client, license.id, user);
      if (!member.ok) return member;
      return ok({
        sentences: [
          `${member.value.account.email} will no longer see or activate ${license.name}.`,
          'Sessions end at once. Machines that this user activated keep running and hold their seats.',
        ],
        gentler: [],
        data: member.value,
      });
    },
  },
  run: async (client, { license, user }) => {
    const member = await findUser(client, license.id, user);
    if (!member.ok) return member;
    const { account } = member.value;
    return mapOk(await client.removeUser(license.id, account.id), () => ({
      message: `${account.email} is removed from ${license.name}.`,
      data: { removed: member.value },
      blocks: [],
      next: 'Machines that this user activated keep running; release them if they should not.',
    }));
  },
});

export const newUserCode = action({
  id: 'users.code',
  title: 'New code for a user',
  description: 'Make a new one-time code for a user whom you added.',
  who: owning,
  fields: { user: userField, license: foundLicense() },
  slip: {
    confirm: 'Make a new code',
    preview: async (client, { license, user }) => {
      return mapOk(await findUser(client, license.id, user), (one) =>
        newCodePreview(one.account.email, one),
      );
    },
  },
  run: async (client, { license, user }) => {
    const member = await findUser(client, license.id, user);
    if (!member.ok) return member;
    const { account } = member.value;
    const answer = await client.userCode(license.id, account.id);
    if (!answer.ok) return answer;
    return ok({
      message: `A new code for ${account.email}; older ones no longer work.`,
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
    });
  },
});
