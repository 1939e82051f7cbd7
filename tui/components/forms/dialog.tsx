/** A question before something is done. The mark starts on the answer that changes nothing. */
import { Box } from 'ink';
import { useState } from 'react';
import { useKeys } from '../../hooks/use-keys.ts';
import type { KeyId } from '../../state/keys.ts';
import { cut, wrapWords } from '../../state/cells.ts';
import { signs, type Tone } from '../../state/theme.ts';
import { useCoverSize } from '../layout/frame.tsx';
import { Overlay } from '../layout/layer.tsx';
import { Panel } from '../layout/panel.tsx';
import { Text } from '../text.tsx';

export interface DialogLine {
  readonly text: string;
  readonly tone?: Tone;
}

export interface DialogAnswer {
  readonly label: string;
  /** What it is known by when the answers change; its label by default. */
  readonly id?: string;
  readonly run: () => void;
  /** A key of its own, beside Enter on its row. */
  readonly key?: KeyId;
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
  /** Where Esc leads instead: to the form that the question came from. */
  readonly onBack?: (() => void) | undefined;
}

/** Asks; an Enter pressed without looking takes the safe answer. */
export const Dialog = (props: DialogProps) => {
  const { title, lines, stay, answers, tone = 'accent', onBack } = props;
  const { columns, rows } = useCoverSize();
  const [marked, mark] = useState('');
  const [wanted, setWanted] = useState(0);
  const all = [stay, ...answers];
  // An answer that went away takes the mark with it: what Enter does never changes under it.
  const index = Math.max(
    0,
    all.findIndex((answer) => idOf(answer) === marked),
  );
  const width = columns < 60 ? columns : Math.min(columns - 4, 72);
  const text = lines.flatMap(({ text, tone }) =>
    wrapWords(text, width - 4).map((line) => ({ text: line, tone })),
  );
  const room = Math.max(1, rows - 2 - all.length - (rows < 14 ? 0 : 1));
  // Nothing of what will happen is left out on a low screen: it is read page by page.
  const overflow = text.length > room;
  const fitting = overflow ? Math.max(1, room - 1) : room;
  const lowest = Math.max(0, text.length - fitting);
  const top = Math.min(wanted, lowest);
  const below = text.length - top - fitting;
  const shown = [
    ...text.slice(top, top + fitting),
    ...(overflow ? [{ text: moreWords(below), tone: 'dim' as const }] : []),
  ];
  const spaced = shown.length + all.length + 3 <= rows;
  const height = Math.min(rows, shown.length + all.length + (spaced ? 3 : 2));
  return (
    <Overlay>
      <DialogKeys
        index={index}
        count={all.length}
        move={(to) => mark(idOf(all[to] ?? stay))}
        all={all}
        stay={stay}
        onBack={onBack}
        scroll={
          overflow
            ? (pages) => setWanted(Math.max(0, Math.min(lowest, top + pages * fitting)))
            : undefined
        }
      />
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

const idOf = ({ id, label }: DialogAnswer): string => id ?? label;

const moreWords = (below: number): string =>
  below > 0 ? `↓ ${below} more (PgDn)` : '↑ the end (PgUp)';

interface DialogKeysProps extends Pick<DialogProps, 'stay' | 'onBack'> {
  readonly index: number;
  readonly count: number;
  readonly move: (index: number) => void;
  readonly all: readonly DialogAnswer[];
  /** Turns the text's pages, where it has more than one. */
  readonly scroll: ((pages: number) => void) | undefined;
}

/** Inside the overlay, so that the keys belong to its layer. */
const DialogKeys = (props: DialogKeysProps) => {
  const { index, count, move, all, stay, onBack, scroll } = props;
  const own = all.flatMap(({ key, label, run }) =>
    key === undefined ? [] : [[key, { run, does: label }] as const],
  );
  useKeys({
    ...Object.fromEntries(own),
    pageUp: scroll && (() => scroll(-1)),
    pageDown: scroll && { run: () => scroll(1), does: 'Read on', hint: 'read on' },
    up: () => move((index + count - 1) % count),
    down: () => move((index + 1) % count),
    choose: () => all[index]?.run(),
    back: onBack
      ? { run: onBack, does: 'Back to the form' }
      : { run: stay.run, does: stay.label, hint: 'cancel' },
  });
  return null;
};
