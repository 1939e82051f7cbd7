/** One field of a form: label, what was typed, the cursor. Drawing only; editing is text-edit.ts. */
import { Box } from 'ink';
import { cut, graphemes, inert, width as cellsOf } from '../../state/cells.ts';
import type { EditState } from '../../state/text-edit.ts';
import { signs } from '../../state/theme.ts';
import { Text } from '../text.tsx';

export interface FieldProps {
  readonly label: string;
  readonly labelWidth: number;
  /** Cells for the value. */
  readonly width: number;
  readonly state: EditState;
  readonly focused: boolean;
  readonly masked?: boolean;
  readonly example?: string | undefined;
  /** For a choice: what is chosen, in words. Then nothing is written and there is no cursor. */
  readonly chosen?: string | undefined;
}

interface Piece {
  readonly text: string;
  readonly cells: number;
}

/** What is drawn for each grapheme: line ends and blanks of a block are shown, passwords never. */
const draw = (text: string, masked: boolean): Piece[] =>
  graphemes(text).map((grapheme) => {
    const shown = masked ? '•' : inert(grapheme) || '\u{FFFD}';
    return { text: shown, cells: cellsOf(shown) };
  });

/** The pieces around the cursor that fit, and where the cursor is among them. */
const visible = (pieces: readonly Piece[], cursor: number, room: number, focused: boolean) => {
  let from = cursor;
  // The cursor takes a cell of its own behind the last character.
  let used = pieces[cursor]?.cells ?? (focused ? 1 : 0);
  while (from > 0 && used + (pieces[from - 1]?.cells ?? 0) <= room) {
    from -= 1;
    used += pieces[from]?.cells ?? 0;
  }
  let to = Math.min(cursor + 1, pieces.length);
  while (to < pieces.length && used + (pieces[to]?.cells ?? 0) <= room) {
    used += pieces[to]?.cells ?? 0;
    to += 1;
  }
  return { from, to, blanks: Math.max(0, room - used) };
};

/** A row: pointer, label, value. The cursor is an inverse cell, so that it is seen without color too. */
export const Field = (props: FieldProps) => {
  const { label, labelWidth, width, state, focused, masked = false, example, chosen } = props;
  return (
    <Box>
      <Text tone={focused ? 'title' : 'dim'}>
        {`${focused ? signs.pointer : ' '} ${label.padEnd(labelWidth)}  `}
      </Text>
      {chosen === undefined ? (
        <FieldValue
          width={width}
          state={state}
          focused={focused}
          masked={masked}
          example={example}
        />
      ) : (
        <Text tone={focused ? 'selected' : 'plain'}>{cut(chosen, width)}</Text>
      )}
    </Box>
  );
};

type ValueProps = Pick<FieldProps, 'width' | 'state' | 'focused' | 'masked' | 'example'>;

/** The value alone, for inputs without a label (filter, palette). */
export const FieldValue = (props: ValueProps) => {
  const { width, state, focused, masked = false, example = '' } = props;
  const pieces = draw(state.text, masked);
  const cursor = graphemes(state.text.slice(0, state.cursor)).length;
  const join = (start: number, end: number): string =>
    pieces
      .slice(start, end)
      .map((piece) => piece.text)
      .join('');
  if (!focused) {
    const { to, blanks } = visible(pieces, 0, width, false);
    const whole = to === pieces.length;
    return (
      <Text wrap="truncate-end">
        <Text tone="input">{whole ? join(0, to) : join(0, to - 1) + signs.more}</Text>
        <Text tone="blank">{' '.repeat(blanks)}</Text>
      </Text>
    );
  }
  const { from, to, blanks } = visible(pieces, cursor, width, true);
  const hint = state.text === '' ? cut(example, width) : '';
  return (
    <Text wrap="truncate-end">
      <Text tone="input">{join(from, cursor)}</Text>
      <Text tone="cursor">{pieces[cursor]?.text ?? (hint.charAt(0) || ' ')}</Text>
      <Text tone="input">{join(cursor + 1, to)}</Text>
      <Text tone="blank">{hint.slice(1).padEnd(blanks)}</Text>
    </Text>
  );
};
