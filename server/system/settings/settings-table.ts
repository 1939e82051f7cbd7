/**
 * Every setting of a server, once: its name in the file, its variable, its flag, what it may be and what
 * it does. The command line, its checks and the documentation are made from this table.
 */
import { z } from 'zod';

export const logLevels = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof logLevels)[number];

/** A host and a port: `127.0.0.1:8417`, `[::1]:8417`, `0.0.0.0:443`. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
}

const hostPort = z.string().transform((text, context): HostPort => {
  const [, six, host, port] = /^(?:\[([0-9a-f:.]+)\]|([^:[\]/\s]+)):(\d{1,5})$/iu.exec(text) ?? [];
  const number = Number(port);
  if (port === undefined || number > 65_535) {
    context.addIssue('HOST:PORT');
    return z.NEVER;
  }
  return { host: six ?? host ?? '', port: number };
});

export interface SupportLink {
  readonly title: string;
  readonly url: string;
}

/** Yes or no: from a file true or false, from a variable or flag the words for it. */
const flag = z.union([
  z.boolean(),
  z
    .enum(['true', '1', 'yes', 'on', 'false', '0', 'no', 'off'])
    .transform((word) => ['true', '1', 'yes', 'on'].includes(word)),
]);

const text = z.string().trim().min(1).max(200);
const path = z.string().min(1);
const url = z.url({ protocol: /^https?$/u }).transform((value) => value.replace(/\/+$/u, ''));

const links = z
  .union([
    z.array(z.object({ title: text, url: z.url() })),
    z.string().transform((json, context): unknown => {
      try {
        return JSON.parse(json);
      } catch {
        context.addIssue('JSON');
        return z.NEVER;
      }
    }),
  ])
  .pipe(z.array(z.object({ title: text, url: z.url() })).max(10));

const whole = (least: number, most: number) =>
  z
    .union([z.number(), z.string().regex(/^\d+$/u).transform(Number)])
    .pipe(z.int().min(least).max(most));

export interface Setting<T> {
  readonly variable: string;
  readonly flag: string;
  /** Takes a value of the file, or the text of a variable or flag. */
  readonly schema: z.ZodType<T>;
  readonly initial: T;
  /** What a value may be, as an error says it: "must be ...". */
  readonly allowed: string;
  readonly about: string;
}

const setting = <T>(about: Setting<T>): Setting<T> => about;

export const settingsTable = {
  listen: setting<HostPort>({
    variable: 'LICET_LISTEN',
    flag: '--listen',
    schema: hostPort,
    initial: { host: '127.0.0.1', port: 8417 },
    allowed: 'HOST:PORT, such as 127.0.0.1:8417 or [::]:443',
    about: 'Where the server listens. Port 0 takes a free one.',
  }),
  name: setting({
    variable: 'LICET_NAME',
    flag: '--name',
    schema: text,
    initial: 'licet',
    allowed: 'a text of 1 to 200 characters',
    about: 'What people see as the name of this portal.',
  }),
  publicUrl: setting<string | null>({
    variable: 'LICET_PUBLIC_URL',
    flag: '--public-url',
    schema: url.nullable(),
    initial: null,
    allowed: 'an address such as https://licenses.example.com',
    about:
      'Where people and products reach the server, when that differs from where it listens. It answers to this name, to addresses that it listens on and to names of its certificate, and to no other.',
  }),
  tls: setting({
    variable: 'LICET_TLS',
    flag: '--tls',
    schema: flag,
    initial: false,
    allowed: 'true or false',
    about:
      'Speak HTTPS with a certificate of an authority of its own, made and renewed in the data folder.',
  }),
  tlsCert: setting<string | null>({
    variable: 'LICET_TLS_CERT',
    flag: '--tls-cert',
    schema: path.nullable(),
    initial: null,
    allowed: 'the path of a PEM file',
    about: 'Speak HTTPS with this certificate chain (with --tls-key).',
  }),
  tlsKey: setting<string | null>({
    variable: 'LICET_TLS_KEY',
    flag: '--tls-key',
    schema: path.nullable(),
    initial: null,
    allowed: 'the path of a PEM file',
    about: 'The private key of --tls-cert.',
  }),
  tlsNames: setting<readonly string[]>({
    variable: 'LICET_TLS_NAMES',
    flag: '--tls-names',
    schema: z
      .union([
        z.array(text),
        z.string().transform((list) => list.split(',').map((name) => name.trim())),
      ])
      .pipe(z.array(z.string().regex(/^[\w.:*-]+$/u)).max(20)),
    initial: [],
    allowed: 'host names or addresses, separated by commas',
    about:
      'More names that the server answers to and that the certificate of --tls has, besides this machine and the public URL.',
  }),
  insecureHttp: setting({
    variable: 'LICET_INSECURE_HTTP',
    flag: '--insecure-http',
    schema: flag,
    initial: false,
    allowed: 'true or false',
    about: 'Allow plain HTTP off the loopback, for use behind a proxy that speaks HTTPS.',
  }),
  trustProxy: setting({
    variable: 'LICET_TRUST_PROXY',
    flag: '--trust-proxy',
    schema: flag,
    initial: false,
    allowed: 'true or false',
    about: 'Take the client’s address from X-Forwarded-For. Only behind a proxy that sets it.',
  }),
  connections: setting({
    variable: 'LICET_CONNECTIONS',
    flag: '--connections',
    schema: whole(10, 100_000),
    initial: 5000,
    allowed: 'a whole number from 10 to 100000',
    about: 'Connections at once; more are closed as they come.',
  }),
  journalArchive: setting<string | null>({
    variable: 'LICET_JOURNAL_ARCHIVE',
    flag: '--journal-archive',
    schema: path.nullable(),
    initial: null,
    allowed: 'the path of a folder',
    about:
      'Move old records of the journal to this folder while the server runs, behind a signed checkpoint. Without it they stay.',
  }),
  journalDays: setting({
    variable: 'LICET_JOURNAL_DAYS',
    flag: '--journal-days',
    schema: whole(1, 36_500),
    initial: 400,
    allowed: 'a whole number from 1 to 36500',
    about: 'How many days records stay in the data folder when there is a journal archive.',
  }),
  logLevel: setting<LogLevel>({
    variable: 'LICET_LOG_LEVEL',
    flag: '--log-level',
    schema: z.enum(logLevels),
    initial: 'info',
    allowed: `one of ${logLevels.join(', ')}`,
    about: 'How much is logged to standard error.',
  }),
  unlockFile: setting<string | null>({
    variable: 'LICET_UNLOCK_FILE',
    flag: '--unlock-file',
    schema: path.nullable(),
    initial: null,
    allowed: 'the path of a file',
    about:
      'Where the secret lies that unlocks the signing key, when not in DATA/keys/unlock: a file outside the data folder.',
  }),
  supportContact: setting<string | null>({
    variable: 'LICET_SUPPORT_CONTACT',
    flag: '--support-contact',
    schema: text.nullable(),
    initial: null,
    allowed: 'a text of 1 to 200 characters',
    about: 'Whom people ask for help: shown in help and refusals.',
  }),
  supportLinks: setting<readonly SupportLink[]>({
    variable: 'LICET_SUPPORT_LINKS',
    flag: '--support-links',
    schema: links,
    initial: [],
    allowed:
      'a JSON list such as [{"title":"Manual","url":"https://example.com/manual"}], ten at most',
    about: 'Pages that help, shown beside the contact.',
  }),
};

type SettingsTable = typeof settingsTable;
export type SettingName = keyof SettingsTable;

/** The settings of a server, checked. */
export type ServerSettings = {
  readonly [K in SettingName]: SettingsTable[K] extends Setting<infer T> ? T : never;
};
