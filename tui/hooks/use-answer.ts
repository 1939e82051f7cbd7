/** What the server says, kept current: loading, an answer, or why there is none. */
import { useCallback, useEffect, useEffectEvent, useState } from 'react';
import type { Answer, Failure } from '../client/api/failure.ts';

export interface Asked<T> {
  /** The last answer; stays while a newer one is fetched, and when that fails. */
  readonly value: T | undefined;
  /** Why the last try gave none. */
  readonly failure: Failure | undefined;
  readonly loading: boolean;
  readonly refresh: () => void;
}

interface State<T> {
  readonly key: string;
  /** What was asked, of `key`, at which revision and turn. */
  readonly question: string;
  readonly value: T | undefined;
  readonly failure: Failure | undefined;
}

/**
 * Asks at once, and again whenever `key` or `revision` changes. What was asked for under another key
 * is forgotten; an answer that comes late, after a newer question, is dropped.
 */
export const useAnswer = <T>(
  key: string,
  revision: number,
  ask: () => Promise<Answer<T>>,
): Asked<T> => {
  const [turn, setTurn] = useState(0);
  const question = JSON.stringify([key, revision, turn]);
  const [state, setState] = useState<State<T>>();
  const askNow = useEffectEvent(ask);

  useEffect(() => {
    let current = true;
    void askNow().then((answer) => {
      if (!current) return;
      setState((old) => ({
        key,
        question,
        value: answer.ok ? answer.value : old?.key === key ? old.value : undefined,
        failure: answer.ok ? undefined : answer.error,
      }));
    });
    return () => {
      current = false;
    };
  }, [key, question]);

  const refresh = useCallback(() => setTurn((turn) => turn + 1), []);
  const known = state?.key === key ? state : undefined;
  return {
    value: known?.value,
    failure: known?.failure,
    loading: known?.question !== question,
    refresh,
  };
};
