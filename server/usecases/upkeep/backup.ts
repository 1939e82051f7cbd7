/** A backup for an operator who is not at the server's machine. */
import type { BackupMake } from '../../../shared/api/accounts.ts';
import type { Refusal } from '../../../shared/problems.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';
import { actorOf, type AccountCaller } from '../caller.ts';
import { proveAgain, stillProven } from '../accounts/credentials.ts';
import { signInFirst } from '../accounts/sign-in.ts';
import type { BackupFile, Deps } from '../deps.ts';

/**
 * Begins a backup, once its operator has shown the password again: a session that was left open would
 * otherwise carry everything away. It is journaled first, so that it has its own record; on a disk that failed it
 * is made all the same, since then it is needed most. Errors: `invalid-credentials`, `too-many-requests`,
 * `unavailable`.
 */
export const beginBackup = async (
  deps: Deps,
  caller: AccountCaller,
  input: BackupMake,
  releases: boolean,
): Promise<Result<BackupFile, Refusal>> => {
  const proven = await proveAgain(deps, caller, input.currentPassword);
  if (!proven.ok) return proven;
  if (deps.store.status().state === 'ready') {
    const begun = await deps.store.transact(actorOf(caller), async (tx) => {
      if (!(await stillProven(tx, caller.account))) return fail(signInFirst);
      tx.record({ action: 'backup.send', target: caller.account.id, outcome: 'ok' });
      return ok(null);
    });
    if (!begun.ok) return begun;
  } else deps.log.warn({ account: caller.account.id }, 'A backup is sent from a read-only server.');
  const file = await deps.openBackup(releases);
  if (file) return ok(file);
  return fail({
    code: 'unavailable',
    detail:
      'The data on the server’s disk are damaged, so no backup can be made. On its machine, “licet doctor” says what to do.',
  });
};
