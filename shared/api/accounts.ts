/** Accounts, sessions and passwords. */
import { z } from 'zod';
import { Email, line, NewPassword, optionalLine, pageOf, Timestamp, Version } from './common.ts';

export const Role = z.enum(['operator', 'owner', 'user']).meta({ id: 'Role' });
export type Role = z.infer<typeof Role>;

export const Account = z
  .object({
    id: z.string(),
    email: z.string(),
    name: z.string(),
    company: z.string().nullable(),
    phone: z.string().nullable(),
    role: Role,
    /** `invited`: no password was set yet. */
    status: z.enum(['invited', 'active', 'disabled']),
    twoFactor: z.boolean(),
    createdAt: Timestamp,
    version: Version,
  })
  .meta({ id: 'Account' });
export type Account = z.infer<typeof Account>;
export const AccountPage = pageOf(Account, 'AccountPage');

export const SignIn = z
  .object({
    email: Email,
    password: z.string().min(1).max(1024),
    totp: z
      .string()
      .regex(/^[0-9]{6}$/u, 'must be six digits')
      .optional(),
  })
  .meta({ id: 'SignIn' });
export type SignIn = z.infer<typeof SignIn>;

export const SignedIn = z
  .object({ token: z.string(), expiresAt: Timestamp, account: Account })
  .meta({ id: 'SignedIn' });
export type SignedIn = z.infer<typeof SignedIn>;

export const Session = z
  .object({
    id: z.string(),
    current: z.boolean(),
    createdAt: Timestamp,
    lastUsedAt: Timestamp,
    expiresAt: Timestamp,
    from: z.string(),
    agent: z.string(),
  })
  .meta({ id: 'Session' });
export type Session = z.infer<typeof Session>;
export const SessionPage = pageOf(Session, 'SessionPage');
/** The session that asks, and whose it is. */
export const CurrentSession = Session.extend({ account: Account }).meta({ id: 'CurrentSession' });
export type CurrentSession = z.infer<typeof CurrentSession>;

/** My Info. */
export const AccountPatch = z
  .object({
    name: line(120).optional(),
    company: optionalLine(120).optional(),
    phone: optionalLine(40).optional(),
  })
  .meta({ id: 'AccountPatch' });
export type AccountPatch = z.infer<typeof AccountPatch>;

export const PasswordChange = z
  .object({ currentPassword: z.string().min(1).max(1024), newPassword: NewPassword })
  .meta({ id: 'PasswordChange' });
export type PasswordChange = z.infer<typeof PasswordChange>;

/** Begins a second factor; the password shows that it is not just somebody at an open session. */
export const TotpBegin = z
  .object({ currentPassword: z.string().min(1).max(1024) })
  .meta({ id: 'TotpBegin' });
export type TotpBegin = z.infer<typeof TotpBegin>;

/** Asks for a backup; the password shows that it is not just somebody at an open session. */
export const BackupMake = z
  .object({ currentPassword: z.string().min(1).max(1024) })
  .meta({ id: 'BackupMake' });
export type BackupMake = z.infer<typeof BackupMake>;

/** What an authenticator is given: the secret in base32, and all of it as an otpauth URI. */
export const TotpSecret = z
  .object({ secret: z.string(), uri: z.string() })
  .meta({ id: 'TotpSecret' });

export const TotpCode = z
  .object({ code: z.string().regex(/^[0-9]{6}$/u, 'must be six digits') })
  .meta({ id: 'TotpCode' });

export const PasswordResetRequest = z.object({ email: Email }).meta({ id: 'PasswordResetRequest' });
export type PasswordResetRequest = z.infer<typeof PasswordResetRequest>;

/** `request` is the number that the owner tells the operator. */
export const PasswordResetAccepted = z
  .object({ request: z.string() })
  .meta({ id: 'PasswordResetAccepted' });

export const PasswordReset = z
  .object({ code: z.string().min(1).max(100), newPassword: NewPassword })
  .meta({ id: 'PasswordReset' });
export type PasswordReset = z.infer<typeof PasswordReset>;

/** Whose password was set: who has the code needs no other proof to know. */
export const PasswordSet = z.object({ email: z.string() }).meta({ id: 'PasswordSet' });
export type PasswordSet = z.infer<typeof PasswordSet>;

/** A password request as an operator sees it; `account` is null when no account has that e-mail. */
export const PasswordResetEntry = z
  .object({
    id: z.string(),
    request: z.string(),
    email: z.string(),
    account: Account.nullable(),
    requestedAt: Timestamp,
    from: z.string(),
    status: z.enum(['open', 'code-issued', 'done', 'expired']),
  })
  .meta({ id: 'PasswordResetEntry' });
export type PasswordResetEntry = z.infer<typeof PasswordResetEntry>;
export const PasswordResetPage = pageOf(PasswordResetEntry, 'PasswordResetPage');

export const AccountCreate = z
  .object({
    email: Email,
    name: line(120),
    company: optionalLine(120).optional(),
    phone: optionalLine(40).optional(),
    password: NewPassword.optional(),
    role: z.enum(['owner', 'operator']).default('owner'),
  })
  .meta({ id: 'AccountCreate' });
export type AccountCreate = z.infer<typeof AccountCreate>;

/** Without a password in the request, a code is returned with which the person sets one. */
export const AccountCreated = z
  .object({
    account: Account,
    setPasswordCode: z.string().nullable(),
    codeExpiresAt: Timestamp.nullable(),
  })
  .meta({ id: 'AccountCreated' });
export type AccountCreated = z.infer<typeof AccountCreated>;

export const OperatorAccountPatch = AccountPatch.extend({
  email: Email.optional(),
  role: z.enum(['owner', 'operator']).optional(),
  status: z.enum(['active', 'disabled']).optional(),
  /** Takes the second factor away, for somebody who lost the device; only its owner turns one on. */
  twoFactor: z.literal(false).optional(),
}).meta({ id: 'OperatorAccountPatch' });
export type OperatorAccountPatch = z.infer<typeof OperatorAccountPatch>;
