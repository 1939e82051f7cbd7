/** One field of a form: label, what was typed, the cursor. Drawing only; editing is text-edit.ts. */
import { Box } from 'ink';
import { graphemes, inert, width as cellsOf } from '../state/cells.ts';
import type { EditState } from '../state/text-edit.ts';
import { signs } from '../theme.ts';
import { Text } from './text.tsx';

export interface FieldProps {
  readonly label: string;
  readonly labelWidth: number;
  /** Cells for the value. */
  readonly width: number;
  readonly state: EditState;
  readonly focused: boolean;
  readonly masked?: boolean;
  readonly example?: string | undefined;
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
const visible = (pieces: readonly Piece[], cursor: number, room: number) => {
  let from = cursor;
  let used = Math.max(1, pieces[cursor]?.cells ?? 1);
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
  const { label, labelWidth, width, state, focused, masked = false, example } = props;
  return (
    <Box>
      <Text tone={focused ? 'title' : 'dim'}>
        {`${focused ? signs.pointer : ' '} ${label.padEnd(labelWidth)}  `}
      </Text>
      <FieldValue width={width} state={state} focused={focused} masked={masked} example={example} />
    </Box>
  );
};

type ValueProps = Pick<FieldProps, 'width' | 'state' | 'focused' | 'masked' | 'example'>;

/** The value alone, for inputs without a label (filter, palette). */
export const FieldValue = ({ width, state, focused, masked = false, example }: ValueProps) => {
  const pieces = draw(state.text, masked);
  const cursor = graphemes(state.text.slice(0, state.cursor)).length;
  if (!focused) {
    const { from, to, blanks } = visible(pieces, 0, width);
    const text = pieces.slice(from, to).map((piece) => piece.text);
    const rest = to < pieces.length ? [...text.slice(0, -1), signs.more] : text;
    return <Text wrap="truncate-end">{rest.join('') + ' '.repeat(blanks)}</Text>;
  }
  const { from, to, blanks } = visible(pieces, cursor, width);
  const join = (start: number, end: number): string =>
    pieces
      .slice(start, end)
      .map((piece) => piece.text)
      .join('');
  const hint = state.text === '' && example ? example.slice(1, width) : '';
  return (
    <Text wrap="truncate-end">
      {join(from, cursor)}
      <Text tone="cursor">
        {pieces[cursor]?.text ?? (hint === '' ? ' ' : (example?.charAt(0) ?? ' '))}
      </Text>
      {join(cursor + 1, to)}
      <Text tone="dim">{hint}</Text>
      {' '.repeat(Math.max(0, blanks - hint.length))}
    </Text>
  );
};
