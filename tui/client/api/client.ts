/** The typed client: one function for each thing that the server's API offers. */
import { randomUUID } from 'node:crypto';
import { hc } from 'hono/client';
import type { z } from 'zod';
// Only its type: that each route takes and gives what is said here is checked by the compiler.
import type { AppType } from '../../../server/app.ts';
import * as accounts from '../../../shared/api/accounts.ts';
import * as activations from '../../../shared/api/activations.ts';
import { OneTimeCode } from '../../../shared/api/common.ts';
import * as imports from '../../../shared/api/import.ts';
import * as licenses from '../../../shared/api/licenses.ts';
import * as offlineKeys from '../../../shared/api/offline-keys.ts';
import * as releases from '../../../shared/api/releases.ts';
import * as about from '../../../shared/api/server.ts';
import * as search from '../../../shared/api/search.ts';
import * as trials from '../../../shared/api/trials.ts';
import * as refusals from '../../../shared/api/refusals.ts';
import * as usage from '../../../shared/api/usage.ts';
import { TrustFile } from '../../../shared/statements/trust.ts';
import { createTransport } from '../../../shared/sdk/transport.ts';
import { call, callDone, callFile, type Answering, type SuccessOf } from './call.ts';
import { openEvents, type EventsOptions, type EventStream } from './events.ts';
import type { Answer } from './failure.ts';

export interface ClientOptions {
  /** `http://127.0.0.1:8417`, `https://licet.example.com`. */
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

type In<S extends z.ZodType> = z.input<S>;

/**
 * Milliseconds without progress after which a request, the stream of events, or a file is given up: a
 * server that has a large file flushes it to its disk before it answers.
 */
const patience = { request: 30_000, events: 45_000, file: 300_000 };

/** A repeated request with the same key is answered, not done again (see the transport). */
const once = (): { 'idempotency-key': string } => ({ 'idempotency-key': randomUUID() });

/**
 * For a change that was made to this version in a form: refused as `changed-meanwhile` where somebody
 * else changed it first. Without a version it is made to whichever there is.
 */
const matching = (version: string | undefined): { 'if-match'?: string } =>
  version === undefined ? {} : { 'if-match': `"${version}"` };

/** Makes a client. Nothing is sent yet; every call answers, none throws. */
export const createClient = (options: ClientOptions) => {
  const { server } = options;
  const pin = options.pin ?? null;
  const headers: Record<string, string> = {
    accept: 'application/json',
    'user-agent': options.agent ?? 'licet',
    ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
  };
  const transport = (timeout: number): typeof fetch =>
    options.fetch ?? createTransport({ pin, timeout });
  const streams = new Set<EventStream>();
  /** An answer says that the server is there: a stream that waits for it need not wait on. */
  const heard =
    (send: typeof fetch): typeof fetch =>
    async (input, init) => {
      const response = await send(input, init);
      for (const stream of streams) stream.retry();
      return response;
    };
  const { v1 } = hc<AppType>(server, { fetch: heard(transport(patience.request)), headers });
  const { operator } = v1;
  const license = v1.licenses[':id'];

  const ask = <R extends Answering, S extends z.ZodType<unknown, SuccessOf<R>>>(
    answer: Promise<R>,
    schema: S,
  ): Promise<Answer<z.output<S>>> => call(server, answer, schema);
  /** For answers of which nothing is read. */
  const done = (answer: Promise<Answering>): Promise<Answer<null>> => callDone(server, answer);

  return {
    server,
    pin,
    token: options.token ?? null,

    // The server
    about: () => ask(v1.server.$get(), about.ServerInfo),
    trust: () => ask(v1.trust.$get(), TrustFile),
    events: (listener: EventsOptions): EventStream => {
      const send = transport(patience.events);
      const stream = openEvents(send, v1.events.$url().href, headers, server, listener);
      streams.add(stream);
      return {
        ...stream,
        close: () => {
          streams.delete(stream);
          stream.close();
        },
      };
    },

    // Signing in, and one's own account
    signIn: (json: In<typeof accounts.SignIn>) =>
      ask(v1.sessions.$post({ json }), accounts.SignedIn),
    session: () => ask(v1.sessions.current.$get(), accounts.CurrentSession),
    signOut: () => done(v1.sessions.current.$delete()),
    sessions: () => ask(v1.sessions.$get(), accounts.SessionPage),
    endSession: (id: string) => done(v1.sessions[':id'].$delete({ param: { id } })),
    account: () => ask(v1.account.$get(), accounts.Account),
    editAccount: (json: In<typeof accounts.AccountPatch>, ifMatch?: string) =>
      ask(v1.account.$patch({ json, header: matching(ifMatch) }), accounts.Account),
    changePassword: (json: In<typeof accounts.PasswordChange>) =>
      done(v1.account.password.$put({ json })),
    beginSecondFactor: (json: In<typeof accounts.TotpBegin>) =>
      ask(v1.account.totp.$post({ json }), accounts.TotpSecret),
    confirmSecondFactor: (json: In<typeof accounts.TotpCode>) =>
      done(v1.account.totp.$put({ json })),
    endSecondFactor: (json: In<typeof accounts.TotpCode>) =>
      done(v1.account.totp.$delete({ json })),
    forgotPassword: (json: In<typeof accounts.PasswordResetRequest>) =>
      ask(v1['password-resets'].$post({ json }), accounts.PasswordResetAccepted),
    setPassword: (json: In<typeof accounts.PasswordReset>) =>
      ask(v1['password-resets'].$put({ json }), accounts.PasswordSet),
    invitations: () => ask(v1.invitations.$get(), licenses.InvitationPage),
    acceptInvitation: (id: string) => done(v1.invitations[':id'].accept.$post({ param: { id } })),
    declineInvitation: (id: string) => done(v1.invitations[':id'].$delete({ param: { id } })),

    // Licenses, and the machines and people on them
    licenses: (query: ListQuery = {}) => ask(v1.licenses.$get({ query }), licenses.LicensePage),
    license: (id: string) => ask(license.$get({ param: { id } }), licenses.License),
    activations: (id: string, query: In<typeof activations.ActivationQuery> = {}) =>
      ask(license.activations.$get({ param: { id }, query }), activations.ActivationPage),
    /** The machines of one name, wherever they hold a seat. */
    machines: (query: In<typeof activations.MachineQuery>) =>
      ask(v1.machines.$get({ query }), activations.FoundMachines),
    releaseActivation: (id: string, activationId: string) =>
      done(
        license.activations[':activationId'].$delete({ param: { id, activationId }, query: {} }),
      ),
    /** What a release would do; refused as the release itself would be. */
    previewRelease: (id: string, activationId: string) =>
      ask(
        license.activations[':activationId'].$delete({
          param: { id, activationId },
          query: { dryRun: 'true' },
        }),
        licenses.ResetDone,
      ),
    resetActivations: (id: string, json: In<typeof licenses.ResetRequest> = {}) =>
      ask(license.activations.reset.$post({ param: { id }, json }), licenses.ResetDone),
    users: (id: string) => ask(license.users.$get({ param: { id } }), licenses.LicenseUserPage),
    addUser: (id: string, json: In<typeof licenses.LicenseUserAdd>) =>
      ask(license.users.$post({ param: { id }, json, header: once() }), licenses.LicenseUserAdded),
    removeUser: (id: string, accountId: string) =>
      done(license.users[':accountId'].$delete({ param: { id, accountId } })),
    userCode: (id: string, accountId: string) =>
      ask(license.users[':accountId'].code.$post({ param: { id, accountId } }), OneTimeCode),
    offlineKeys: (id: string, query: ListQuery = {}) =>
      ask(license['offline-keys'].$get({ param: { id }, query }), offlineKeys.OfflineKeyPage),
    offlineKey: (id: string, keyId: string) =>
      ask(
        license['offline-keys'][':keyId'].$get({ param: { id, keyId } }),
        offlineKeys.OfflineKeyWithKey,
      ),
    issueOfflineKey: (id: string, json: In<typeof offlineKeys.OfflineKeyRequest>) =>
      ask(
        license['offline-keys'].$post({ param: { id }, json, header: once() }),
        offlineKeys.OfflineKeyWithKey,
      ),
    renewOfflineKey: (
      id: string,
      keyId: string,
      json: In<typeof offlineKeys.OfflineKeyRenewal> = {},
    ) =>
      ask(
        license['offline-keys'][':keyId'].renew.$post({ param: { id, keyId }, json }),
        offlineKeys.OfflineKeyWithKey,
      ),
    returnOfflineKey: (
      id: string,
      keyId: string,
      json: In<typeof offlineKeys.OfflineKeyDeactivation>,
    ) => done(license['offline-keys'][':keyId'].deactivation.$post({ param: { id, keyId }, json })),
    loseOfflineKey: (id: string, keyId: string, json: In<typeof offlineKeys.OfflineKeyLoss>) =>
      done(license['offline-keys'][':keyId'].lost.$post({ param: { id, keyId }, json })),

    // Downloads
    releases: (query: ListQuery & In<typeof releases.ReleaseFilter> = {}) =>
      ask(v1.releases.$get({ query }), releases.ReleasePage),
    releaseLink: (id: string) =>
      ask(v1.releases[':id'].link.$post({ param: { id } }), releases.DownloadLink),
    /** The file of a release from a byte on; `sha256` keeps the rest from being another file's. */
    releaseFile: (
      { id, sha256 }: Pick<releases.Release, 'id' | 'sha256'>,
      from: number,
      signal: AbortSignal | undefined,
    ) =>
      callFile(
        server,
        transport(patience.file)(v1.releases[':id'].file.$url({ param: { id } }), {
          headers: {
            ...headers,
            ...(from > 0 ? { range: `bytes=${from}-`, 'if-range': `"${sha256}"` } : {}),
          },
          ...(signal ? { signal } : {}),
        }),
      ),

    // Insight
    usage: (id: string, query: In<typeof usage.UsageQuery> = {}) =>
      ask(license.usage.$get({ param: { id }, query }), usage.Usage),
    refusals: (id: string) => ask(license.refusals.$get({ param: { id } }), refusals.RefusalReport),
    search: (q: string) => ask(operator.search.$get({ query: { q } }), search.SearchResult),

    // Trials
    trials: () => ask(v1.trials.$get(), trials.TrialList),
    startTrial: (json: In<typeof trials.TrialStart>) =>
      ask(v1.trial.$post({ json, header: once() }), trials.TrialStarted),
    openTrial: (id: string) =>
      ask(license['trial-login'].$post({ param: { id } }), trials.TrialLogin),

    // What only operators may do
    /** A backup, its body still to be read. */
    backup: (
      json: In<typeof accounts.BackupMake>,
      withReleases: boolean,
      signal: AbortSignal | undefined,
    ) =>
      callFile(
        server,
        transport(patience.file)(
          operator.backup.$url({ query: withReleases ? {} : { releases: 'false' as const } }),
          {
            method: 'POST',
            headers: { ...headers, 'content-type': 'application/json' },
            body: JSON.stringify(json),
            ...(signal ? { signal } : {}),
          },
        ),
      ),
    announceRelease: (json: In<typeof releases.ReleaseCreate>) =>
      ask(operator.releases.$post({ json, header: once() }), releases.ReleaseAnnounced),
    sendRelease: (
      { id, size }: Pick<releases.Release, 'id' | 'size'>,
      body: ReadableStream<Uint8Array>,
      from: number,
      signal: AbortSignal | undefined,
    ) =>
      call(
        server,
        transport(patience.file)(operator.releases[':id'].file.$url({ param: { id } }), {
          method: 'PUT',
          headers: {
            ...headers,
            'content-type': 'application/octet-stream',
            'content-length': String(size - from),
            ...(from > 0 ? { 'content-range': `bytes ${from}-${size - 1}/${size}` } : {}),
          },
          body,
          duplex: 'half',
          ...(signal ? { signal } : {}),
        }),
        releases.Release,
      ),
    withdrawRelease: (id: string) => done(operator.releases[':id'].$delete({ param: { id } })),
    products: (query: ListQuery = {}) =>
      ask(operator.products.$get({ query }), licenses.ProductPage),
    snippet: (id: string) =>
      ask(operator.products[':id'].snippet.$get({ param: { id } }), licenses.Snippet),
    changeProduct: (id: string, json: In<typeof licenses.ProductPatch>, ifMatch?: string) =>
      ask(
        operator.products[':id'].$patch({ param: { id }, json, header: matching(ifMatch) }),
        licenses.Product,
      ),
    createProduct: (json: In<typeof licenses.ProductCreate>) =>
      ask(operator.products.$post({ json, header: once() }), licenses.Product),
    accounts: (query: ListQuery = {}) =>
      ask(operator.accounts.$get({ query }), accounts.AccountPage),
    createAccount: (json: In<typeof accounts.AccountCreate>) =>
      ask(operator.accounts.$post({ json, header: once() }), accounts.AccountCreated),
    changeAccount: (id: string, json: In<typeof accounts.OperatorAccountPatch>, ifMatch?: string) =>
      ask(
        operator.accounts[':id'].$patch({ param: { id }, json, header: matching(ifMatch) }),
        accounts.Account,
      ),
    accountCode: (id: string) =>
      ask(operator.accounts[':id']['password-code'].$post({ param: { id } }), OneTimeCode),
    passwordRequests: (query: ListQuery = {}) =>
      ask(operator['password-resets'].$get({ query }), accounts.PasswordResetPage),
    createLicense: (json: In<typeof licenses.LicenseCreate>) =>
      ask(operator.licenses.$post({ json, header: once() }), licenses.LicenseCreated),
    importLicenses: (json: In<typeof imports.LicenseImport>) =>
      ask(operator.licenses.import.$post({ json, header: once() }), imports.LicenseImported),
    changeLicense: (id: string, json: In<typeof licenses.LicensePatch>, ifMatch?: string) =>
      ask(
        operator.licenses[':id'].$patch({ param: { id }, json, header: matching(ifMatch) }),
        licenses.LicenseChanged,
      ),
    rotateLicenseKey: (id: string) =>
      ask(operator.licenses[':id']['license-key'].$post({ param: { id } }), licenses.LicenseKey),
    writeOffOfflineKey: (id: string) =>
      done(operator['offline-keys'][':id']['write-off'].$post({ param: { id } })),
    journal: (query: ListQuery = {}) => ask(operator.journal.$get({ query }), about.JournalPage),
  };
};

export type Client = ReturnType<typeof createClient>;
