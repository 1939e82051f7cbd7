/** The states of a screen that has nothing to show yet: loading, empty, failed. */
import { Box } from 'ink';
import { useEffect, useState } from 'react';
import type { Failure as NoAnswer } from '../client/api/failure.ts';
import { useKeys } from '../hooks/use-keys.ts';
import { failureWords, isPassing } from '../state/words/failure-words.ts';
import { signs } from '../state/theme.ts';
import { Text } from './text.tsx';

/** How long nothing is said: shorter waits would only flicker. */
const patience = 300;

/** True once what is waited for takes so long that it must be said. */
export const useLate = (): boolean => {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), patience);
    return () => clearTimeout(timer);
  }, []);
  return late;
};

/** Says that something is being loaded, once it takes longer than 300 ms. It doesn't move: idle is idle. */
export const Loading = ({ what = 'Loading' }: { what?: string }) => {
  const late = useLate();
  return late ? <Text tone="dim">{`${what}${signs.more}`}</Text> : <Text> </Text>;
};

interface UnansweredProps {
  /** Why the last try gave nothing; undefined while one is under way. */
  readonly failure: NoAnswer | undefined;
  readonly retry: () => void;
}

/**
 * Nothing to show yet: it is being loaded, the server is away (the banner says why and when it is tried
 * again), or why it failed.
 */
export const Unanswered = ({ failure, retry }: UnansweredProps) => {
  if (failure === undefined) return <Loading />;
  return isPassing(failure) ? (
    <Loading what="Waiting for the server" />
  ) : (
    <Failure text={failureWords(failure)} retry={retry} />
  );
};

/** Nothing there: why, and what to do first. */
export const Empty = ({ title, hint }: { title: string; hint?: string }) => (
  <Box flexDirection="column">
    <Text tone="strong">{title}</Text>
    {hint === undefined ? null : <Text tone="dim">{hint}</Text>}
  </Box>
);

/** It failed: the sentence that came with it, and a key to try again. */
export const Failure = ({ text, retry }: { text: string; retry: () => void }) => {
  useKeys({ retry }, { level: 'widget' });
  return (
    <Box flexDirection="column">
      <Box>
        <Text tone="bad">{`${signs.bad} `}</Text>
        <Text>{text}</Text>
      </Box>
      <Text tone="dim">Press R to try again.</Text>
    </Box>
  );
};
