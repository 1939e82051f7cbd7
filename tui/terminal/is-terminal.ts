/** Whether there is a terminal to draw on, and the sentence for when there is none. */
import type { TerminalStreams } from './streams.ts';

/** True when both ends are a terminal that can be read key by key. */
export const isTerminal = ({ stdin, stdout }: Pick<TerminalStreams, 'stdin' | 'stdout'>): boolean =>
  stdin.isTTY === true && stdout.isTTY === true && stdin.setRawMode !== undefined;

/** Says what to do instead; gives the exit code of wrong usage. */
export const sayNoTerminal = (stderr: NodeJS.WritableStream): number => {
  stderr.write(
    'licet needs a terminal for its screens, and this is a pipe or a file.\n' +
      'Run it in a terminal, line by line with licet --plain, or by a command: licet --help lists them.\n',
  );
  return 2;
};
