/** A list of rows in columns, drawn only where it is on screen: the cost of a key doesn't know how long the list is. */
import { Box } from 'ink';
import { cut, cutMiddle, fit, inert, pad } from '../../state/cells.ts';
import type { ListWindow } from '../../state/lists/list-window.ts';
import { signs, type Tone } from '../../state/theme.ts';
import { Text } from '../text.tsx';

export interface Column<Row> {
  readonly title: string;
  /** Cells, or a share of what the fixed columns leave. */
  readonly width: number | { readonly share: number };
  readonly align?: 'start' | 'end';
  /** Where a text that is too long is cut: at its end, or in the middle, where its end tells more. */
  readonly cut?: 'end' | 'middle';
  /** Left out on screens narrower than this. */
  readonly from?: number;
  readonly cell: (row: Row) => string | { readonly text: string; readonly tone: Tone };
}

export interface TableProps<Row> {
  readonly columns: readonly Column<Row>[];
  readonly list: ListWindow;
  /** The row at an index; undefined while it is being loaded. */
  readonly rowAt: (index: number) => Row | undefined;
  readonly width: number;
  /** False while keys go elsewhere, so that one mark is seen at a time. */
  readonly focused?: boolean;
}

interface Placed<Row> {
  readonly column: Column<Row>;
  readonly cells: number;
}

const gap = '  ';

/** What is bad stays so under the mark. */
const judges: ReadonlySet<Tone> = new Set(['good', 'soon', 'bad']);

/** Gives each column that this width has room for its cells; shares get at least six. */
export const placeColumns = <Row,>(
  columns: readonly Column<Row>[],
  width: number,
): Placed<Row>[] => {
  const kept = columns.filter(({ from }) => from === undefined || width >= from);
  const fixed = kept.reduce((sum, { width }) => sum + (typeof width === 'number' ? width : 0), 0);
  const shares = kept.reduce(
    (sum, { width }) => sum + (typeof width === 'number' ? 0 : width.share),
    0,
  );
  const room = width - 2 - fixed - gap.length * Math.max(0, kept.length - 1);
  return kept.map((column) => ({
    column,
    cells:
      typeof column.width === 'number'
        ? column.width
        : Math.max(6, Math.floor((room * column.width.share) / shares)),
  }));
};

/** Head and the rows of the window. The head takes one row more than `list.height`. */
export const Table = <Row,>(props: TableProps<Row>) => {
  const { columns, list, rowAt, width, focused = true } = props;
  const placed = placeColumns(columns, width);
  const rows = Array.from(
    { length: Math.max(0, Math.min(list.height, list.count - list.top)) },
    (_, offset) => list.top + offset,
  );
  return (
    <Box flexDirection="column">
      <Text tone="dim" wrap="truncate-end">
        {`  ${placed.map(({ column, cells }) => fit(column.title, cells, column.align)).join(gap)}`}
      </Text>
      {rows.map((index) => (
        <TableRow
          // A row keeps its place on screen: scrolling changes its text, not its node.
          key={index - list.top}
          columns={placed}
          row={rowAt(index)}
          marked={focused && index === list.index}
        />
      ))}
    </Box>
  );
};

interface TableRowProps<Row> {
  readonly columns: readonly Placed<Row>[];
  readonly row: Row | undefined;
  readonly marked: boolean;
}

const TableRow = <Row,>({ columns, row, marked }: TableRowProps<Row>) => {
  if (row === undefined) return <Text tone="dim">{`  ${signs.more}`}</Text>;
  const cells = columns.map(({ column, cells }) => {
    const value = column.cell(row);
    const whole = inert(typeof value === 'string' ? value : value.text);
    const short = column.cut === 'middle' ? cutMiddle(whole, cells) : cut(whole, cells);
    const text = pad(short, cells, column.align);
    return { text, tone: typeof value === 'string' ? ('plain' as const) : value.tone };
  });
  return (
    <Text tone={marked ? 'selected' : 'plain'} wrap="truncate-end">
      {marked ? `${signs.pointer} ` : '  '}
      {cells.map(({ text, tone }, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- a column is its place
        <Text key={index} tone={marked && !judges.has(tone) ? 'selected' : tone}>
          {index === cells.length - 1 ? text : text + gap}
        </Text>
      ))}
    </Text>
  );
};
