/** The program as its user gets it: real processes against a real server on a temporary data folder. */
import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundle } from './bundle.ts';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output as JSON. */
  json(): Record<string, unknown>;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Standard input; without it there is none. */
  readonly input?: string;
  readonly cwd?: string;
  /** A command that runs another one, such as `['strace', '-D', ...]`; signals go to licet itself. */
  readonly under?: readonly string[];
  /** Another program than that of this checkout. */
  readonly program?: string;
}

/** What a process of ours gets to see of the environment: nothing of the person who runs the tests. */
const cleanEnv = (env: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  LANG: 'C.UTF-8',
  ...env,
});

const text = async (stream: NodeJS.ReadableStream | null): Promise<string> => {
  let all = '';
  stream?.setEncoding('utf8');
  for await (const chunk of stream ?? []) all += String(chunk);
  return all;
};

const exitOf = (child: ChildProcess): Promise<number> =>
  new Promise((resolve) => {
    child.once('close', (code) => resolve(code ?? -1));
  });

/** A command line as one text, as a shell would split it: blanks, double or single quotes. */
export const words = (line: string): string[] =>
  Array.from(line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/gu), ([, a, b, c]) => a ?? b ?? c ?? '');

/** Starts `licet LINE`, under another program if need be. */
const start = async (
  line: string,
  { under = [], program }: RunOptions,
  options: SpawnOptions,
): Promise<ChildProcess> => {
  const file = program ?? (await bundle('tui/main.tsx'));
  const [command, ...args] = [...under, process.execPath, file, ...words(line)];
  return spawn(command ?? process.execPath, args, options);
};

/** Runs `licet LINE` to its end. */
export const licet = async (line: string, options: RunOptions = {}): Promise<Ran> => {
  const child = await start(line, options, {
    env: cleanEnv(options.env),
    cwd: options.cwd,
    stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  child.stdin?.end(options.input);
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    exitOf(child),
  ]);
  return {
    code,
    stdout,
    stderr,
    json: () => {
      try {
        return JSON.parse(stdout) as Record<string, unknown>;
      } catch {
        throw new Error(`licet ${line} (exit ${code}) gave no JSON.\n${stdout}\n${stderr}`);
      }
    },
  };
};

/** The same, or a failure that shows what the command said. */
export const done = (ran: Ran): Ran => {
  if (ran.code === 0) return ran;
  throw new Error(`exit ${ran.code}\n${ran.stdout}\n${ran.stderr}`);
};

export interface Served {
  readonly url: string;
  /** The first line of standard output, as JSON. */
  readonly first: Record<string, unknown>;
  readonly pid: number;
  /** What it said so far. */
  stdout(): string;
  stderr(): string;
  /** Ends it by SIGTERM and gives its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number>;
}

/** Starts a long-running `licet LINE`; resolves at its first line of output, fails if it ends before. */
export const startLicet = async (line: string, options: RunOptions = {}): Promise<Served> => {
  const child = await start(line, options, {
    env: cleanEnv(options.env),
    cwd: options.cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = exitOf(child);
  let stderr = '';
  let stdout = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const answer = await new Promise<string>((resolve, reject) => {
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk;
      const end = stdout.indexOf('\n');
      if (end >= 0) resolve(stdout.slice(0, end));
    });
    void ended.then((code) => reject(new Error(`licet ${line} ended with ${code}:\n${stderr}`)));
  });
  const first = JSON.parse(answer) as Record<string, unknown>;
  return {
    url: String(first['listening']),
    first,
    pid: child.pid ?? 0,
    stdout: () => stdout,
    stderr: () => stderr,
    stop: (signal = 'SIGTERM') => {
      child.kill(signal);
      return ended;
    },
  };
};

export interface TestFolder {
  readonly path: string;
  /** Writes a file and gives its path: for secrets that commands read from files. */
  file(name: string, content: string): Promise<string>;
  remove(): Promise<void>;
}

/** A temporary folder that goes away with `remove`. */
export const makeFolder = async (): Promise<TestFolder> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'licet-test-'));
  return {
    path: folder,
    file: async (name, content) => {
      const file = path.join(folder, name);
      await writeFile(file, content);
      return file;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
};

export const operatorEmail = 'ops@example.com';
export const operatorPassword = 'the operator of the test';
export const passphrase = 'a passphrase for the root';

export interface Portal {
  readonly url: string;
  readonly data: string;
  readonly folder: string;
  readonly server: Served;
  file(name: string, content: string): Promise<string>;
  /** Runs a command as a person with an own configuration folder. */
  as(person: string, line: string, options?: RunOptions): Promise<Ran>;
  /** Signs a person in. */
  signIn(person: string, email: string, password: string): Promise<Ran>;
  close(): Promise<void>;
}

/** A server made by `licet init` and run by `licet serve FLAGS`, with its operator signed in as "ops". */
export const openPortal = async (flags = ''): Promise<Portal> => {
  const folder = await makeFolder();
  const data = path.join(folder.path, 'data');
  const password = await folder.file('operator-password', operatorPassword);
  const rootPassphrase = await folder.file('passphrase', passphrase);
  const made = await licet(
    `init --data ${data} --operator-email ${operatorEmail} --operator-password-file ${password} --root-passphrase-file ${rootPassphrase}`,
  );
  if (made.code !== 0) throw new Error(`init failed: ${made.stderr}`);
  const server = await startLicet(`serve --data ${data} --listen 127.0.0.1:0 ${flags}`);
  const as: Portal['as'] = (person, line, options = {}) =>
    licet(line, {
      ...options,
      env: {
        LICET_CONFIG_DIR: path.join(folder.path, 'config', person),
        LICET_STATE_DIR: path.join(folder.path, 'state', person),
        ...options.env,
      },
    });
  const signIn: Portal['signIn'] = (person, email, password) =>
    as(person, `login --server ${server.url} --email ${email} --json`, { input: password });
  const signedIn = await signIn('ops', operatorEmail, operatorPassword);
  if (signedIn.code !== 0) throw new Error(`the operator can't sign in: ${signedIn.stderr}`);
  return {
    url: server.url,
    data,
    folder: folder.path,
    server,
    file: (name, content) => folder.file(name, content),
    as,
    signIn,
    close: async () => {
      await server.stop();
      await folder.remove();
    },
  };
};

export const ownerPassword = 'the owner of the licenses';

/** Creates an owner with a password and two licenses of a product: Prod (3 machines) and Dev (1). */
export const addOwner = async (
  portal: Portal,
  email = 'ana@example.com',
): Promise<{ readonly prod: string; readonly dev: string }> => {
  const must = async (line: string, options?: RunOptions): Promise<Record<string, unknown>> => {
    const ran = await portal.as('ops', `${line} --json`, options);
    return done(ran).json();
  };
  await must('product create acme-server --name "Acme Server"');
  await must(`operator account create ${email} --name "Ana Ruiz" --password-file -`, {
    input: ownerPassword,
  });
  const license = async (name: string, seats: number): Promise<string> => {
    const made = await must(
      `license create --owner-email ${email} --name ${name} --product acme-server --type subscription --max-activations ${seats} --expires-at 2099-12-31 --entitlements "exports, users=25"`,
    );
    return String(made['id']);
  };
  return { prod: await license('Prod', 3), dev: await license('Dev', 1) };
};
