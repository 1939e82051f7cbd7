/** Sets up a data folder: roots, a certified signing key, the first operator, the recovery sheet. */
import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { AccountCreate } from '../../../shared/api/accounts.ts';
import { makeId } from '../../../shared/ids.ts';
import { makeOneTimeCode } from '../../../shared/one-time-codes.ts';
import { dataVersion } from '../../data-version.ts';
import type { AccountDoc } from '../../domain/documents.ts';
import { openStore } from '../../store/folder/open-store.ts';
import { initAction } from '../../store/journal/record.ts';
import type { Logger, Passwords } from '../../usecases/deps.ts';
import { issueCode, type IssuedCode } from '../../usecases/accounts/codes.ts';
import { digest, random } from '../create-deps.ts';
import { neverHashedRequests } from '../erase-request-hashes.ts';
import { Failure } from '../failure.ts';
import { createKeys } from '../keys/create-keys.ts';
import { keyPaths } from '../keys/keyring.ts';
import { toPem } from '../keys/root-key.ts';
import { hasUnlockSecret } from '../keys/unlock.ts';
import { makeFolderWhole } from './new-folder.ts';
import { createPasswords } from '../passwords.ts';
import { makeRecoverySheet, printRecoverySheet, type RecoverySheet } from './recovery-sheet.ts';
import { bySystem } from '../../usecases/caller.ts';

export interface InitOptions {
  readonly directory: string;
  readonly operatorEmail: string;
  /** The part of the e-mail before the @, unless told. */
  readonly operatorName?: string | undefined;
  /** Without one, a one-time code is made with which the operator sets a password. */
  readonly operatorPassword?: string | undefined;
  /** Without one, a passphrase is made and stands on the recovery sheet. */
  readonly rootPassphrase?: string | undefined;
  readonly unlockFile?: string | undefined;
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  readonly log: Logger;
  /** Milliseconds since the epoch; the machine's clock, unless told. */
  readonly now?: (() => number) | undefined;
}

export interface Initialized {
  /** Absolute. */
  readonly directory: string;
  readonly issuer: string;
  readonly operator: { readonly id: string; readonly email: string; readonly name: string };
  /** For the operator's first sign-in; null when a password was given. */
  readonly code: { readonly code: string; readonly expiresAt: string } | null;
  /** The spare root, for the safe: it is kept nowhere. */
  readonly spareRoot: { readonly kid: string; readonly pem: string };
  readonly recoverySheet: RecoverySheet;
  /** The sheet as text to print. Holds secrets. */
  readonly recoveryText: string;
}

const shortestPassphrase = 12;

const checkPassphrase = (passphrase: string, passwords: Passwords): void => {
  if (passphrase.length >= shortestPassphrase && !passwords.isCommon(passphrase)) return;
  throw new Failure(
    'passphrase',
    `The passphrase of the root is too weak: it needs ${shortestPassphrase} characters or more and must not be a common one. Several words together are good.`,
  );
};

/** The operator's account, as what the API accepts, with a hash of the password. */
const checkOperator = async (
  options: InitOptions,
  passwords: Passwords,
  now: number,
): Promise<AccountDoc> => {
  const { operatorEmail, operatorPassword } = options;
  const parsed = AccountCreate.safeParse({
    email: operatorEmail,
    name: options.operatorName ?? operatorEmail.split('@')[0],
    role: 'operator',
    ...(operatorPassword === undefined ? {} : { password: operatorPassword }),
  });
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const field = String(issue?.path[0]);
    const said = field === 'email' ? `e-mail "${operatorEmail}"` : field;
    throw new Failure('setting', `The operator's ${said} ${issue?.message ?? 'is not valid'}.`);
  }
  const { email, name, password } = parsed.data;
  if (password !== undefined && passwords.isCommon(password)) {
    throw new Failure(
      'passphrase',
      "The operator's password is on the list of common ones. Several words together are good.",
    );
  }
  const hash = password === undefined ? undefined : await passwords.hash(password);
  return {
    id: makeId('account', now, random),
    email,
    name,
    company: null,
    phone: null,
    role: 'operator',
    disabled: false,
    createdAt: now,
    createdBy: 'local',
    password: hash?.ok === true ? { hash: hash.value, origin: 'local', changedAt: now } : null,
    totp: null,
  };
};

const storeOperator = async (
  directory: string,
  account: AccountDoc,
  now: () => number,
  log: Logger,
): Promise<IssuedCode | null> => {
  const store = await openStore({ directory, ...dataVersion, now, log, create: true });
  try {
    neverHashedRequests(store, now());
    return await store.transact(bySystem, async (tx) => {
      tx.accounts.put(account);
      const details = { schemaVersion: dataVersion.schemaVersion };
      tx.record({ action: initAction, target: account.id, outcome: 'ok', details });
      return account.password ? null : issueCode({ now, random, digest }, tx, account, 'local');
    });
  } finally {
    await store.close();
  }
};

/**
 * Makes a data folder, whole or not at all.
 * @throws Failure: `folder` when there is something in it, `setting` or `passphrase` for what is not acceptable
 */
export const initData = async (options: InitOptions): Promise<Initialized> => {
  const { log, now = Date.now, unlockFile, environment } = options;
  const directory = resolve(options.directory);
  const passwords = createPasswords();
  const madePassphrase = options.rootPassphrase === undefined ? makeOneTimeCode(random) : null;
  const passphrase = options.rootPassphrase ?? madePassphrase ?? '';
  checkPassphrase(passphrase, passwords);
  const account = await checkOperator(options, passwords, now());
  const elsewhere = { unlockFile, environment };
  const hadUnlock = await hasUnlockSecret({ directory, ...elsewhere });
  return makeFolderWhole(directory, async (staging) => {
    const keys = await createKeys({ directory: staging, ...elsewhere }, passphrase, now());
    const unlockPath = keys.unlockPath.replace(staging, directory);
    try {
      const issued = await storeOperator(staging, account, now, log);
      const sheet = makeRecoverySheet({
        issuer: keys.issuer,
        createdAt: new Date(now()).toISOString(),
        directory,
        unlockPath,
        operatorEmail: account.email,
        operatorCode: issued?.code ?? null,
        rootKid: keys.rootKid,
        rootPath: keyPaths(directory).root,
        madePassphrase,
        spareKid: keys.spare.kid,
        sparePem: toPem(keys.spare),
      });
      return {
        directory,
        issuer: keys.issuer,
        operator: { id: account.id, email: account.email, name: account.name },
        code: issued && { code: issued.code, expiresAt: new Date(issued.expiresAt).toISOString() },
        spareRoot: { kid: keys.spare.kid, pem: toPem(keys.spare) },
        recoverySheet: sheet,
        recoveryText: printRecoverySheet(sheet),
      };
    } catch (error) {
      if (!hadUnlock) await rm(keys.unlockPath, { force: true });
      throw error;
    }
  });
};
