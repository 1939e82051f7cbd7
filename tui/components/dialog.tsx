/** A question before something is done. The mark starts on the answer that changes nothing. */
import { Box } from 'ink';
import { useState } from 'react';
import { useKeys } from '../hooks/use-keys.ts';
import { cut, wrapWords } from '../state/cells.ts';
import { signs, type Tone } from '../theme.ts';
import { useCoverSize } from './frame.tsx';
import { Overlay } from './layer.tsx';
import { Panel } from './panel.tsx';
import { Text } from './text.tsx';

export interface DialogLine {
  readonly text: string;
  readonly tone?: Tone;
}

export interface DialogAnswer {
  readonly label: string;
  readonly run: () => void;
  readonly tone?: Tone;
}

export interface DialogProps {
  readonly title: string;
  /** What will happen, a paragraph each. */
  readonly lines: readonly DialogLine[];
  /** The safe answer, where the mark starts and where Esc leads. */
  readonly stay: DialogAnswer;
  /** The acts, the gentler first. */
  readonly answers: readonly DialogAnswer[];
  readonly tone?: Tone;
}

/** Asks; an Enter pressed without looking takes the safe answer. */
export const Dialog = ({ title, lines, stay, answers, tone = 'accent' }: DialogProps) => {
  const { columns, rows } = useCoverSize();
  const [index, setIndex] = useState(0);
  const all = [stay, ...answers];
  const width = columns < 60 ? columns : Math.min(columns - 4, 72);
  const text = lines.flatMap(({ text, tone }) =>
    wrapWords(text, width - 4).map((line) => ({ text: line, tone })),
  );
  const room = Math.max(1, rows - 2 - all.length - (rows < 14 ? 0 : 1));
  const shown =
    text.length > room
      ? [...text.slice(0, room - 1), { text: signs.more, tone: 'dim' as const }]
      : text;
  const spaced = shown.length + all.length + 3 <= rows;
  const height = Math.min(rows, shown.length + all.length + (spaced ? 3 : 2));
  return (
    <Overlay>
      <DialogKeys index={index} count={all.length} move={setIndex} all={all} stay={stay} />
      <Panel title={title} tone={tone} width={width} height={height}>
        {shown.map((line, row) => (
          // oxlint-disable-next-line react/no-array-index-key -- lines have no other identity
          <Text key={row} tone={line.tone ?? 'plain'}>
            {line.text === '' ? ' ' : line.text}
          </Text>
        ))}
        <Box flexDirection="column" marginTop={spaced ? 1 : 0}>
          {all.map((answer, row) => (
            <Text key={answer.label} tone={row === index ? 'selected' : (answer.tone ?? 'plain')}>
              {cut(`${row === index ? signs.pointer : ' '} ${answer.label}`, width - 4)}
            </Text>
          ))}
        </Box>
      </Panel>
    </Overlay>
  );
};

interface DialogKeysProps {
  readonly index: number;
  readonly count: number;
  readonly move: (index: number) => void;
  readonly all: readonly DialogAnswer[];
  readonly stay: DialogAnswer;
}

/** Inside the overlay, so that the keys belong to its layer. */
const DialogKeys = ({ index, count, move, all, stay }: DialogKeysProps) => {
  useKeys({
    up: () => move((index + count - 1) % count),
    down: () => move((index + 1) % count),
    choose: () => all[index]?.run(),
    back: { run: stay.run, does: stay.label, hint: 'cancel' },
  });
  return null;
};
