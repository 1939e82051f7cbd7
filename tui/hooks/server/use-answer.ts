/** What the server says, kept current: loading, an answer, or why there is none. */
import { useCallback, useEffect, useEffectEvent, useRef, useState } from 'react';
import type { Answer, Failure } from '../../client/api/failure.ts';
import { createOneAtATime, type OneAtATime } from '../../state/one-at-a-time.ts';

export interface Asked<T> {
  /** The last answer; stays while a newer one is fetched, and when that fails. */
  readonly value: T | undefined;
  /** Why the last try gave none. */
  readonly failure: Failure | undefined;
  /** True until the newest question is answered. */
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
 * Asks at once, and again whenever `key` or `revision` changes, one question of a key at a time. An
 * answer counts although there is a newer question: on a busy server there always is. What was asked
 * for under another key is forgotten.
 */
export const useAnswer = <T>(
  key: string,
  revision: number,
  ask: () => Promise<Answer<T>>,
): Asked<T> => {
  const [turn, setTurn] = useState(0);
  const question = JSON.stringify([key, revision, turn]);
  const [state, setState] = useState<State<T>>();
  const line = useRef<OneAtATime>(undefined);
  const askNow = useEffectEvent(async () => ({ question, answer: await ask() }));

  useEffect(() => {
    const made = createOneAtATime(async (closed) => {
      const { question, answer } = await askNow();
      if (closed()) return;
      setState((old) => ({
        key,
        question,
        value: answer.ok ? answer.value : old?.key === key ? old.value : undefined,
        failure: answer.ok ? undefined : answer.error,
      }));
    });
    line.current = made;
    return () => made.close();
  }, [key]);
  useEffect(() => {
    if (question !== '') line.current?.want();
  }, [question]);

  const refresh = useCallback(() => setTurn((turn) => turn + 1), []);
  const known = state?.key === key ? state : undefined;
  return {
    value: known?.value,
    failure: known?.failure,
    loading: known?.question !== question,
    refresh,
  };
};
