/** A whole server on the loopback, in this process, for programs that reach it over HTTP. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { serve, type RunningServer } from '../../../server/main.ts';
import { initData } from '../../../server/system/maintenance/init.ts';
import { createClient, type Client } from '../../../tui/client/api/client.ts';
import type { Answer } from '../../../tui/client/api/failure.ts';

export const operatorEmail = 'olga@licet.example';
export const password = 'quiet harbor lantern';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** The value of an answer that the test can't do without. */
export const must = async <T>(answer: Promise<Answer<T>>): Promise<T> => {
  const given = await answer;
  if (!given.ok) throw new Error(JSON.stringify(given.error));
  return given.value;
};

export interface LiveServer {
  readonly url: string;
  /** Its data folder. */
  readonly directory: string;
  /** Stops it; what it stored stays. */
  stop(): Promise<void>;
  /** Starts it again on the same port. */
  start(): Promise<void>;
  /** A client that is signed in. */
  client(email: string, password?: string): Promise<Client>;
  /** An owner with a password. */
  owner(email: string, name: string): Promise<void>;
  /** Takes a seat as a product does; resolves with the status. */
  activate(hostname: string, credentials: ActivateWith): Promise<number>;
  /** The same with a license key alone. */
  activateByKey(hostname: string, licenseKey: string): Promise<number>;
  close(): Promise<void>;
}

export interface ActivateWith {
  readonly email: string;
  readonly password?: string;
  readonly licenseId?: string;
}

/** Sets up a folder with one operator and serves it on a free port of the loopback. */
export const startServer = async (
  options: {
    readonly demo?: string;
    /** Settings beside the address, as flags of `licet serve`. */
    readonly flags?: Readonly<Record<string, string>>;
  } = {},
): Promise<LiveServer> => {
  const parent = await mkdtemp(path.join(os.tmpdir(), 'licet-live-'));
  const directory = path.join(parent, 'data');
  await initData({
    directory,
    operatorEmail,
    operatorName: 'Olga Operator',
    operatorPassword: password,
    rootPassphrase: 'a passphrase for the root',
    log: quiet,
  });
  const demo = options.demo === undefined ? null : { text: options.demo };
  const open = (port: number): Promise<RunningServer> =>
    serve({
      directory,
      version: '0.0.0-test',
      log: quiet,
      demo,
      flags: { ...options.flags, listen: `127.0.0.1:${port}` },
      limits: { connections: 100 },
    });
  let running: RunningServer | undefined = await open(0);
  const { url } = running;

  const signIn = async (email: string, secret = password): Promise<Client> => {
    const { token } = await must(createClient({ server: url }).signIn({ email, password: secret }));
    return createClient({ server: url, token });
  };

  const activate = async (hostname: string, credentials: object): Promise<number> => {
    const response = await fetch(`${url}/v1/activations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        ...credentials,
        machine: {
          fingerprint: Buffer.from(hostname).toString('hex').padEnd(64, '0').slice(0, 64),
          hostname,
          platform: 'linux x64',
          version: '4.2.0',
        },
      }),
    });
    return response.status;
  };

  return {
    url,
    directory,
    async stop() {
      await running?.close();
      running = undefined;
    },
    async start() {
      running ??= await open(Number(new URL(url).port));
    },
    client: signIn,
    async owner(email, name) {
      const operator = await signIn(operatorEmail);
      await must(operator.createAccount({ email, name, password }));
    },
    activate: (hostname, { email, password: secret = password, licenseId }) =>
      activate(hostname, {
        email,
        password: secret,
        ...(licenseId === undefined ? {} : { licenseId }),
      }),
    activateByKey: (hostname, licenseKey) => activate(hostname, { licenseKey }),
    async close() {
      await running?.close();
      await rm(parent, { recursive: true, force: true });
    },
  };
};
