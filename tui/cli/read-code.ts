/** A code at the terminal: pasted whole, or typed line by line, each line checked at once. */
import { createInterface } from 'node:readline';
import type { ArmorType } from '../../shared/statements/armor.ts';
import { afterLine } from '../state/codes/code-lines.ts';
import { CommandError, exitCodes } from './failure.ts';
import { screenOf } from './inert-output.ts';
import type { Io } from './io.ts';

const names: Record<ArmorType, string> = {
  'offline-key': 'the key',
  request: 'the request code',
  deactivation: 'the proof',
};

/** Reads a code; `type` says which is meant, any when left out. @throws CommandError when it is stopped. */
export const readCodeAtTerminal = async (io: Io, type: ArmorType | undefined): Promise<string> => {
  const name = type === undefined ? 'the code' : names[type];
  io.stderr.write(`Paste ${name}, or type it line by line. Each line is checked at once.\n`);
  // readline moves the cursor itself, and echoes only what is typed here.
  const output = screenOf(io).stderr;
  const lines = createInterface({ input: io.stdin, output, terminal: true });
  const read: string[] = [];
  const prompt = () => {
    lines.setPrompt(`${String(read.length + 1).padStart(2)}: `);
    lines.prompt();
  };
  try {
    prompt();
    for await (const line of lines) {
      const step = afterLine(read, line, type);
      if (step === 'done') return [...read, line].join('\n');
      if (step === 'more') read.push(line);
      else if (step !== 'skip') io.stderr.write(`${step.again}\n`);
      prompt();
    }
  } finally {
    lines.close();
  }
  throw new CommandError(exitCodes.failed, 'Stopped: nothing was changed.');
};
