/** Signing in and out, and the way back in for those who forgot their password. */
import { z } from 'zod';
import { mapOk, ok } from '../../../../shared/result.ts';
import { action } from '../action.ts';
import { contactOf } from '../find.ts';
import { time } from '../done.ts';
import { emailField, newPasswordField, optional, passwordField, text } from '../fields.ts';

const Totp = z.string().regex(/^\d{6}$/u, 'must be six digits');

/** `data` is the API's answer: the front end keeps the token. */
export const signIn = action({
  id: 'session.sign-in',
  title: 'Sign in',
  description: 'Sign in with license e-mail and password.',
  who: 'anyone',
  fields: {
    email: emailField(),
    password: passwordField(),
    totp: {
      ...optional(
        text(Totp, {
          label: 'One-time password',
          hint: 'Six digits from your authenticator, if you set one up.',
        }),
      ),
      secret: true,
    },
  },
  run: async (client, { email, password, totp }) => {
    const answer = await client.signIn({
      email,
      password,
      ...(totp === undefined ? {} : { totp }),
    });
    if (!answer.ok) return answer;
    const { account, expiresAt } = answer.value;
    return ok({
      message: `Signed in to ${client.server} as ${account.email}.`,
      data: answer.value,
      blocks: [
        {
          kind: 'facts',
          rows: [
            ['Name', account.name],
            ['Role', account.role],
            ['Session ends', time(expiresAt)],
          ],
        },
      ],
    });
  },
});

export const signOut = action({
  id: 'session.sign-out',
  title: 'Sign out',
  description: 'End this session on the server.',
  who: 'signed-in',
  screen: 'sign-out',
  fields: {},
  run: async (client) => {
    return mapOk(await client.signOut(), () => ({
      message: 'Signed out.',
      data: { signedOut: true },
      blocks: [],
    }));
  },
});

export const forgotPassword = action({
  id: 'password.forgot',
  title: 'Forgot password',
  send: 'Ask for a code',
  description: 'Ask the operator for a one-time code with which you set a new password.',
  who: 'anyone',
  shows: true,
  fields: { email: emailField() },
  run: async (client, { email }) => {
    const answer = await client.forgotPassword({ email });
    if (!answer.ok) return answer;
    const { request } = answer.value;
    const contact = await contactOf(client);
    return ok({
      message: `The operator sees your request under the number ${request}.`,
      data: answer.value,
      blocks: [{ kind: 'facts', rows: [['Request', request]] }],
      next: `Call ${contact}, say this number, and set a new password with the code that you are told.`,
    });
  },
});

export const setPassword = action({
  id: 'password.set',
  title: 'I have a code',
  send: 'Set the password',
  description: 'Set a password with a one-time code.',
  who: 'anyone',
  fields: {
    code: {
      ...text(z.string().trim().min(1, 'is needed').max(100, 'is too long'), {
        label: 'Code',
        hint: 'Four groups of letters and digits; small or capital is the same.',
      }),
      secret: true,
    },
    newPassword: newPasswordField(),
  },
  run: async (client, { code, newPassword }) => {
    return mapOk(await client.setPassword({ code, newPassword }), (value) => ({
      message: 'Your password is set, and the code is used up.',
      data: { passwordSet: true, ...value },
      blocks: [],
      next: 'Sign in with your e-mail and the new password.',
    }));
  },
});
