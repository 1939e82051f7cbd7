/** A section that is a list: its rows, its filter, and what it says without rows. */
import { Box } from 'ink';
import { useEffect, type ReactNode } from 'react';
import type { Filter } from '../../hooks/lists/use-filter.ts';
import { useList, useMarkedRow } from '../../hooks/lists/use-list.ts';
import { useKeys, type ScreenKeys } from '../../hooks/use-keys.ts';
import type { Rows } from '../../hooks/lists/use-pages.ts';
import { mostHeld } from '../../hooks/lists/use-rows.ts';
import type { ListWindow } from '../../state/lists/list-window.ts';
import { failureWords, isPassing } from '../../state/words/failure-words.ts';
import { signs } from '../../state/theme.ts';
import { useContentSize } from '../layout/frame.tsx';
import { FilterRow } from './filter-row.tsx';
import { Preview, previewRows, type Details } from './preview.tsx';
import { Empty, Unanswered, useLate } from '../states.tsx';
import { Table, type Column } from './table.tsx';
import { Text } from '../text.tsx';

export interface ListScreenProps<Row> {
  readonly rows: Rows<Row>;
  readonly columns: readonly Column<Row>[];
  readonly filter: Filter;
  /** What a row is known by when it changes its place; without it the mark stays at the place. */
  readonly idOf?: (row: Row) => string;
  /** Lines above the list, one row each. */
  readonly head?: readonly ReactNode[];
  readonly empty: { readonly title: string; readonly hint?: string };
  /** What is shown of the marked row below the list, where there is room. */
  readonly details?: (row: Row) => Details;
  /** What can be done, with the marked row or without one. */
  readonly keys: (row: Row | undefined) => ScreenKeys;
}

const noHead: readonly ReactNode[] = [];

/** The list fills the content area; the last row says where one is in a long one. */
export const ListScreen = <Row,>(props: ListScreenProps<Row>) => {
  const { rows, filter, head = noHead, empty } = props;
  const size = useContentSize();
  // Air between what is above the list and the list, where there is room for it.
  const gap = head.length > 0 && size.rows >= 12;
  const above = head.length + (gap ? 1 : 0) + (filter.shown ? 1 : 0);
  const below = props.details ? previewRows(size, above + 1 + rows.count) : 0;
  const room = Math.max(1, size.rows - above - below - 1);
  // The place in the list is worth a row only where the list goes on.
  const placed = rows.more === true || rows.count > room;
  const height = placed ? Math.max(1, room - 1) : room;
  const list = useMarkedRow(useList(rows.count, height, !filter.typing), (index) => {
    const row = rows.rowAt(index);
    return row && props.idOf?.(row);
  });
  useEffect(() => rows.look(list.top, list.top + list.height));
  const marked = rows.rowAt(list.index);
  useKeys({
    ...props.keys(marked),
    refresh: rows.refresh,
  });
  const content = (
    <>
      {head}
      {gap ? <Text> </Text> : null}
      {filter.shown ? <FilterRow filter={filter} width={size.columns} /> : null}
      <Body {...props} list={list} width={size.columns} />
      {placed ? <Place rows={rows} index={list.index} /> : null}
      {rows.count === 0 && !rows.loading && rows.failure === undefined && filter.text !== '' ? (
        <Empty title={`Nothing fits “${filter.text}”.`} hint="Esc clears the filter." />
      ) : rows.count === 0 && !rows.loading && rows.failure === undefined ? (
        <Empty {...empty} />
      ) : null}
    </>
  );
  if (below === 0) return <Box flexDirection="column">{content}</Box>;
  return (
    <>
      <Box flexDirection="column" height={size.rows - below} overflowY="hidden">
        {content}
      </Box>
      {marked && props.details ? <Preview details={props.details(marked)} rows={below} /> : null}
    </>
  );
};

interface PlaceProps<Row> {
  readonly rows: Rows<Row>;
  readonly index: number;
}

const number = (count: number): string => count.toLocaleString('en-US');

/** Where one is in a long list, and why its rest is not here: it is on its way, failed, or too long. */
const Place = <Row,>({ rows, index }: PlaceProps<Row>) => {
  if (rows.failure && !isPassing(rows.failure)) {
    return (
      <Text tone="bad" wrap="truncate-end">
        {`${signs.bad} Press R to try again. ${failureWords(rows.failure)}`}
      </Text>
    );
  }
  const place = rows.count === 0 ? '' : `${number(index + 1)} of ${number(rows.count)}  `;
  return (
    <Text wrap="truncate-end">
      <Text tone="dim">{place}</Text>
      {rows.more ? <Text tone="soon">{`Only the first ${number(mostHeld)} are here`}</Text> : null}
      {rows.count > 0 && rows.rowAt(index) === undefined ? <Arriving rows={rows} /> : null}
    </Text>
  );
};

/** The marked row is on its way: how far that is, once it takes a while. */
const Arriving = <Row,>({ rows: { loaded = 0 } }: { rows: Rows<Row> }) =>
  useLate() ? <Text tone="soon">{`Loading${signs.more} ${number(loaded)} are here`}</Text> : null;

type BodyProps<Row> = ListScreenProps<Row> & {
  readonly list: ListWindow;
  readonly width: number;
};

const Body = <Row,>({ rows, columns, filter, list, width }: BodyProps<Row>) => {
  // What was loaded stays in sight when the server goes away: the banner says that it is old.
  if (rows.count > 0) {
    return (
      <Table
        columns={columns}
        list={list}
        rowAt={rows.rowAt}
        width={width}
        focused={!filter.typing}
      />
    );
  }
  if (!rows.loading && rows.failure === undefined) return null;
  return <Unanswered failure={rows.loading ? undefined : rows.failure} retry={rows.refresh} />;
};
