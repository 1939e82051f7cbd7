/** A bordered box that hides what it stands on. Ink draws boxes see-through, so the panel paints its own blanks. */
import { Box, Text as InkText } from 'ink';
import type { ReactNode } from 'react';
import { useTerminal } from '../../hooks/use-terminal.ts';
import type { Tone } from '../../state/theme.ts';
import { Text } from '../text.tsx';

export interface PanelProps {
  readonly title: string;
  readonly tone?: Tone;
  /** Outer size in cells. */
  readonly width: number;
  readonly height: number;
  readonly children: ReactNode;
}

/** A panel of exactly the given size with its title in the upper border. */
export const Panel = ({ title, tone = 'accent', width, height, children }: PanelProps) => {
  const { theme } = useTerminal();
  const { color } = theme[tone];
  const blank = ' '.repeat(width);
  return (
    <Box width={width} height={height} flexShrink={0}>
      <Box position="absolute" flexDirection="column">
        {Array.from({ length: height }, (_, row) => (
          <InkText key={row}>{blank}</InkText>
        ))}
      </Box>
      <Box
        position="absolute"
        width={width}
        height={height}
        borderStyle="round"
        {...(color === undefined ? {} : { borderColor: color })}
        paddingX={1}
        flexDirection="column"
        overflowY="hidden"
      >
        {children}
      </Box>
      {title === '' ? null : (
        <Box position="absolute" marginLeft={2} width={Math.max(0, width - 4)}>
          <Text tone={tone} bold wrap="truncate-end">{` ${title} `}</Text>
        </Box>
      )}
    </Box>
  );
};
