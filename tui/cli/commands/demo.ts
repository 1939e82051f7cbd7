/** `licet demo`: the whole portal with sample data on the loopback, for looking around. */
import { Command, Option } from 'commander';
import { people, signInText } from '../../demo/story.ts';
import { prefersPlain } from '../../terminal/traits.ts';
import { CommandError, endWith, exitCodes } from '../failure.ts';
import { screenOf } from '../inert-output.ts';
import type { Io } from '../io.ts';
import { addExamples } from '../options.ts';

interface DemoOptions {
  readonly headless?: boolean;
  readonly port: string;
}

const portOf = (text: string): number => {
  const port = Number(text);
  if (/^\d{1,5}$/u.test(text) && port <= 65_535) return port;
  throw new CommandError(exitCodes.usage, `--port ${text}: must be a number from 0 to 65535.`);
};

/** A machine that activates itself, for people to paste. */
const curlOf = (url: string): string =>
  [
    `curl -s ${url}/v1/activations -H 'content-type: application/json' -d '{`,
    `  "email": "${people.owner.email}", "password": "${people.owner.password}", "licenseId": "Prod",`,
    `  "machine": {"fingerprint": "${'c0ffee11'.repeat(8)}", "hostname": "my-laptop"}}'`,
  ].join('\n');

const guide = (url: string): string =>
  [
    `The demo's portal answers at ${url}.`,
    '',
    signInText,
    '',
    'A machine that wants the fourth seat of Prod is told who holds the three:',
    '',
    curlOf(url),
    '',
    'Reset the activations of Prod, and send it again.',
    '',
  ].join('\n');

/** Until a signal comes, or the server ends by itself. */
const untilStopped = (ended: Promise<void>): Promise<void> =>
  Promise.race([
    ended,
    new Promise<void>((resolve) => {
      for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
        process.once(signal, () => resolve());
    }),
  ]);

/** The screens, or line by line where the terminal or its reader asks for that. */
const lookAround = async (options: Io & { readonly server: string }): Promise<number> => {
  if (prefersPlain(options.env)) {
    const { startPlain } = await import('../plain/start-plain.ts');
    return startPlain(options);
  }
  const { startTui } = await import('../../start-tui.ts');
  return startTui(options);
};

const run = async (io: Io, options: DemoOptions): Promise<void> => {
  const port = portOf(options.port);
  const headless = options.headless === true || io.stdin.isTTY !== true || io.stdout.isTTY !== true;
  if (!headless) io.stderr.write('Making the sample data ...\n');
  const { startDemo } = await import('../../demo/parent.ts');
  const started = await startDemo(port);
  if (!started.ok) throw new CommandError(exitCodes.failed, started.error);
  const demo = started.value;
  try {
    if (headless) {
      const stopped = untilStopped(demo.ended);
      io.stderr.write(
        `${guide(demo.url)}Look around with: licet --server ${demo.url}\nIt runs until it is stopped.\n`,
      );
      io.stdout.write(`${JSON.stringify({ listening: demo.url })}\n`);
      await stopped;
      return;
    }
    // Below the screens, to be found there: what to send from another terminal.
    io.stderr.write(guide(demo.url));
    endWith(await lookAround({ ...screenOf(io), server: demo.url }));
  } finally {
    await demo.stop();
  }
};

export const demoCommand = (io: Io): Command => {
  const command = new Command('demo')
    .description(
      'Show everything with sample data: a server on the loopback that ends with this program and leaves nothing behind.',
    )
    .option('--headless', 'no screens: print where it listens, and run until stopped')
    .addOption(
      new Option('--port <number>', 'the port of the server; 0 takes a free one').default('0'),
    );
  addExamples(command, ['demo', 'demo --headless --port 8417']);
  return command.action((options: DemoOptions) => run(io, options));
};

/** The child process of the demo; not for people. */
export const demoServerCommand = (): Command =>
  new Command('demo-server')
    .requiredOption('--port <number>')
    .action(async ({ port }: { readonly port: string }) => {
      const { runDemoServer } = await import('../../demo/server.ts');
      await runDemoServer(portOf(port));
    });
