/** Sessions: signing in, recognizing a token, listing and ending them. */
import type { SignedIn, SignIn } from '../../../shared/api/accounts.ts';
import { makeId } from '../../../shared/ids.ts';
import type { Refusal } from '../../../shared/problems.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';
import { day, hour, iso } from '../../../shared/time.ts';
import type { AccountDoc, SessionDoc } from '../../domain/documents.ts';
import { actorOf, type AccountCaller, type AnonymousCaller } from '../caller.ts';
import { proveAccount, stillProven, wrongCredentials } from './credentials.ts';
import type { Deps, LicetTransaction } from '../deps.ts';
import { makeToken } from './tokens.ts';
import { viewAccount } from '../views.ts';

/** A session ends when unused for an hour, and after a day in any case. Milliseconds. */
const idle = hour;
const longest = day;
/** More than this many at once end the one that was unused for longest. */
const sessionsPerAccount = 50;

/** Signs in with e-mail and password. Errors: `invalid-credentials`, `too-many-requests`. */
export const signIn = async (
  deps: Deps,
  caller: AnonymousCaller,
  input: SignIn,
): Promise<Result<SignedIn, Refusal>> => {
  const proven = await proveAccount(deps, caller, input);
  if (!proven.ok) {
    deps.failures.add('session.start', caller.from, proven.error.code);
    return proven;
  }
  const token = makeToken(deps, 'ls');
  const session = newSession(deps, caller, proven.value, token);
  if (deps.store.status().state === 'read-only') {
    for (const { tokenHash } of tooMany(deps, transientOf(deps, session.accountId))) {
      deps.transientSessions.delete(tokenHash);
    }
    deps.transientSessions.set(session.tokenHash, session);
  } else {
    const opened = await openSession(deps, session, proven.value);
    if (!opened.ok) return opened;
  }
  return ok({
    token,
    expiresAt: iso(session.expiresAt),
    account: viewAccount(proven.value),
  });
};

const newSession = (
  deps: Deps,
  caller: AnonymousCaller,
  account: AccountDoc,
  token: string,
): SessionDoc => ({
  id: makeId('session', deps.now(), deps.random),
  tokenHash: deps.digest(token),
  accountId: account.id,
  createdAt: deps.now(),
  expiresAt: deps.now() + longest,
  from: caller.from,
  agent: caller.agent,
});

const openSession = (
  deps: Deps,
  session: SessionDoc,
  account: AccountDoc,
): Promise<Result<null, Refusal>> =>
  deps.store.transact({ id: session.accountId, from: session.from }, async (tx) => {
    if (!(await stillProven(tx, account))) return fail(wrongCredentials);
    const ended = tooMany(deps, await tx.sessions.by('account', account.id));
    for (const { id } of ended) tx.sessions.delete(id);
    tx.sessions.put(session);
    tx.record({
      action: 'session.start',
      target: account.id,
      outcome: 'ok',
      ...(ended.length === 0 ? {} : { details: { ended: ended.length, why: 'too many sessions' } }),
    });
    return ok(null);
  });

/** Those of an account's sessions that make room for one more: unused for longest. */
const tooMany = (deps: Deps, all: readonly SessionDoc[]): readonly SessionDoc[] =>
  all
    .toSorted((a, b) => lastUse(deps, a) - lastUse(deps, b))
    .slice(0, Math.max(0, all.length + 1 - sessionsPerAccount));

const lastUse = (deps: Deps, session: SessionDoc): number =>
  deps.store.marks.get(session.id)?.at ?? session.createdAt;

export const signInFirst: Refusal = {
  code: 'unauthenticated',
  detail: 'Your session has ended, or you have not signed in. Sign in with “licet login”.',
};

/** Whether a session ended by its age, or for not being used. */
export const isSessionOver = (deps: Deps, session: SessionDoc): boolean => {
  const now = deps.now();
  return now >= session.expiresAt || now - lastUse(deps, session) >= idle;
};

/** Who a session's token belongs to. Disabling an account, or ending the session, shows at once. */
export const authenticate = async (
  deps: Deps,
  token: string,
  from: string,
): Promise<Result<AccountCaller, Refusal>> => {
  const hash = deps.digest(token);
  const found = await deps.store.read(async (reader) => {
    const session =
      deps.transientSessions.get(hash) ?? (await reader.sessions.first('token', hash));
    const account = session && (await reader.accounts.get(session.accountId));
    return session && account ? { session, account } : undefined;
  });
  if (!found || found.account.disabled) return fail(signInFirst);
  const { session, account } = found;
  if (isSessionOver(deps, session)) return fail(signInFirst);
  deps.store.marks.set(session.id, { at: deps.now() });
  return ok({ account, session, from });
};

/** Whether the session of a long-lived connection would still be let in. */
export const stillSignedIn = async (deps: Deps, caller: AccountCaller): Promise<boolean> => {
  const { session } = caller;
  if (isSessionOver(deps, session)) return false;
  return deps.store.read(async (reader) => {
    const account = await reader.accounts.get(caller.account.id);
    const kept =
      deps.transientSessions.has(session.tokenHash) ||
      (await reader.sessions.get(session.id)) !== undefined;
    return kept && account?.disabled === false;
  });
};

/** Ends the session that asks. */
export const signOut = async (deps: Deps, caller: AccountCaller): Promise<void> => {
  if (deps.transientSessions.delete(caller.session.tokenHash)) return;
  await deps.store.transact(actorOf(caller), async (tx) => {
    tx.sessions.delete(caller.session.id);
    tx.record({ action: 'session.end', target: caller.account.id, outcome: 'ok' });
  });
};

/** The account's sessions that live in memory, since they began while nothing could be written. */
const transientOf = (deps: Deps, accountId: string): readonly SessionDoc[] =>
  [...deps.transientSessions.values()].filter((session) => session.accountId === accountId);

/** Ends one of the caller's own sessions. */
export const endSession = async (
  deps: Deps,
  caller: AccountCaller,
  id: string,
): Promise<Result<null, Refusal>> => {
  const transient = transientOf(deps, caller.account.id).find((session) => session.id === id);
  if (transient) {
    deps.transientSessions.delete(transient.tokenHash);
    return ok(null);
  }
  return deps.store.transact(actorOf(caller), async (tx) => {
    const session = await tx.sessions.get(id);
    if (session?.accountId !== caller.account.id) {
      return fail({ code: 'not-found', detail: 'This session has ended already.' });
    }
    tx.sessions.delete(id);
    tx.record({ action: 'session.end', target: caller.account.id, outcome: 'ok' });
    return ok(null);
  });
};

/**
 * Ends all sessions of an account but one, within a transaction that does something else too. Those that
 * live in memory began while nothing could be written, and so never see such a change.
 */
export const endSessions = async (
  tx: LicetTransaction,
  accountId: string,
  but?: string,
): Promise<void> => {
  for (const session of await tx.sessions.by('account', accountId)) {
    if (session.id !== but) tx.sessions.delete(session.id);
  }
};

/** The caller's sessions that are not over. */
export const listSessions = async (deps: Deps, caller: AccountCaller) => {
  const sessions = await deps.store.read((reader) =>
    reader.sessions.by('account', caller.account.id),
  );
  return [...sessions, ...transientOf(deps, caller.account.id)]
    .map((session) => viewSession(deps, caller, session))
    .filter((session) => Date.parse(session.expiresAt) > deps.now());
};

/** A session as its account sees it; it ends at `expiresAt` if it is not used before. */
export const viewSession = (deps: Deps, caller: AccountCaller, session: SessionDoc) => {
  const lastUsed = lastUse(deps, session);
  return {
    id: session.id,
    current: session.id === caller.session.id,
    createdAt: iso(session.createdAt),
    lastUsedAt: iso(lastUsed),
    expiresAt: iso(Math.min(session.expiresAt, lastUsed + idle)),
    from: session.from,
    agent: session.agent,
  };
};
