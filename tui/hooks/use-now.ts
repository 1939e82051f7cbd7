/** The time, as often as what is shown of it changes. */
import { useEffect, useState } from 'react';
import { useTerminal } from './use-terminal.ts';

/** Milliseconds since the epoch, renewed every `interval` milliseconds (a minute by default). */
export const useNow = (interval = 60_000): number => {
  const { now } = useTerminal();
  const [time, setTime] = useState(now);
  useEffect(() => {
    const timer = setInterval(() => setTime(now()), interval);
    return () => clearInterval(timer);
  }, [now, interval]);
  return time;
};
