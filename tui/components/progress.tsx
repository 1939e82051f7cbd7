/** Long work: how far it is, how fast, how long it takes yet; and the key that stops it. */
import { Box } from 'ink';
import { useEffect, useState } from 'react';
import type { Work } from '../client/api/files.ts';
import { useTerminal } from '../hooks/use-terminal.ts';
import { measure, meterText, percentOf, startMeter, type Meter } from '../client/transfer.ts';
import { useContentSize } from './layout/frame.tsx';
import { Page } from './layout/page.tsx';
import { Text } from './text.tsx';

export interface ProgressProps {
  readonly title: string;
  /** Does the work once; the page stays until the work ends. */
  readonly run: (work: Work) => void;
}

/** Milliseconds between two drawings: calm to look at, and no matter for the rate. */
const pace = 200;

/** Starts the work and draws its bar. Esc stops it; what was moved stays, and it can go on later. */
export const Progress = ({ title, run }: ProgressProps) => {
  const { now } = useTerminal();
  const { columns } = useContentSize();
  const [meter, setMeter] = useState<Meter>();
  const [stopping] = useState(() => new AbortController());
  const [start] = useState(() => run);

  useEffect(() => {
    let latest: Meter | undefined;
    let drawn = 0;
    start({
      signal: stopping.signal,
      report: (moved) => {
        const at = now();
        latest = latest ? measure(latest, moved, at) : startMeter(moved.total, moved.done, at);
        if (at - drawn < pace && moved.done < moved.total) return;
        drawn = at;
        setMeter(latest);
      },
    });
  }, [start, stopping, now]);

  const cells = Math.max(10, Math.min(columns, 60));
  const full = meter ? Math.floor((percentOf(meter.moved) * cells) / 100) : 0;
  return (
    <Page
      title={title}
      keys={{
        back: { run: () => stopping.abort(), does: 'Stop it; it can go on later', hint: 'stop' },
      }}
    >
      <Box flexDirection="column">
        <Text>
          <Text tone="accent">{'━'.repeat(full)}</Text>
          <Text tone="dim">{'─'.repeat(cells - full)}</Text>
        </Text>
        <Text tone="dim" wrap="truncate-end">
          {meter ? meterText(meter) : 'Starting…'}
        </Text>
      </Box>
    </Page>
  );
};
