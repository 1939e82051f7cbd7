/** Asks before what can't be undone: at a terminal, else only `--yes` goes on. */
import { CommandError, exitCodes } from './failure.ts';
import { isInteractive, type Io } from './io.ts';
import { confirm } from './prompt.ts';

export interface Question {
  /** What will happen. */
  readonly sentences: readonly string[];
  /** "Reset activations?" */
  readonly ask: string;
}

/** Goes on with `yes`, or after a yes at the terminal. Without a terminal it ends with exit code 2. */
export const confirmed = async (
  io: Io,
  yes: boolean | undefined,
  question: () => Promise<Question> | Question,
): Promise<void> => {
  if (yes === true) return;
  const { sentences, ask } = await question();
  for (const sentence of sentences) io.stderr.write(`${sentence}\n`);
  if (!isInteractive(io))
    throw new CommandError(
      exitCodes.usage,
      'This must be confirmed, and there is no terminal to ask on. Nothing was changed.',
      'Add --yes to go ahead without a question.',
    );
  if (await confirm(io, ask)) return;
  throw new CommandError(exitCodes.failed, 'Nothing was changed.');
};
