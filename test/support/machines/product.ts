/**
 * A small product that licenses itself by the SDK, in its own process. It prints one JSON line: the
 * result of the call. Exit code 0 when it may run (or did what it was told), 4 when not.
 *
 *   node test/support/machines/product.ts activate|check-in|deactivate|verify --product ID --roots FILE
 *     --state-dir DIR [--fingerprint HEX] [--hostname NAME] [--server URL] [--pin HEX]
 *     [--email E --password-file F|-] [--license-key-file F] [--license NAME] [--version V]
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import {
  activate,
  checkIn,
  deactivate,
  verifyLease,
  verifyOfflineKey,
} from '../../../shared/sdk/index.ts';

const text = { type: 'string' } as const;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    product: text,
    roots: text,
    'state-dir': text,
    fingerprint: text,
    hostname: text,
    server: text,
    pin: text,
    email: text,
    'password-file': text,
    'license-key-file': text,
    license: text,
    version: text,
  },
});

/** A secret from a file or standard input, its last newline dropped. */
const secret = (file: string | undefined): string =>
  readFileSync(file === undefined || file === '-' ? 0 : file, 'utf8').replace(/\r?\n$/, '');

const common = {
  product: values.product ?? '',
  roots: values.roots === undefined ? [] : readFileSync(values.roots, 'utf8'),
  stateDir: values['state-dir'],
  fingerprint: values.fingerprint,
  hostname: values.hostname,
};
const server = { server: values.server ?? '', pin: values.pin };

const credentials = () =>
  values['license-key-file'] === undefined
    ? {
        email: values.email ?? '',
        password: secret(values['password-file']),
        licenseId: values.license,
      }
    : { licenseKey: secret(values['license-key-file']) };

const commands: Readonly<Record<string, () => Promise<{ readonly ok: boolean }>>> = {
  activate: () => activate({ ...common, ...server, ...credentials(), version: values.version }),
  'check-in': () => checkIn({ ...common, version: values.version }),
  deactivate: () => deactivate(common),
  verify: () => verifyLease(common),
  'verify-offline': () => verifyOfflineKey(common),
};

const command = commands[positionals[0] ?? ''];
if (!command) {
  process.stderr.write(`Say one of: ${Object.keys(commands).join(', ')}.\n`);
  process.exit(2);
}
const result = await command();
process.stdout.write(`${JSON.stringify(result)}\n`);
process.exitCode = result.ok ? 0 : 4;
