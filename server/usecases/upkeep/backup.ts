/** A backup for an operator who is not at the server's machine. */
import type { Refusal } from '../../../shared/problems.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';
import { actorOf, type AccountCaller, note } from '../caller.ts';
import type { BackupFile, Deps } from '../deps.ts';

/**
 * Begins a backup. It is journaled first, so that it has its own record; on a disk that failed it is
 * made all the same, since then it is needed most.
 */
export const beginBackup = async (
  deps: Deps,
  caller: AccountCaller,
  releases: boolean,
): Promise<Result<BackupFile, Refusal>> => {
  if (deps.store.status().state === 'ready') {
    const act = { action: 'backup.send', target: caller.account.id, outcome: 'ok' };
    await note(deps.store, actorOf(caller), act);
  } else deps.log.warn({ account: caller.account.id }, 'A backup is sent from a read-only server.');
  const file = await deps.openBackup(releases);
  if (file) return ok(file);
  return fail({
    code: 'unavailable',
    detail:
      'The data on the server’s disk are damaged, so no backup can be made. On its machine, “licet doctor” says what to do.',
  });
};
