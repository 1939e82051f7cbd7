/** Runs the small product of product.ts on sample machines, each a process with a state of its own. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Portal } from '../licet.ts';

const script = fileURLToPath(new URL('./product.ts', import.meta.url));

/** What the product prints: the result of an SDK call. */
export interface ProductResult {
  readonly ok: boolean;
  readonly value?: Record<string, unknown>;
  readonly error?: Record<string, unknown> & { readonly message: string };
}

export interface Machine {
  activate(credentials: {
    readonly email: string;
    readonly password: string;
    readonly license?: string;
  }): Promise<ProductResult>;
  checkIn(): Promise<ProductResult>;
  verify(): Promise<ProductResult>;
}

/** Options of the product's command line. */
type Flags = Readonly<Record<string, string | undefined>>;

const toArgs = (flags: Flags): string[] =>
  Object.entries(flags).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, value],
  );

/** Runs the product to its end; gives what it printed. */
const runProduct = (command: string, flags: Flags, input: string): Promise<ProductResult> =>
  new Promise((resolve, reject) => {
    const child = execFile(
      process.execPath,
      [script, command, ...toArgs(flags)],
      { env: { PATH: process.env['PATH'] } },
      (error, stdout, stderr) => {
        if (stdout === '') reject(error ?? new Error(stderr));
        else resolve(JSON.parse(stdout) as ProductResult);
      },
    );
    child.stdin?.end(input);
  });

/** A machine with the product on it; `roots` is the file with the server's public roots. */
export const makeMachine = (portal: Portal, roots: string, hostname: string): Machine => {
  const here = {
    product: 'acme-server',
    roots,
    hostname,
    'state-dir': path.join(portal.folder, 'machines', hostname),
    fingerprint: Buffer.from(hostname.padEnd(32, '.')).toString('hex'),
  };
  return {
    activate: ({ email, password, license }) =>
      runProduct(
        'activate',
        { ...here, server: portal.url, email, license, version: '4.2.1', 'password-file': '-' },
        password,
      ),
    checkIn: () => runProduct('check-in', here, ''),
    verify: () => runProduct('verify', here, ''),
  };
};
