/** The states of a screen that has nothing to show yet: loading, empty, failed. */
import { Box } from 'ink';
import { useEffect, useState } from 'react';
import { useKeys } from '../hooks/use-keys.ts';
import { signs } from '../theme.ts';
import { Text } from './text.tsx';

/** How long nothing is said: shorter waits would only flicker. */
const patience = 300;

/** Says that something is being loaded, once it takes longer than 300 ms. It doesn't move: idle is idle. */
export const Loading = ({ what = 'Loading' }: { what?: string }) => {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), patience);
    return () => clearTimeout(timer);
  }, []);
  return late ? <Text tone="dim">{`${what}${signs.more}`}</Text> : <Text> </Text>;
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
