/** The first lines of My License: is all well, and if not, which key deals with it. */
import { Box } from 'ink';
import type { ReactNode } from 'react';
import { paragraph } from '../../components/lines.tsx';
import { Text } from '../../components/text.tsx';
import { dealWords, type Attention, type Needed } from '../../state/words/attention.ts';
import { signs } from '../../state/theme.ts';

/** "All is well", or what needs attention first, with the key that deals with it. */
export const healthLines = (needed: readonly Needed[], columns: number): ReactNode[] => {
  const [first, ...others] = needed;
  if (!first) {
    return [
      <Text key="well">
        <Text tone="good">{`${signs.good} `}</Text>
        All is well.
      </Text>,
    ];
  }
  const more = needed.length - shownSentences;
  return [
    ...firstLines(first, columns),
    ...others
      .slice(0, shownSentences - 1)
      .flatMap((said) => paragraph(signed(said), columns, said.tone)),
    ...(more > 0 ? paragraph(`  and ${more} more`, columns, 'dim') : []),
  ];
};

const signed = ({ text, tone }: Attention): string =>
  `${tone === 'bad' ? signs.bad : signs.soon} ${text}`;

/** The first sentence, and the key behind it or, where the screen is narrow, below it. */
const firstLines = (first: Needed, columns: number): ReactNode[] => {
  const lines = paragraph(signed(first), columns, first.tone);
  const key = (
    <Text key="key">
      <Text tone="accent">Enter</Text>
      <Text tone="dim">{` ${dealWords(first).hint}`}</Text>
    </Text>
  );
  if (lines.length > 1 || signed(first).length + dealWords(first).hint.length + 8 > columns) {
    return [
      ...lines,
      <Box key="deal">
        <Text>{'  '}</Text>
        {key}
      </Box>,
    ];
  }
  return [
    <Box key="deal" gap={2}>
      {lines}
      {key}
    </Box>,
  ];
};

/** The most urgent are said; the list of packages shows the others. */
const shownSentences = 3;
