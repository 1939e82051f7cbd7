/** The first lines of My License: is all well, and if not, what Enter does about each. */
import { Box } from 'ink';
import { paragraph, type MarkedLine } from '../../components/lines.tsx';
import { Text } from '../../components/text.tsx';
import { dealWords, type Needed } from '../../state/words/attention.ts';
import { width } from '../../state/cells.ts';
import { signs } from '../../state/theme.ts';

/** So many are said at once; the mark moves them. */
const shownSentences = 3;

/** "All is well", or what needs attention, around the marked one, which says what Enter does. */
export const healthLines = (
  needed: readonly Needed[],
  marked: number | undefined,
  columns: number,
): MarkedLine[] => {
  if (needed.length === 0) {
    return [
      {
        node: (
          <Text key="well">
            <Text tone="good">{`${signs.good} `}</Text>
            All is well.
          </Text>
        ),
      },
    ];
  }
  const first = Math.min((marked ?? 0) - 1, needed.length - shownSentences);
  const top = Math.max(0, first);
  const shown = needed.slice(top, top + shownSentences);
  const more = needed.length - shown.length;
  return [
    ...shown.flatMap((one, row) => oneLines(one, top + row, top + row === marked, columns)),
    ...(more > 0
      ? paragraph(`  ${shown.length} of ${needed.length}`, columns, 'dim').map((node) => ({ node }))
      : []),
  ];
};

/** The sentence, with the mark and what Enter does behind it or, where the screen is narrow, below it. */
const oneLines = (one: Needed, at: number, marked: boolean, columns: number): MarkedLine[] => {
  const { hint } = dealWords(one);
  const sentence = `${one.tone === 'bad' ? signs.bad : signs.soon} ${one.text}`;
  const [head, ...rest] = paragraph(sentence, columns - 2, one.tone);
  const key = (
    <Text>
      <Text tone="accent">Enter</Text>
      <Text tone="dim">{` ${hint}`}</Text>
    </Text>
  );
  const fits = rest.length === 0 && width(sentence) + width(hint) + 10 <= columns;
  const lines = [head, ...rest].map((line, row) => (
    // oxlint-disable-next-line react/no-array-index-key -- a line is its place
    <Box key={`${at} ${row}`}>
      {marked && row === 0 ? (
        <Text tone="selected">{`${signs.pointer} `}</Text>
      ) : (
        <Text>{'  '}</Text>
      )}
      {line}
      {marked && fits ? <Text>{'  '}</Text> : null}
      {marked && fits ? key : null}
    </Box>
  ));
  const below =
    marked && !fits
      ? [
          <Box key={`${at} deal`}>
            <Text>{'    '}</Text>
            {key}
          </Box>,
        ]
      : [];
  return [...lines, ...below].map((node, row) => (row === 0 ? { node, stop: at } : { node }));
};
