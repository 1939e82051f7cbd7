/** Starts the plain mode on the streams that it is given: for screen readers, pipes and the simplest terminals. */
import { createClient } from '../../client/api/client.ts';
import { chooseServer, type ServerChoice } from '../../client/api/chosen-server.ts';
import { inertIo } from '../inert-output.ts';
import { createDialogue } from './dialogue.ts';
import { runPlain } from './run-plain.ts';
import type { TerminalStreams } from '../../terminal/streams.ts';

export type StartPlainOptions = TerminalStreams & ServerChoice;

/** Runs it to its exit code: 0 left, 2 no address, 5 the server is not there or not the right one. */
export const startPlain = async (given: StartPlainOptions): Promise<number> => {
  const options = inertIo(given);
  const chosen = await chooseServer(options);
  if (!chosen.ok) {
    options.stderr.write(`licet: ${chosen.error}\n`);
    return 2;
  }
  const { server, agent, knownPin, remember } = chosen.value;
  let pin = await knownPin();
  const dialogue = createDialogue(options);
  try {
    return await runPlain({
      dialogue,
      connect: async (token) => createClient({ server, agent, pin, token }),
      trust: async (fingerprint) => {
        pin = fingerprint;
        await remember(fingerprint);
      },
      now: Date.now,
    });
  } finally {
    dialogue.close();
  }
};
