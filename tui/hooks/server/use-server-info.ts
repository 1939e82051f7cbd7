/** What the server says of itself before anybody signs in; asked again until it answers. */
import { useEffect, useState } from 'react';
import type { ServerInfo } from '../../../shared/api/server.ts';
import { delayOf } from '../../client/api/delay.ts';
import type { Failure } from '../../client/api/failure.ts';
import { useApp } from '../use-app.ts';
import { useTerminal } from '../use-terminal.ts';

export interface AskedServer {
  readonly info: ServerInfo | undefined;
  readonly failure: Failure | undefined;
  /** When it is asked again, milliseconds since the epoch; undefined while it is being asked. */
  readonly retryAt: number | undefined;
  /** Asks at once. */
  readonly refresh: () => void;
}

/** An answer is asked for again so rarely that an idle screen is idle, in milliseconds. */
const again = 15_000;

/** Asks at once and again when it fails; while it answers, every 15 seconds, to notice when it goes. */
export const useServerInfo = (): AskedServer => {
  const { connect } = useApp();
  const { now } = useTerminal();
  const [turn, setTurn] = useState(0);
  const [state, setState] = useState<Omit<AskedServer, 'refresh'>>({
    info: undefined,
    failure: undefined,
    retryAt: undefined,
  });

  useEffect(() => {
    let current = true;
    let timer: NodeJS.Timeout | undefined;
    const ask = async (attempt: number): Promise<void> => {
      const answer = await (await connect()).about();
      if (!current) return;
      if (answer.ok) {
        setState((old) =>
          old.failure === undefined && old.info !== undefined && same(old.info, answer.value)
            ? old
            : { info: answer.value, failure: undefined, retryAt: undefined },
        );
        timer = setTimeout(() => void ask(0), again);
        return;
      }
      if (answer.error.kind === 'untrusted') {
        setState((old) => ({ ...old, failure: answer.error, retryAt: undefined }));
        return;
      }
      const delay = delayOf(attempt, Math.random());
      setState((old) => ({ ...old, failure: answer.error, retryAt: now() + delay }));
      timer = setTimeout(() => void ask(attempt + 1), delay);
    };
    void ask(turn === 0 ? 0 : 1);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [connect, now, turn]);

  return { ...state, refresh: () => setTurn((count) => count + 1) };
};

/** All but its clock is the same: then nothing is drawn anew. */
const same = (a: ServerInfo, b: ServerInfo): boolean =>
  JSON.stringify({ ...a, now: '' }) === JSON.stringify({ ...b, now: '' });
