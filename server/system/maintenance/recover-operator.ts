/** Brings back an operator who lost the password: a one-time code, while the server is stopped. */
import { Email } from '../../../shared/api/common.ts';
import { dataVersion } from '../../data-version.ts';
import { openStore } from '../../store/folder/open-store.ts';
import type { Logger } from '../../usecases/deps.ts';
import { issueCode } from '../../usecases/accounts/codes.ts';
import { digest, random } from '../create-deps.ts';
import { Failure } from '../failure.ts';
import { bySystem } from '../../usecases/caller.ts';

export interface RecoverOptions {
  readonly directory: string;
  readonly email: string;
  readonly log: Logger;
  /** Milliseconds since the epoch; the machine's clock, unless told. */
  readonly now?: (() => number) | undefined;
}

export interface RecoveredOperator {
  readonly email: string;
  readonly code: string;
  /** RFC 3339; 24 hours from now. */
  readonly expiresAt: string;
  /** A second factor was there and is removed, since it may be what was lost. */
  readonly secondFactorRemoved: boolean;
}

/**
 * Makes a one-time code for an operator, enables the account if it was disabled, and ends its sessions.
 * @throws Failure `setting` when there is no such operator; StoreError when a server runs on the folder
 */
export const recoverOperator = async (options: RecoverOptions): Promise<RecoveredOperator> => {
  const { directory, log, now = Date.now } = options;
  const email = Email.safeParse(options.email);
  if (!email.success) {
    throw new Failure(
      'setting',
      `"${options.email}" is not an e-mail address, such as ana@example.com.`,
    );
  }
  const store = await openStore({ directory, ...dataVersion, now, log });
  try {
    return await store.transact(bySystem, async (tx) => {
      const account = await tx.accounts.first('email', email.data);
      if (account?.role !== 'operator') {
        const operators = await tx.accounts.by('role', 'operator');
        const known = operators.map((operator) => operator.email).join(', ');
        throw new Failure('setting', `${email.data} is not an operator. Operators are: ${known}.`);
      }
      tx.accounts.put({ ...account, disabled: false, totp: null });
      for (const session of await tx.sessions.by('account', account.id)) {
        tx.sessions.delete(session.id);
      }
      const issued = await issueCode({ now, random, digest }, tx, account, 'local');
      tx.record({ action: 'operator.recover', target: account.id, outcome: 'ok' });
      return {
        email: account.email,
        code: issued.code,
        expiresAt: new Date(issued.expiresAt).toISOString(),
        secondFactorRemoved: account.totp !== null,
      };
    });
  } finally {
    await store.close();
  }
};
