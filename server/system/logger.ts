/** The server's log: JSON lines on standard error, without secrets. */
import pino from 'pino';
import type { Logger } from '../usecases/deps.ts';
import { createLogOutput } from './log-output.ts';
import type { LogLevel } from './settings/settings-table.ts';

const secretNames = [
  'password',
  'currentPassword',
  'newPassword',
  'passphrase',
  'token',
  'activationToken',
  'totp',
  'code',
  'setPasswordCode',
  'licenseKey',
  'secret',
  'authorization',
  'cookie',
];
/** A secret at the top of a log entry or one level down (`headers.authorization`) is never written. */
const redacted = secretNames.flatMap((name) => [name, `*.${name}`]);

/** Tokens say what they are by their prefix (see usecases/tokens.ts), so that they are found in texts too. */
const tokens = /\b(l[asdt]_)[\w-]{20,}/gu;

/** Makes a logger. `write` takes whole lines; standard error, unless told. */
export const createLogger = (level: LogLevel, write?: (line: string) => void): Logger => {
  const destination = write ? { write } : createLogOutput();
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: redacted, censor: '[hidden]' },
      hooks: { streamWrite: (line) => line.replaceAll(tokens, '$1[hidden]') },
    },
    destination,
  );
};
