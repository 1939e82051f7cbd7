/** A server on a data folder: puts the parts together, listens, and takes them apart again. */
import { hostname } from 'node:os';
import { isLoopback } from '../shared/loopback.ts';
import { createApp } from './app.ts';
import { dataVersion } from './data-version.ts';
import type { Limits } from './http/limits.ts';
import { acceptHosts } from './http/own-hosts.ts';
import { createListener, type Listener } from './http/listener.ts';
import { keepCheckpoints } from './store/journal/checkpoints.ts';
import { exists } from './store/folder/files.ts';
import { openStore } from './store/folder/open-store.ts';
import { startBackgroundWork } from './system/background-work.ts';
import { replaceRequestHashes } from './system/erase-request-hashes.ts';
import { checkTransport } from './system/settings/check-settings.ts';
import { createDeps } from './system/create-deps.ts';
import { checkFolder } from './system/keys/private-files.ts';
import { loadKeys, type LoadedKeys } from './system/keys/load-keys.ts';
import { listenOn, showHostPort } from './system/listen.ts';
import { endWithoutReader } from './system/log-output.ts';
import { createLogger } from './system/logger.ts';
import type { ServerSettings } from './system/settings/settings-table.ts';
import { ownProgram } from './system/own-program.ts';
import { readSettings, type SettingsSources } from './system/settings/settings.ts';
import { unknownVariables } from './system/settings/variables.ts';
import { identityPin, readIdentity } from './system/tls/identity.ts';
import type { Identity } from './system/tls/issue.ts';
import type { Deps, Logger, Settings } from './usecases/deps.ts';
import { offerProgram, type ProgramFile } from './usecases/releases/own-release.ts';
import { bySystem, note } from './usecases/caller.ts';

export interface ServeOptions extends SettingsSources {
  readonly version: string;
  /** Standard error, unless told. */
  readonly log?: Logger | undefined;
  /** The one file that the program is, to offer it to download; null for none. Found by itself unless told. */
  readonly program?: ProgramFile | null | undefined;
  /** What the sign-in screen of a demo explains. */
  readonly demo?: Settings['demo'] | undefined;
  readonly limits?: Partial<Limits> | undefined;
  /** Milliseconds since the epoch; the machine's clock, unless told. */
  readonly now?: (() => number) | undefined;
}

export interface RunningServer {
  /** Where it listens. */
  readonly url: string;
  /** With HTTPS, what clients pin: SHA-256 of its authority's certificate, 64 hex digits. */
  readonly fingerprint: string | null;
  readonly settings: ServerSettings;
  readonly log: Logger;
  /** Reads settings, keys and certificates again. Where it listens stays. */
  reload(): Promise<void>;
  /** Lets running requests end, writes a snapshot, frees the folder. */
  close(): Promise<void>;
}

/** Milliseconds that running requests have to end when the server stops. */
const grace = 10_000;

const toUseCases = (settings: ServerSettings, demo: Settings['demo']): Settings => ({
  name: settings.name,
  publicUrl: settings.publicUrl,
  support: { contact: settings.supportContact, links: settings.supportLinks },
  demo,
});

/** Everything that may be read again while the server runs. */
interface Changeable {
  readonly settings: ServerSettings;
  readonly keys: LoadedKeys;
  readonly identity: Identity | null;
  readonly acceptsHost: (authority: string) => boolean;
}

const readChangeable = async (
  options: ServeOptions,
  settings: ServerSettings,
  now: number,
): Promise<Changeable> => {
  const place = {
    directory: options.directory,
    unlockFile: settings.unlockFile ?? undefined,
    environment: options.environment,
  };
  const identity = await readIdentity(place, settings, now);
  const acceptsHost = acceptHosts({
    listen: settings.listen.host,
    publicUrl: settings.publicUrl,
    names: isLoopback(settings.listen.host)
      ? settings.tlsNames
      : [...settings.tlsNames, hostname()],
    certificate: identity?.cert,
  });
  return { settings, keys: await loadKeys(place), identity, acceptsHost };
};

/** A command changed the keys while the server ran, and left it to the server to say so in the journal. */
const journalKeyChanges = async (
  { store }: Deps,
  before: LoadedKeys,
  after: LoadedKeys,
): Promise<void> => {
  const acts = [
    ...(before.kid === after.kid ? [] : [{ action: 'keys.rotate', target: after.kid }]),
    ...(before.signer.revocations() === after.signer.revocations()
      ? []
      : [{ action: 'keys.publish-revocations', target: after.signer.issuer }]),
  ];
  for (const act of acts) await note(store, bySystem, { ...act, outcome: 'ok' });
};

/**
 * Starts a server; resolves when it answers.
 * @throws Failure (settings, keys, address) or StoreError (data), whose messages say what to do
 */
export const serve = async (options: ServeOptions): Promise<RunningServer> => {
  const { directory, version, demo = null, now = Date.now } = options;
  const settings = await readSettings(options);
  const log = options.log ?? createLogger(settings.logLevel);
  // The environment is shared with others: what they put there keeps no server from starting.
  for (const { message } of unknownVariables(options.environment)) log.warn({}, message);
  checkTransport(settings);
  if (await exists(directory)) await checkFolder(directory);
  const store = await openStore({ directory, ...dataVersion, now, log });
  let listener: Listener | undefined;
  try {
    let current = await readChangeable(options, settings, now());
    const deps = createDeps({
      directory,
      store,
      keys: () => current.keys,
      settings: () => toUseCases(current.settings, demo),
      log,
      version,
      now,
    });
    await deps.refusals.recall();
    await replaceRequestHashes(deps).catch((error: unknown) => {
      log.warn({ err: error }, 'Request hashes of an earlier version could not be replaced yet.');
    });
    const app = createApp(deps);
    const started = createListener({
      fetch: (request, env) => app.fetch(request, env),
      tls: current.identity ?? undefined,
      acceptsHost: (authority) => current.acceptsHost(authority),
      trustProxy: settings.trustProxy,
      limits: { connections: settings.connections, ...options.limits },
    });
    listener = started;
    const port = await listenOn(started.server, settings.listen);
    const scheme = current.identity ? 'https' : 'http';
    const url = `${scheme}://${showHostPort({ host: settings.listen.host, port })}`;
    const readAgain = async (): Promise<void> => {
      const before = current.keys;
      current = await readChangeable(options, await readSettings(options), now());
      if (current.identity) started.setIdentity(current.identity);
      await journalKeyChanges(deps, before, current.keys);
    };
    let last: Promise<void> = Promise.resolve();
    // One after the other: what changed since the last is journaled, once.
    const reload = (): Promise<void> => (last = last.then(readAgain, readAgain));
    const checkpoints = await keepCheckpoints({
      directory,
      log,
      now,
      current: () => store.checkpoint(),
      sign: (licet) => deps.signer.sign('checkpoint', { iat: Math.floor(now() / 1000), licet }),
    });
    const program = options.program === undefined ? ownProgram() : options.program;
    const offering =
      program &&
      offerProgram(deps, program).catch((error: unknown) => {
        log.warn({ err: error }, 'The program of this server could not be offered to download.');
      });
    const work = startBackgroundWork(
      deps,
      store,
      async () => {
        // A certificate of our own is made anew when it is due; one of a file may have been replaced.
        if (current.identity) await reload();
      },
      () => current.settings,
    );
    log.info({ url, version }, 'The server answers.');
    return {
      url,
      fingerprint: current.identity && identityPin(current.identity),
      settings,
      log,
      reload: async () => {
        await reload();
        log.info({}, 'Settings, keys and certificates were read again.');
      },
      close: async () => {
        await started.close(grace);
        await work.stop();
        await offering;
        await checkpoints.stop();
        await store.close();
        log.info({}, 'The server has stopped.');
      },
    };
  } catch (error) {
    await listener?.close(0);
    await store.close();
    throw error;
  }
};

/**
 * Runs a server until SIGTERM or SIGINT, then closes it; SIGHUP reads settings and keys again. Signals
 * are heeded from the call on: call it before saying that the server is ready. A second signal does
 * not cut the first one's work short.
 */
export const runUntilStopped = async (server: RunningServer): Promise<void> => {
  const reload = (): void => {
    server.reload().catch((error: unknown) => {
      server.log.error(
        { err: error },
        'Nothing was read again: the server goes on with what it had.',
      );
    });
  };
  process.on('SIGHUP', reload);
  await new Promise<void>((resolve) => {
    process.on('SIGTERM', resolve);
    process.on('SIGINT', resolve);
  });
  await server.close();
  process.off('SIGHUP', reload);
  endWithoutReader();
};
