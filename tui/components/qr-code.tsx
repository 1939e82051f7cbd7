/** A text as QR codes: black on white, numbered parts where the screen is too small for one. */
import { Box } from 'ink';
import { useMemo, useState } from 'react';
import { useKeys } from '../hooks/use-keys.ts';
import { useTerminal } from '../hooks/use-terminal.ts';
import { qrModules, qrParts, qrRows, type QrSize } from '../state/qr-parts.ts';
import { Text } from './text.tsx';

export interface QrCodeProps {
  readonly text: string;
  /** Cells that the code and its line of words may take. */
  readonly room: QrSize;
}

/**
 * The code. Without color it is drawn in inverse video, where the terminal decides which of its two
 * colors is the lighter; a key swaps them.
 */
export const QrCode = ({ text, room }: QrCodeProps) => {
  const { traits } = useTerminal();
  const [part, setPart] = useState(0);
  const [flipped, setFlipped] = useState(false);
  const { columns, rows } = room;
  const parts = useMemo(() => qrParts(text, { columns, rows: rows - 1 }), [text, columns, rows]);
  const count = parts?.length ?? 0;
  const shown = Math.min(part, Math.max(0, count - 1));
  const turn = (by: number): void => setPart((shown + by + count) % count);
  useKeys(
    {
      nextPart: count > 1 ? () => turn(1) : undefined,
      previousPart: count > 1 ? () => turn(-1) : undefined,
      flip: traits.color || count === 0 ? undefined : () => setFlipped(!flipped),
    },
    { level: 'widget' },
  );
  const current = parts?.[shown];
  if (current === undefined) {
    return (
      <Text tone="soon">
        The screen is too small for a QR code: make it larger, or copy or save instead.
      </Text>
    );
  }
  return (
    <Box flexDirection="column">
      {qrRows(qrModules(current), flipped).map((line, row) => (
        // oxlint-disable-next-line react/no-array-index-key -- a row is its place
        <Text key={row} tone="paper">
          {line}
        </Text>
      ))}
      <Text tone="dim" wrap="truncate-end">
        {count > 1
          ? `Part ${shown + 1} of ${count}: scan all, in any order.`
          : 'Scan it with any reader.'}
      </Text>
    </Box>
  );
};
