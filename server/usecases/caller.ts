/** Who calls: proven by a token before a use case runs. */
import type { AccountDoc, ActivationDoc, SessionDoc } from '../domain/documents.ts';
import type { LicetSchema } from '../collections.ts';
import type { Act, Actor, Store } from '../store/store.ts';

/** Somebody signed in. */
export interface AccountCaller {
  readonly account: AccountDoc;
  readonly session: SessionDoc;
  /** The remote address. */
  readonly from: string;
}

/** A product on a machine, by its activation token. */
export interface ActivationCaller {
  readonly activation: ActivationDoc;
  readonly from: string;
}

/** Nobody yet: signing in, activating, redeeming a code. */
export interface AnonymousCaller {
  readonly from: string;
  readonly agent: string;
}

/** The caller as the journal names who acted. */
export const actorOf = (caller: AccountCaller | ActivationCaller | AnonymousCaller): Actor => {
  const id =
    'account' in caller
      ? caller.account.id
      : 'activation' in caller
        ? caller.activation.id
        : 'anonymous';
  return { id, from: caller.from };
};

/** The server itself, or a command on its machine. */
export const bySystem: Actor = { id: 'system', from: 'local' };

/** Journals what changes no document. */
export const note = (
  store: Pick<Store<LicetSchema>, 'transact'>,
  actor: Actor,
  act: Act,
): Promise<void> => store.transact(actor, async (tx) => tx.record(act));
