/** Erases a person: the account, and what the journal kept of it. The server must be stopped. */
import { Email } from '../../../shared/api/common.ts';
import { credentials } from '../../collections.ts';
import { dataVersion } from '../../data-version.ts';
import type { AccountDoc } from '../../domain/documents.ts';
import { openStore } from '../../store/folder/open-store.ts';
import { isLastOperator } from '../../usecases/accounts/operator-accounts.ts';
import { bySystem } from '../../usecases/caller.ts';
import { lookThrough } from '../../usecases/pages.ts';
import type { LicetReader, LicetTransaction, Logger } from '../../usecases/deps.ts';
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
const spent = [...credentials, 'passwordRequests'];

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
      `${account.email} owns ${names}. Move them to another owner first: licet license move LICENSE E-MAIL.`,
    );
  }
  if (await isLastOperator(tx, account)) {
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
  const now = { read: <T>(work: (reader: LicetReader) => Promise<T>) => work(tx) };
  const activated = lookThrough(
    now,
    ({ activations }, page) => activations.list(page),
    (all) => all.filter(({ activatedBy }) => activatedBy === email),
  );
  for await (const some of activated) {
    for (const activation of some) {
      tx.activations.put({ ...activation, activatedBy: nobody });
      touched.add(`activations/${activation.id}`);
    }
  }
  const issued = lookThrough(
    now,
    ({ offlineKeys }, page) => offlineKeys.list(page),
    (all) => all.filter(({ issuedBy }) => issuedBy === email),
  );
  for await (const some of issued) {
    for (const key of some) {
      tx.offlineKeys.put({ ...key, issuedBy: nobody });
      touched.add(`offlineKeys/${key.id}`);
    }
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
  const store = await openStore({ directory, ...dataVersion, now, log });
  try {
    const { account, touched } = await store.transact(bySystem, async (tx) => {
      const found = await findErasable(tx, options.email);
      const keys = await forget(tx, found);
      tx.record({ action: 'account.erase', target: found.id, outcome: 'ok' });
      return { account: found.id, touched: keys };
    });
    const { documents } = await store.eraseBodies(
      bySystem,
      account,
      (key) => touched.has(key) || spent.some((collection) => key.startsWith(`${collection}/`)),
    );
    const activations = [...touched].filter((key) => key.startsWith('activations/')).length;
    return { account, documents, activations };
  } finally {
    await store.close();
  }
};
