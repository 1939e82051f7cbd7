/** The second factor of one's own account: an authenticator's six digits beside the password. */
import { z } from 'zod';
import { mapOk, ok } from '../../../../shared/result.ts';
import { action } from '../action.ts';
import { passwordField, text } from '../fields.ts';

const Digits = z
  .string()
  .transform((typed) => typed.replaceAll(' ', ''))
  .pipe(z.string().regex(/^\d{6}$/u, 'must be six digits'));

const codeField = {
  ...text(Digits, { label: 'One-time password', hint: 'Six digits from your authenticator.' }),
  secret: true,
};

export const beginSecondFactor = action({
  id: 'second-factor.begin',
  title: 'Set up a second factor',
  description: 'Get a secret for your authenticator; once confirmed, sign-in asks for it.',
  who: 'signed-in',
  fields: { currentPassword: passwordField('Current password') },
  run: async (client, values) => {
    const answer = await client.beginSecondFactor(values);
    if (!answer.ok) return answer;
    const { secret, uri } = answer.value;
    return ok({
      message: 'Enter this into your authenticator.',
      data: answer.value,
      once: true,
      blocks: [
        { kind: 'facts', rows: [['Secret', secret]] },
        { kind: 'verbatim', title: 'As a QR code', text: uri, fileName: 'otpauth.txt', qr: true },
      ],
      next: 'Then confirm it with its six digits: licet account confirm-second-factor.',
    });
  },
});

export const confirmSecondFactor = action({
  id: 'second-factor.confirm',
  title: 'Confirm the second factor',
  description: 'Turn the second factor on with the first six digits of your authenticator.',
  who: 'signed-in',
  fields: { code: codeField },
  run: async (client, values) => {
    return mapOk(await client.confirmSecondFactor(values), () => ({
      message: 'From now on signing in asks for the six digits too.',
      data: { twoFactor: true },
      blocks: [],
      next: 'If you lose the authenticator, an operator can remove it from your account.',
    }));
  },
});

export const endSecondFactor = action({
  id: 'second-factor.end',
  title: 'Turn the second factor off',
  description: 'Sign in with the password alone again.',
  who: 'signed-in',
  fields: { code: codeField },
  run: async (client, values) => {
    return mapOk(await client.endSecondFactor(values), () => ({
      message: 'Signing in asks for the password alone.',
      data: { twoFactor: false },
      blocks: [],
    }));
  },
});
