/**
 * The same Idempotency-Key again gives the same answer: it is kept, sealed, in the transaction that
 * made what the request created. Only successes are kept: a refused request changed nothing.
 */
import type { Refusal } from '../../shared/problems.ts';
import { fail, ok, type Result } from '../../shared/result.ts';
import type { Deps, LicetTransaction } from './deps.ts';

export interface IdempotencyKey {
  /** The header of the request; undefined when it has none. */
  readonly key: string | undefined;
  /** Method and path. */
  readonly route: string;
  /** The request's content as text, to tell a repetition from a different request. */
  readonly content: string;
}

/**
 * How a request is recognized again: a request holds passwords, so its hash is kept under a key only. It is
 * made of the SHA-256 of the content, which is what earlier versions kept: theirs become this one.
 */
export const macOfRequest = (deps: Pick<Deps, 'mac'>, contentHash: string): string =>
  deps.mac(contentHash);

const idOf = (deps: Deps, caller: string, { route, key }: IdempotencyKey): string =>
  deps.digest(JSON.stringify([caller, route, key]));

/** Whether a request of this caller, route and key was answered before: `idempotent` gives the answer again. */
export const isAnswered = (deps: Deps, caller: string, request: IdempotencyKey): Promise<boolean> =>
  request.key === undefined
    ? Promise.resolve(false)
    : deps.store.read(
        async ({ idempotency }) =>
          (await idempotency.get(idOf(deps, caller, request))) !== undefined,
      );

/** Runs `work` once for each key, route and caller. */
export const idempotent = async <T>(
  deps: Deps,
  tx: LicetTransaction,
  request: IdempotencyKey & { readonly caller: string },
  work: () => Promise<Result<T, Refusal>>,
): Promise<Result<T, Refusal>> => {
  if (request.key === undefined) return work();
  const id = idOf(deps, request.caller, request);
  const requestMac = macOfRequest(deps, deps.digest(request.content));
  const before = await tx.idempotency.get(id);
  if (before) {
    if (before.requestMac === requestMac) return ok(JSON.parse(deps.unseal(before.answer)) as T);
    return fail({
      code: 'conflict',
      detail: 'This Idempotency-Key was used for a different request. Use a new key for each.',
    });
  }
  const result = await work();
  if (result.ok) {
    tx.idempotency.put({
      id,
      requestMac,
      answer: deps.seal(JSON.stringify(result.value)),
      createdAt: deps.now(),
    });
  }
  return result;
};
