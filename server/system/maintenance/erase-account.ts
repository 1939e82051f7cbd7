/** Erases a person: the account, and what the journal kept of it. The server must be stopped. */
import { Email } from '../../../shared/api/common.ts';
import { dataVersion } from '../../data-version.ts';
import type { AccountDoc } from '../../domain/documents.ts';
import { openStore } from '../../store/folder/open-store.ts';
import type { CollectionReader, Document } from '../../store/store.ts';
import type { LicetTransaction, Logger } from '../../usecases/deps.ts';
import { Failure } from '../failure.ts';

export interface EraseOptions {
  readonly directory: string;
  readonly email: string;
  readonly log: Logger;
  /** Milliseconds since the epoch; the machine's clock, unless told. */
  readonly now?: (() => number) | undefined;
}

export interface ErasedAccount {
  readonly account: string;
  /** Former documents that were taken out of the journal. */
  readonly documents: number;
  /** Machines that this person activated: they run on, and no longer say by whom. */
  readonly activations: number;
}

/** What stands where the e-mail of the person stood. */
const nobody = 'an erased account';

/** Of these, what is no longer there is of no use to anybody: all former versions go. */
const spent = [
  'sessions',
  'codes',
  'passwordRequests',
  'idempotency',
  'downloadLinks',
  'trialLinks',
];

const pageSize = 500;

async function* all<D extends Document>(
  collection: CollectionReader<D, string>,
): AsyncGenerator<D> {
  for (let after: string | undefined; ;) {
    const page = await collection.list({ after, limit: pageSize });
    yield* page;
    if (page.length < pageSize) return;
    after = page.at(-1)?.id;
  }
}

/** The account, if it may go. @throws Failure `setting` */
const findErasable = async (tx: LicetTransaction, text: string): Promise<AccountDoc> => {
  const email = Email.safeParse(text);
  const account = email.success ? await tx.accounts.first('email', email.data) : undefined;
  if (!account) {
    throw new Failure(
      'setting',
      `There is no account “${text}”. “licet operator account list” shows those that are.`,
    );
  }
  const owned = await tx.licenses.by('owner', account.id);
  if (owned.length > 0) {
    const names = owned.map(({ name }) => name).join(', ');
    throw new Failure(
      'setting',
      `${account.email} owns ${names}. Move them to another owner first: licet license edit LICENSE --owner-email E.`,
    );
  }
  const operators = await tx.accounts.by('role', 'operator');
  const others = operators.filter(({ id, disabled }) => id !== account.id && !disabled);
  if (account.role === 'operator' && others.length === 0) {
    throw new Failure(
      'setting',
      `${account.email} is the last operator. Create another one first: licet operator account create.`,
    );
  }
  return account;
};

/** Deletes or empties all that has the person in it; gives what it was, as `collection/id`. */
const forget = async (tx: LicetTransaction, { id, email }: AccountDoc): Promise<Set<string>> => {
  const touched = new Set<string>([`accounts/${id}`]);
  tx.accounts.delete(id);
  for (const kind of ['sessions', 'codes', 'memberships'] as const) {
    for (const one of await tx[kind].by('account', id)) {
      tx[kind].delete(one.id);
      touched.add(`${kind}/${one.id}`);
    }
  }
  for (const request of await tx.passwordRequests.by('email', email))
    tx.passwordRequests.delete(request.id);
  for await (const activation of all(tx.activations)) {
    if (activation.activatedBy !== email) continue;
    tx.activations.put({ ...activation, activatedBy: nobody });
    touched.add(`activations/${activation.id}`);
  }
  for await (const key of all(tx.offlineKeys)) {
    if (key.issuedBy !== email) continue;
    tx.offlineKeys.put({ ...key, issuedBy: nobody });
    touched.add(`offlineKeys/${key.id}`);
  }
  return touched;
};

/**
 * Erases an account that owns no license. Machines that the person activated keep their seats. The
 * journal's chain still verifies: its headers, which know people by their ids alone, stay.
 * @throws Failure `setting` when it may not go; StoreError when a server runs on the folder
 */
export const eraseAccount = async (options: EraseOptions): Promise<ErasedAccount> => {
  const { directory, log, now = Date.now } = options;
  const actor = { id: 'system', from: 'local' };
  const store = await openStore({ directory, ...dataVersion, now, log });
  try {
    const { account, touched } = await store.transact(actor, async (tx) => {
      const found = await findErasable(tx, options.email);
      const keys = await forget(tx, found);
      tx.record({ action: 'account.erase', target: found.id, outcome: 'ok' });
      return { account: found.id, touched: keys };
    });
    const { documents } = await store.eraseBodies(
      actor,
      account,
      (key) => touched.has(key) || spent.some((collection) => key.startsWith(`${collection}/`)),
    );
    const activations = [...touched].filter((key) => key.startsWith('activations/')).length;
    return { account, documents, activations };
  } finally {
    await store.close();
  }
};
