/** A whole server over a temporary folder, asked by `app.request()`; the test sets its clock. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { Passwords, Settings } from '../../../server/usecases/deps.ts';
import { createApp } from '../../../server/app.ts';
import { collections } from '../../../server/collections.ts';
import { openStore } from '../../../server/store/folder/open-store.ts';
import { createDeps, random } from '../../../server/system/create-deps.ts';
import { createKeys } from '../../../server/system/keys/create-keys.ts';
import { loadKeys } from '../../../server/system/keys/load-keys.ts';
import type { Account, AccountCreated, SignedIn } from '../../../shared/api/accounts.ts';
import type { Activated } from '../../../shared/api/activations.ts';
import type { LicenseCreate, LicenseCreated } from '../../../shared/api/licenses.ts';
import { makeId } from '../../../shared/ids.ts';
import { scoutingStore, withoutEffectsInCallbacks } from './scouting-store.ts';

export const hour = 3_600_000;
export const day = 24 * hour;
export const goodPassword = 'quiet harbor lantern';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

interface Ask {
  readonly token?: string | undefined;
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The address that it comes from; none for a request from the machine itself. */
  readonly from?: string;
}

export interface Asked<T> {
  readonly status: number;
  readonly body: T;
  readonly headers: Headers;
}

/** A fingerprint for tests: the same text gives the same one. */
export const fingerprint = (name: string): string =>
  Buffer.from(name).toString('hex').padEnd(64, '0').slice(0, 64);

type Files = readonly (readonly [name: string, content: Buffer])[];

/** Keys of a data folder, made once for each test file, since a passphrase is slow on purpose. */
const makeKeys = async (): Promise<Files> => {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'licet-keys-'));
  try {
    await createKeys(
      { directory },
      'a passphrase for the root',
      Date.parse('2026-03-01T08:00:00Z'),
    );
    const keys = path.join(directory, 'keys');
    const names = await readdir(keys);
    return await Promise.all(
      names.map(async (name) => [name, await readFile(path.join(keys, name))] as const),
    );
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};

let madeKeys: Promise<Files> | undefined;

const writeKeys = async (directory: string): Promise<void> => {
  madeKeys ??= makeKeys();
  const keys = path.join(directory, 'keys');
  await mkdir(keys, { recursive: true, mode: 0o700 });
  for (const [name, content] of await madeKeys) {
    await writeFile(path.join(keys, name), content, { mode: 0o600 });
  }
};

/**
 * Opens a server with one operator; it is closed and removed when the test ends, or by what `atEnd`
 * is given. `scouting`: every callback of the store runs twice (see scouting-store.ts).
 */
export const openServer = async (
  atEnd: (close: () => Promise<void>) => void = onTestFinished,
  passwords?: Passwords,
  { scouting = true }: { readonly scouting?: boolean } = {},
) => {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'licet-server-'));
  const time = { now: Date.parse('2026-03-01T08:00:00Z') };
  const now = (): number => time.now;
  const opened = await openStore({ directory, schema: collections, now, log: quiet, create: true });
  const store = scouting ? scoutingStore(opened) : opened;
  await writeKeys(directory);
  const keys = await loadKeys({ directory });
  const settings: { -readonly [K in keyof Settings]: Settings[K] } = {
    name: 'Test',
    publicUrl: null,
    support: { contact: null, links: [] },
    demo: null,
  };
  const made = createDeps({
    directory,
    store,
    keys: () => keys,
    settings: () => settings,
    log: quiet,
    version: '0.0.0',
    now,
  });
  const deps = withoutEffectsInCallbacks(passwords ? { ...made, passwords } : made);
  const app = createApp(deps);
  atEnd(async () => {
    await store.close();
    await rm(directory, { recursive: true, force: true });
  });

  /** Ids sort by creation: what a test creates one after the other gets times of its own. */
  const tick = (): void => {
    time.now += 1;
  };

  /** One request; the answer's JSON is given the type that the test expects. */
  const ask = async <T = Record<string, unknown>>(
    method: string,
    target: string,
    { token, json, headers, from }: Ask = {},
  ): Promise<Asked<T>> => {
    const response = await app.request(
      target,
      {
        method,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(json === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      },
      from === undefined ? {} : { remoteAddress: from },
    );
    const text = await response.text();
    const body = (text === '' ? null : JSON.parse(text)) as T;
    return { status: response.status, body, headers: response.headers };
  };

  const signIn = async (email: string, password = goodPassword): Promise<string> => {
    const { status, body } = await ask<SignedIn>('POST', '/v1/sessions', {
      json: { email, password },
    });
    if (status !== 201) throw new Error(`sign-in of ${email}: ${status} ${JSON.stringify(body)}`);
    return body.token;
  };

  const operatorId = makeId('account', now(), random);
  const hashed = await deps.passwords.hash(goodPassword);
  if (!hashed.ok) throw new Error(hashed.error.detail);
  await store.transact({ id: 'system', from: 'local' }, async (tx) => {
    tx.accounts.put({
      id: operatorId,
      email: 'op@example.com',
      name: 'Olga Operator',
      company: null,
      phone: null,
      role: 'operator',
      disabled: false,
      createdAt: now(),
      createdBy: 'local',
      password: { hash: hashed.value, origin: 'local', changedAt: now() },
      totp: null,
    });
    tx.record({ action: 'account.create', target: operatorId, outcome: 'ok' });
  });
  const operator = await signIn('op@example.com');

  /** Sets the password of a new account by its one-time code. */
  const redeem = (code: string, newPassword = goodPassword) =>
    ask('PUT', '/v1/password-resets', { json: { code, newPassword } });

  /** An owner (or operator) with a password. */
  const createAccount = async (
    email: string,
    role: 'owner' | 'operator' = 'owner',
  ): Promise<Account> => {
    const { body } = await ask<AccountCreated>('POST', '/v1/operator/accounts', {
      token: operator,
      json: { email, name: email.split('@')[0], role },
    });
    await redeem(body.setPasswordCode ?? '');
    return body.account;
  };

  const createLicense = async (input: Partial<LicenseCreate> = {}): Promise<LicenseCreated> => {
    tick();
    await ask('POST', '/v1/operator/products', {
      token: operator,
      json: { id: 'suite', name: 'Suite' },
    });
    const { status, body } = await ask<LicenseCreated>('POST', '/v1/operator/licenses', {
      token: operator,
      json: {
        ownerEmail: 'ana@example.com',
        name: 'Prod',
        product: 'suite',
        type: 'perpetual',
        maxActivations: 3,
        expiresAt: null,
        ...input,
      },
    });
    if (status !== 201) throw new Error(`license: ${status} ${JSON.stringify(body)}`);
    return body;
  };

  /** Activates a machine of that name with an e-mail and password. */
  const activate = (
    hostname: string,
    credentials: {
      email?: string;
      password?: string;
      licenseId?: string;
      licenseKey?: string;
    } = {},
    headers: Readonly<Record<string, string>> = {},
  ) => {
    tick();
    return ask<Activated>('POST', '/v1/activations', {
      headers,
      json: {
        ...(credentials.licenseKey === undefined
          ? { email: 'ana@example.com', password: goodPassword }
          : {}),
        ...credentials,
        machine: {
          fingerprint: fingerprint(hostname),
          hostname,
          platform: 'linux',
          version: '1.2.3',
        },
      },
    });
  };

  const checkIn = (activated: Activated) =>
    ask<{ lease: string }>('POST', `/v1/activations/${activated.activation.id}/check-in`, {
      token: activated.activationToken,
      json: {},
    });

  return {
    app,
    deps,
    directory,
    time,
    /** May be changed by the test. */
    settings,
    ask,
    signIn,
    redeem,
    operator,
    createAccount,
    createLicense,
    activate,
    checkIn,
  };
};

export type TestServer = Awaited<ReturnType<typeof openServer>>;

/** A server with an owner (ana@example.com, signed in) and the license Prod of three activations. */
export const openPortal = async (input: Partial<LicenseCreate> = {}) => {
  const server = await openServer();
  const owner = await server.createAccount('ana@example.com');
  const license = await server.createLicense(input);
  return { ...server, owner, license, ana: await server.signIn('ana@example.com') };
};
