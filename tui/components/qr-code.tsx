/** A text as QR codes: black on white, numbered parts where the screen is too small for one. */
import { Box } from 'ink';
import { useMemo, useState } from 'react';
import { useKeys } from '../hooks/use-keys.ts';
import { useTerminal } from '../hooks/use-terminal.ts';
import { qrModules, qrParts, qrRows, type QrSize } from '../state/codes/qr-parts.ts';
import { paragraph } from './lines.tsx';
import { Text } from './text.tsx';

export interface QrCodeProps {
  readonly title: string;
  readonly text: string;
  /** Cells that the code and its words may take. */
  readonly room: QrSize;
}

/** Cells for the words beside the code; where there is no room for them they take a row below. */
const aside = 24;

const roomFor = ({ columns, rows }: QrSize): QrSize & { readonly below: boolean } => {
  // A code is about twice as many cells wide as it is high.
  const below = columns - aside < rows * 2;
  return below ? { columns, rows: rows - 1, below } : { columns: columns - aside, rows, below };
};

/**
 * The code. Without color it is drawn in inverse video, where the terminal decides which of its two
 * colors is the lighter; a key swaps them.
 */
export const QrCode = ({ title, text, room }: QrCodeProps) => {
  const { traits } = useTerminal();
  const [part, setPart] = useState(0);
  const [flipped, setFlipped] = useState(false);
  const { columns, rows, below } = roomFor(room);
  const parts = useMemo(
    () => (traits.unicode ? qrParts(text, { columns, rows }) : undefined),
    [traits, text, columns, rows],
  );
  const count = parts?.length ?? 0;
  const shown = Math.min(part, Math.max(0, count - 1));
  const current = parts?.[shown];
  const lines = useMemo(
    () => (current === undefined ? [] : qrRows(qrModules(current), flipped)),
    [current, flipped],
  );
  const turn = (by: number): void => setPart((shown + by + count) % count);
  useKeys(
    {
      nextPart: count > 1 ? () => turn(1) : undefined,
      previousPart: count > 1 ? () => turn(-1) : undefined,
      flip: traits.color || count === 0 ? undefined : () => setFlipped(!flipped),
    },
    { level: 'widget' },
  );
  if (current === undefined) {
    return (
      <Box flexDirection="column">
        {paragraph(
          traits.unicode
            ? 'The screen is too small for a QR code. Make it larger, or go back (Esc) to copy or save.'
            : 'This terminal has no signs for a QR code. Go back (Esc) to copy or save.',
          room.columns,
          'soon',
        )}
      </Box>
    );
  }
  const words = [
    count > 1 ? `Part ${shown + 1} of ${count}` : 'Scan it',
    ...(count > 1 ? ['→ next part'] : []),
    ...(traits.color ? [] : ['f swap colors']),
    'Esc back',
  ];
  return (
    <Box flexDirection={below ? 'column' : 'row'}>
      <Box flexDirection="column" flexShrink={0}>
        {lines.map((line, row) => (
          // oxlint-disable-next-line react/no-array-index-key -- a row is its place
          <Text key={row} tone="paper">
            {line}
          </Text>
        ))}
      </Box>
      {below ? (
        <Text tone="dim" wrap="truncate-end">
          {words.join(', ')}
        </Text>
      ) : (
        <Box flexDirection="column" marginLeft={2} width={aside - 2}>
          <Text tone="title" wrap="truncate-end">
            {title}
          </Text>
          <Text> </Text>
          {words.map((word) => (
            <Text key={word} tone="dim">
              {word}
            </Text>
          ))}
        </Box>
      )}
    </Box>
  );
};
