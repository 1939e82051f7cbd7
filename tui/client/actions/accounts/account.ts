/** One's own account: My Info, password, sessions, invitations. */
import { z } from 'zod';
import { Account } from '../../../../shared/api/accounts.ts';
import { fail, mapOk, ok } from '../../../../shared/result.ts';
import { action } from '../action.ts';
import { editingOf } from '../editing.ts';
import { time, type Block } from '../done.ts';
import { clearable, cleared } from '../clearable.ts';
import { newPasswordField, optional, passwordField, text, Named } from '../fields.ts';

const infoOf = (account: Account): Block => ({
  kind: 'facts',
  rows: [
    ['Name', account.name],
    ['E-mail', account.email],
    ['Company', account.company],
    ['Phone', account.phone],
    ['Role', account.role],
    ['Second factor', account.twoFactor],
    ['Since', time(account.createdAt)],
  ],
});

export const showAccount = action({
  id: 'account.show',
  title: 'Show my info',
  description: 'Show name, e-mail, company and phone of your account.',
  who: 'signed-in',
  reads: true,
  fields: {},
  run: async (client) => {
    return mapOk(await client.account(), (value) => ({
      message: 'Your account.',
      data: value,
      blocks: [infoOf(value)],
    }));
  },
});

const Info = z.string().trim().max(120, 'has more than 120 characters');

export const editAccount = action({
  id: 'account.edit',
  title: 'Edit my info',
  description: 'Change name, company or phone; what is left out is not changed.',
  who: 'signed-in',
  edits: true,
  initial: editingOf(Account, ({ name, company, phone }) => ({
    name,
    company: company ?? '',
    phone: phone ?? '',
  })),
  fields: {
    name: optional(text(Info, { label: 'Name' })),
    ...clearable({
      company: optional(text(Info, { label: 'Company' })),
      phone: optional(text(Info, { label: 'Phone' })),
    }),
  },
  run: async (client, { name, company, phone }) => {
    if (name === undefined && company === undefined && phone === undefined)
      return fail({
        kind: 'invalid',
        fields: { name: 'Nothing to change was given.' },
      });
    return mapOk(
      await client.editAccount({
        ...(name === undefined ? {} : { name }),
        ...(company === undefined ? {} : { company: company === cleared ? '' : company }),
        ...(phone === undefined ? {} : { phone: phone === cleared ? '' : phone }),
      }),
      (value) => ({
        message: 'Your info is saved.',
        data: value,
        blocks: [infoOf(value)],
      }),
    );
  },
});

export const changePassword = action({
  id: 'password.change',
  title: 'Change password',
  description: 'Change your password; your other sessions end.',
  who: 'signed-in',
  fields: {
    currentPassword: passwordField('Current password'),
    newPassword: newPasswordField(),
  },
  run: async (client, values) => {
    return mapOk(await client.changePassword(values), () => ({
      message: 'Your password is changed, and your other sessions have ended.',
      data: { passwordChanged: true },
      blocks: [],
    }));
  },
});

export const listSessions = action({
  id: 'session.list',
  title: 'List my sessions',
  description: 'Show where you are signed in.',
  who: 'signed-in',
  reads: true,
  fields: {},
  run: async (client) => {
    const all = await client.sessions();
    if (!all.ok) return all;
    return ok({
      message: 'Where you are signed in.',
      data: all.value,
      blocks: [
        {
          kind: 'table',
          columns: ['Id', 'This one', 'From', 'With', 'Last used', 'Ends'],
          rows: all.value.items.map((session) => [
            session.id,
            session.current,
            session.from,
            session.agent,
            time(session.lastUsedAt),
            time(session.expiresAt),
          ]),
          empty: 'No sessions.',
        },
      ],
    });
  },
});

export const endSession = action({
  id: 'session.end',
  title: 'End a session',
  description: 'Sign out somewhere else.',
  who: 'signed-in',
  fields: { session: text(Named, { label: 'Session', hint: 'Its id, from the list.' }) },
  run: async (client, { session }) => {
    return mapOk(await client.endSession(session), () => ({
      message: 'That session has ended.',
      data: { ended: session },
      blocks: [],
    }));
  },
});

export const listInvitations = action({
  id: 'invitation.list',
  title: 'List invitations',
  description: 'Show the licenses that you were invited to use.',
  who: 'signed-in',
  reads: true,
  fields: {},
  run: async (client) => {
    const all = await client.invitations();
    if (!all.ok) return all;
    return ok({
      message: 'Invitations.',
      data: all.value,
      blocks: [
        {
          kind: 'table',
          columns: ['Id', 'License', 'Product', 'By', 'Manage', 'Since'],
          rows: all.value.items.map((one) => [
            one.id,
            one.licenseName,
            one.productName,
            one.invitedBy,
            one.manage,
            time(one.invitedAt),
          ]),
          empty: 'Nobody invited you.',
        },
      ],
    });
  },
});

const invitationField = text(Named, { label: 'Invitation', hint: 'Its id, from the list.' });

export const acceptInvitation = action({
  id: 'invitation.accept',
  title: 'Accept an invitation',
  description: 'Become a user of a license.',
  who: 'signed-in',
  fields: { invitation: invitationField },
  run: async (client, { invitation }) => {
    return mapOk(await client.acceptInvitation(invitation), () => ({
      message: 'Accepted: the license is now among yours.',
      data: { accepted: invitation },
      blocks: [],
    }));
  },
});

export const declineInvitation = action({
  id: 'invitation.decline',
  title: 'Decline an invitation',
  description: 'Refuse to become a user of a license.',
  who: 'signed-in',
  fields: { invitation: invitationField },
  run: async (client, { invitation }) => {
    return mapOk(await client.declineInvitation(invitation), () => ({
      message: 'Declined.',
      data: { declined: invitation },
      blocks: [],
    }));
  },
});
