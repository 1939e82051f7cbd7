/** Which server, and what is remembered of it; without what the first frame can do without. */
import { fail, ok, type Result } from '../../../shared/result.ts';
import { version } from '../../version.ts';
import { defaultListen, parseServer } from './address.ts';
import { configFolder, peekCurrentServer } from './config-folder.ts';

export interface ServerChoice {
  /** As typed; else LICET_SERVER, else where one signed in last, else this machine. */
  readonly server?: string | undefined;
  /** 64 hex digits; else what is remembered of the server. */
  readonly pin?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface ChosenServer {
  readonly server: string;
  /** Told to the server as what signs in. */
  readonly agent: string;
  /** The fingerprint that its certificate must have, where one is known. */
  readonly knownPin: () => Promise<string | undefined>;
  /** Keeps a fingerprint that the person has accepted. */
  readonly remember: (fingerprint: string) => Promise<void>;
}

/** Decides; the error is a sentence about an address that is none. */
export const chooseServer = async (choice: ServerChoice): Promise<Result<ChosenServer, string>> => {
  const { env, pin } = choice;
  const folder = configFolder({ ...env });
  const given =
    choice.server ?? (env['LICET_SERVER'] || ((await peekCurrentServer(folder)) ?? defaultListen));
  const server = parseServer(given);
  if (!server.ok) return fail(`“${given}” ${server.error}.`);
  // What is remembered is needed when something is sent, not for the first frame.
  const memory = async () => (await import('./memory.ts')).openMemory(folder);
  return ok({
    server: server.value,
    agent: `licet/${version}`,
    knownPin: async () => pin ?? (await (await memory()).of(server.value)).fingerprint,
    remember: async (fingerprint) => (await memory()).remember(server.value, { fingerprint }),
  });
};
