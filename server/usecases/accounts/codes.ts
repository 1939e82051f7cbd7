/** One-time codes with which a person sets a password: made, kept as a hash, spent once. */
import { makeId } from '../../../shared/ids.ts';
import { makeOneTimeCode } from '../../../shared/one-time-codes.ts';
import { day } from '../../../shared/time.ts';
import type { AccountDoc, CodeOrigin } from '../../domain/documents.ts';
import type { Deps, LicetTransaction } from '../deps.ts';

const lifetime = day;

export interface IssuedCode {
  /** Four checked groups; shown once. */
  readonly code: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** Makes a code for the account; every older one of it ends. */
export const issueCode = async (
  deps: Pick<Deps, 'now' | 'random' | 'digest'>,
  tx: LicetTransaction,
  account: AccountDoc,
  origin: CodeOrigin,
  passwordRequestId: string | null = null,
): Promise<IssuedCode> => {
  await dropCodes(tx, account.id);
  const code = makeOneTimeCode(deps.random);
  const now = deps.now();
  tx.codes.put({
    id: makeId('oneTimeCode', now, deps.random),
    hash: deps.digest(code),
    accountId: account.id,
    origin,
    createdAt: now,
    expiresAt: now + lifetime,
    passwordRequestId,
  });
  return { code, expiresAt: now + lifetime };
};

/** Ends every code of the account. */
export const dropCodes = async (tx: LicetTransaction, accountId: string): Promise<void> => {
  for (const code of await tx.codes.by('account', accountId)) tx.codes.delete(code.id);
};

/** Ends the codes that an owner issued for the account. */
export const dropOwnersCodes = async (tx: LicetTransaction, accountId: string): Promise<void> => {
  for (const code of await tx.codes.by('account', accountId)) {
    if (code.origin.startsWith('owner:')) tx.codes.delete(code.id);
  }
};
