/** The environment variables that licet reads, so that one that is misspelled is told and not passed over. */
import { closestMatch } from 'leven';
import { settingsTable } from './settings-table.ts';

/** What other commands than `serve` read, beside the variables of settings. */
export const otherVariables: Readonly<Record<string, string>> = {
  LICET_DATA: 'the data folder, for `--data`',
  LICET_SERVER: 'the server, for `--server`',
  LICET_PIN: "the fingerprint of the server's certificate, for `--pin`",
  LICET_TOKEN: 'a session to use instead of the one that is signed in here',
  LICET_CONFIG_DIR: 'where the client keeps what it remembers, such as who is signed in',
  LICET_STATE_DIR: 'where a machine keeps its key pair, leases and offline key, for `--state-dir`',
  LICET_FINGERPRINT: 'the fingerprint of this machine, for `--fingerprint`',
  LICET_DEBUG: '1: a command that fails shows where in the program',
};

const known: readonly string[] = [
  ...Object.values(settingsTable).map(({ variable }) => variable),
  ...Object.keys(otherVariables),
];

/** Kubernetes tells every container where services are, among them one that is called licet. */
const isOfKubernetes = (name: string, value: string): boolean =>
  /_SERVICE_(?:HOST|PORT)(?:_|$)/u.test(name) ||
  /_PORT_\d+_(?:TCP|UDP|SCTP)(?:_|$)/u.test(name) ||
  (name.endsWith('_PORT') && /^(?:tcp|udp|sctp):\/\//u.test(value));

export interface UnknownVariable {
  readonly name: string;
  /** The one that was probably meant, if any is near. */
  readonly nearest: string | null;
  /** What is wrong, and what to do. */
  readonly message: string;
}

/** The variables that look like licet's and are not: they change nothing. */
export const unknownVariables = (
  environment: Readonly<Record<string, string | undefined>> = {},
): readonly UnknownVariable[] =>
  Object.entries(environment).flatMap(([name, value = '']) => {
    if (!name.startsWith('LICET_') || known.includes(name) || isOfKubernetes(name, value))
      return [];
    const nearest = closestMatch(name, known, { maxDistance: 2 }) ?? null;
    const hint =
      nearest === null ? `Its variables are: ${known.join(', ')}.` : `Did you mean ${nearest}?`;
    const message = `${name} is set, and licet has no such variable: it changes nothing. ${hint}`;
    return [{ name, nearest, message }];
  });
