/** The terminal UI in a pseudo-terminal, against a live server, used as a person would. */
import { mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { bundle } from '../bundle.ts';
import { closing } from '../closing.ts';
import {
  must,
  operatorEmail,
  password,
  startServer,
  type LiveServer,
} from '../server/live-server.ts';
import { openProgram, type TerminalOptions, type TestTerminal } from './terminal.ts';

export const anaEmail = 'ana@acme.example';

export interface Portal extends LiveServer {
  /** Ana's licenses: Prod has three seats, Dev one. */
  readonly prod: string;
  readonly dev: string;
}

/** A server with the owner Ana, who has two licenses; closed when the test ends. */
export const openPortalServer = async (
  options: Parameters<typeof startServer>[0] = {},
): Promise<Portal> => {
  const server = closing(await startServer(options));
  const operator = await server.client(operatorEmail);
  await must(operator.createProduct({ id: 'acme-server', name: 'Acme Server' }));
  await server.owner(anaEmail, 'Ana Ruiz');
  const create = { ownerEmail: anaEmail, product: 'acme-server' } as const;
  const prod = await must(
    operator.createLicense({
      ...create,
      name: 'Prod',
      type: 'subscription',
      maxActivations: 3,
      expiresAt: new Date(Date.now() + 200.5 * 86_400_000).toISOString(),
      entitlements: { exports: true, users: 25 },
    }),
  );
  const dev = await must(
    operator.createLicense({
      ...create,
      name: 'Dev',
      type: 'perpetual',
      maxActivations: 1,
      expiresAt: null,
    }),
  );
  return { ...server, prod: prod.id, dev: dev.id };
};

/** Starts the UI at its sign-in, with an empty folder for what it remembers. */
export const openTui = async (
  server: Pick<LiveServer, 'url'>,
  options: TerminalOptions = {},
): Promise<TestTerminal> => {
  const program = await bundle('test/tui/demo/licet.ts');
  const home = await mkdtemp(path.join(os.tmpdir(), 'licet-home-'));
  const terminal = closing(
    openProgram(program, [], {
      cwd: home,
      ...options,
      env: { HOME: home, LICET_SERVER: server.url, LICET_CONFIG_DIR: home, ...options.env },
    }),
  );
  await terminal.waitFor('Ctrl+C quit');
  return terminal;
};

/** Starts the UI and signs in; resolves when the first section is there. */
export const signInTui = async (
  server: Pick<LiveServer, 'url'>,
  email = anaEmail,
  options: TerminalOptions & { readonly secret?: string } = {},
): Promise<TestTerminal> => {
  const terminal = await openTui(server, options);
  terminal.type(`${email}\t${options.secret ?? password}\r`);
  await terminal.waitFor(/1 License/u);
  return terminal;
};

/** What the program has put on the clipboard last (OSC 52). */
export const copied = (terminal: TestTerminal): string => {
  // oxlint-disable-next-line no-control-regex -- the sequence is made of them
  const all = [...terminal.output().matchAll(/\u001B\]52;c;([^\u0007]*)\u0007/gu)];
  return Buffer.from(all.at(-1)?.[1] ?? '', 'base64').toString('utf8');
};
