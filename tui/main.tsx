/** The program: a command, or without one the terminal UI. Loads only what that needs. */
import { prefersPlain } from './terminal/traits.ts';
import { asksVersion, version } from './version.ts';

const args = process.argv.slice(2);

/** The oldest Node that runs the program; the SDK runs on older ones. */
const oldestNode = 26;

const main = async (): Promise<number> => {
  if (asksVersion(args)) {
    process.stdout.write(`${version}\n`);
    return 0;
  }
  if (Number.parseInt(process.versions.node, 10) < oldestNode) {
    process.stderr.write(
      `licet: this is Node ${process.versions.node}, and licet needs Node ${oldestNode} or newer.\nInstall that, or use the executable of licet, which brings its own.\n`,
    );
    return 1;
  }
  const { stdin, stdout, stderr, env } = process;
  if (args.length === 0 && !(prefersPlain(env) && stdout.isTTY)) {
    const { startTui } = await import('./start-tui.ts');
    return startTui({ stdin, stdout, stderr, env });
  }
  const { runProgram } = await import('./cli/program.ts');
  return runProgram({ stdin, stdout, stderr, env }, args);
};

// Whoever reads our output may stop (`| head`); that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

// Node would open its inspector: whoever reaches that runs code in here.
if (process.platform !== 'win32') process.on('SIGUSR1', () => undefined);

process.exitCode = await main();
