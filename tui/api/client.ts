/** The typed client: one function for each thing that the server's API offers. */
import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import * as accounts from '../../shared/api/accounts.ts';
import * as activations from '../../shared/api/activations.ts';
import { OneTimeCode } from '../../shared/api/common.ts';
import * as licenses from '../../shared/api/licenses.ts';
import * as offlineKeys from '../../shared/api/offline-keys.ts';
import * as about from '../../shared/api/server.ts';
import { call } from './call.ts';
import { openEvents, type EventsOptions, type EventStream } from './events.ts';
import type { Answer } from './failure.ts';
import { createTransport } from '../../shared/sdk/transport.ts';

export interface ClientOptions {
  /** `http://127.0.0.1:8420`, `https://licet.example.com`. */
  readonly server: string;
  readonly token?: string | undefined;
  /** Fingerprint that the server's certificate must have, 64 hex digits. */
  readonly pin?: string | undefined;
  /** Instead of the network, for a server in this process: `app.request`. */
  readonly fetch?: typeof fetch | undefined;
  /** Told to the server as what signs in. */
  readonly agent?: string | undefined;
}

/** The query of a list: pages by cursor. */
export interface ListQuery {
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

type Query = Readonly<Record<string, string | number | boolean | undefined>>;

interface Send {
  readonly query?: Query | undefined;
  readonly json?: unknown;
}

const path = (parts: TemplateStringsArray, ...ids: readonly string[]): string =>
  String.raw({ raw: parts }, ...ids.map((id) => encodeURIComponent(id)));

const toUrl = (server: string, target: string, query: Query = {}): string => {
  const url = new URL(target, server.endsWith('/') ? server : `${server}/`);
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) url.searchParams.set(name, String(value));
  return url.href;
};

const milliseconds = { request: 30_000, events: 90_000 };

/** Makes a client. Nothing is sent yet; every call answers, none throws. */
export const createClient = (options: ClientOptions) => {
  const { server } = options;
  const pin = options.pin ?? null;
  const send = options.fetch ?? createTransport({ pin, timeout: milliseconds.request });
  const headers: Readonly<Record<string, string>> = {
    accept: 'application/json',
    'user-agent': options.agent ?? 'licet',
    ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
  };

  const ask = async <S extends z.ZodType>(
    method: string,
    target: string,
    schema: S | null,
    { query, json }: Send = {},
  ): Promise<Answer<z.output<S>>> =>
    call(
      server,
      () =>
        send(toUrl(server, target, query), {
          method,
          headers: {
            ...headers,
            ...(json === undefined ? {} : { 'content-type': 'application/json' }),
            ...(method === 'POST' ? { 'idempotency-key': randomUUID() } : {}),
          },
          ...(json === undefined ? {} : { body: JSON.stringify(json) }),
        }),
      schema,
    );
  const get = <S extends z.ZodType>(target: string, schema: S, query?: Query) =>
    ask('GET', target, schema, { query });
  const post = <S extends z.ZodType>(target: string, schema: S | null, json: unknown = {}) =>
    ask('POST', target, schema, { json });
  const remove = (target: string) => ask<z.ZodUndefined>('DELETE', target, null);

  return {
    server,
    pin,
    token: options.token ?? null,

    // The server
    about: () => get('/v1/server', about.ServerInfo),
    events: (listener: EventsOptions): EventStream =>
      openEvents(
        options.fetch ?? createTransport({ pin, timeout: milliseconds.events }),
        toUrl(server, '/v1/events'),
        headers,
        server,
        listener,
      ),

    // Signing in, and one's own account
    signIn: (json: z.input<typeof accounts.SignIn>) =>
      post('/v1/sessions', accounts.SignedIn, json),
    session: () => get('/v1/sessions/current', accounts.CurrentSession),
    signOut: () => remove('/v1/sessions/current'),
    sessions: (query?: ListQuery) => get('/v1/sessions', accounts.SessionPage, { ...query }),
    endSession: (id: string) => remove(path`/v1/sessions/${id}`),
    account: () => get('/v1/account', accounts.Account),
    editAccount: (json: z.input<typeof accounts.AccountPatch>) =>
      ask('PATCH', '/v1/account', accounts.Account, { json }),
    changePassword: (json: z.input<typeof accounts.PasswordChange>) =>
      ask<z.ZodUndefined>('PUT', '/v1/account/password', null, { json }),
    forgotPassword: (json: z.input<typeof accounts.PasswordResetRequest>) =>
      post('/v1/password-resets', accounts.PasswordResetAccepted, json),
    setPassword: (json: z.input<typeof accounts.PasswordReset>) =>
      ask<z.ZodUndefined>('PUT', '/v1/password-resets', null, { json }),
    invitations: (query?: ListQuery) =>
      get('/v1/invitations', licenses.InvitationPage, { ...query }),
    acceptInvitation: (id: string) => post(path`/v1/invitations/${id}/accept`, null),
    declineInvitation: (id: string) => remove(path`/v1/invitations/${id}`),

    // Licenses, and the machines and people on them
    licenses: (query?: ListQuery) => get('/v1/licenses', licenses.LicensePage, { ...query }),
    license: (id: string) => get(path`/v1/licenses/${id}`, licenses.License),
    activations: (
      licenseId: string,
      query?: Partial<z.input<typeof activations.ActivationQuery>>,
    ) =>
      get(
        path`/v1/licenses/${licenseId}/activations`,
        activations.ActivationPage,
        query as Query | undefined,
      ),
    releaseActivation: (licenseId: string, id: string) =>
      remove(path`/v1/licenses/${licenseId}/activations/${id}`),
    resetActivations: (licenseId: string, json: z.input<typeof licenses.ResetRequest> = {}) =>
      post(path`/v1/licenses/${licenseId}/activations/reset`, licenses.ResetDone, json),
    users: (licenseId: string, query?: ListQuery) =>
      get(path`/v1/licenses/${licenseId}/users`, licenses.LicenseUserPage, { ...query }),
    addUser: (licenseId: string, json: z.input<typeof licenses.LicenseUserAdd>) =>
      post(path`/v1/licenses/${licenseId}/users`, licenses.LicenseUserAdded, json),
    removeUser: (licenseId: string, accountId: string) =>
      remove(path`/v1/licenses/${licenseId}/users/${accountId}`),
    userCode: (licenseId: string, accountId: string) =>
      post(path`/v1/licenses/${licenseId}/users/${accountId}/code`, OneTimeCode),
    offlineKeys: (licenseId: string, query?: ListQuery) =>
      get(path`/v1/licenses/${licenseId}/offline-keys`, offlineKeys.OfflineKeyPage, { ...query }),
    offlineKey: (licenseId: string, id: string) =>
      get(path`/v1/licenses/${licenseId}/offline-keys/${id}`, offlineKeys.OfflineKeyWithKey),
    issueOfflineKey: (licenseId: string, json: z.input<typeof offlineKeys.OfflineKeyRequest>) =>
      post(path`/v1/licenses/${licenseId}/offline-keys`, offlineKeys.OfflineKeyWithKey, json),
    renewOfflineKey: (
      licenseId: string,
      id: string,
      json: z.input<typeof offlineKeys.OfflineKeyRenewal> = {},
    ) =>
      post(
        path`/v1/licenses/${licenseId}/offline-keys/${id}/renew`,
        offlineKeys.OfflineKeyWithKey,
        json,
      ),
    returnOfflineKey: (
      licenseId: string,
      id: string,
      json: z.input<typeof offlineKeys.OfflineKeyDeactivation>,
    ) => post(path`/v1/licenses/${licenseId}/offline-keys/${id}/deactivation`, null, json),
    loseOfflineKey: (
      licenseId: string,
      id: string,
      json: z.input<typeof offlineKeys.OfflineKeyLoss>,
    ) => post(path`/v1/licenses/${licenseId}/offline-keys/${id}/lost`, null, json),

    // What only operators may do
    products: (query?: ListQuery) =>
      get('/v1/operator/products', licenses.ProductPage, { ...query }),
    createProduct: (json: z.input<typeof licenses.ProductCreate>) =>
      post('/v1/operator/products', licenses.Product, json),
    accounts: (query?: ListQuery & { readonly filter?: string }) =>
      get('/v1/operator/accounts', accounts.AccountPage, { ...query }),
    createAccount: (json: z.input<typeof accounts.AccountCreate>) =>
      post('/v1/operator/accounts', accounts.AccountCreated, json),
    changeAccount: (id: string, json: z.input<typeof accounts.OperatorAccountPatch>) =>
      ask('PATCH', path`/v1/operator/accounts/${id}`, accounts.Account, { json }),
    accountCode: (id: string) => post(path`/v1/operator/accounts/${id}/password-code`, OneTimeCode),
    passwordRequests: (query?: ListQuery) =>
      get('/v1/operator/password-resets', accounts.PasswordResetPage, { ...query }),
    allLicenses: (query?: ListQuery & { readonly filter?: string }) =>
      get('/v1/operator/licenses', licenses.LicensePage, { ...query }),
    createLicense: (json: z.input<typeof licenses.LicenseCreate>) =>
      post('/v1/operator/licenses', licenses.LicenseCreated, json),
    changeLicense: (id: string, json: z.input<typeof licenses.LicensePatch>) =>
      ask('PATCH', path`/v1/operator/licenses/${id}`, licenses.LicenseChanged, { json }),
    rotateLicenseKey: (id: string) =>
      post(path`/v1/operator/licenses/${id}/license-key`, licenses.LicenseKey),
    writeOffOfflineKey: (id: string) => post(path`/v1/operator/offline-keys/${id}/write-off`, null),
    journal: (query?: ListQuery) => get('/v1/operator/journal', about.JournalPage, { ...query }),
  };
};

export type Client = ReturnType<typeof createClient>;
