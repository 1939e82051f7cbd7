/** The command palette: every action by name, found by a few letters of it. */
import { go as fuzzySearch } from 'fuzzysort';
import { Box, useWindowSize } from 'ink';
import { useState } from 'react';
import { typeLine } from '../../hooks/type-line.ts';
import { useKeys } from '../../hooks/use-keys.ts';
import { moveKeys } from '../../hooks/lists/use-list.ts';
import { useNotify } from '../../hooks/use-terminal.ts';
import { cut, fit, width as cellsOf } from '../../state/cells.ts';
import { emptyList, moveList, type ListMove } from '../../state/lists/list-window.ts';
import type { PaletteEntry } from '../../state/palette-entries.ts';
import { editing } from '../../state/text-edit.ts';
import { signs } from '../../state/theme.ts';
import { FieldValue } from '../forms/field.tsx';
import { Overlay } from './layer.tsx';
import { paragraph } from '../lines.tsx';
import { Panel } from './panel.tsx';
import { Text } from '../text.tsx';

export interface PaletteProps {
  readonly entries: readonly PaletteEntry[];
  readonly onClose: () => void;
}

/** Entries that match, the best first; all of them in their own order for an empty query. */
export const findEntries = (
  entries: readonly PaletteEntry[],
  query: string,
): readonly PaletteEntry[] =>
  query === ''
    ? entries
    : takenFirst([...new Set([...byName(entries, query), ...byWords(entries, query)])]);

/** What can be done comes before what can't, each in its order. */
const takenFirst = (entries: readonly PaletteEntry[]): PaletteEntry[] => [
  ...entries.filter(({ why }) => why === undefined),
  ...entries.filter(({ why }) => why !== undefined),
];

const byName = (entries: readonly PaletteEntry[], query: string): PaletteEntry[] =>
  fuzzySearch(query, entries as PaletteEntry[], { key: 'name', limit: 0, threshold: 0.3 }).map(
    ({ obj }) => obj,
  );

/** Descriptions are long: letters strewn over them mean nothing, so the words themselves are looked for. */
const byWords = (entries: readonly PaletteEntry[], query: string): PaletteEntry[] => {
  const words = query.toLowerCase().split(/\s+/u);
  return entries.filter(({ about }) => words.every((word) => about.toLowerCase().includes(word)));
};

/** The overlay. Enter runs what is marked; what can't be done says why instead. */
export const Palette = ({ entries, onClose }: PaletteProps) => {
  const { columns, rows } = useWindowSize();
  const [query, setQuery] = useState(editing(''));
  const found = findEntries(entries, query.text.trim());
  const foot = rows >= 16 ? aboutRows : 0;
  const room = Math.max(1, Math.min(12, rows - 4 - foot));
  const [stored, setStored] = useState({ ...emptyList, height: room });
  const list = moveList(stored, { type: 'resize', count: found.length, height: room });
  const width = Math.min(columns, 64);
  const inner = width - 4;
  const shown = found.slice(list.top, list.top + room);
  const search = (next: typeof query): void => {
    setQuery(next);
    setStored({ ...emptyList, height: room });
  };
  return (
    <Overlay>
      <PaletteKeys
        query={query}
        search={search}
        move={(by) => setStored(moveList(list, by))}
        marked={found[list.index]}
        onClose={onClose}
      />
      <Panel title="Actions" width={width} height={Math.min(rows, room + foot + 3)}>
        <Box>
          <Text tone="accent">{'› '}</Text>
          <FieldValue width={inner - 2} state={query} focused example="Type to search" />
        </Box>
        <Box height={room} flexDirection="column">
          {shown.map((entry, row) => (
            <Entry
              key={entry.name}
              entry={entry}
              marked={list.top + row === list.index}
              width={inner}
            />
          ))}
          {found.length === 0 ? <Text tone="dim"> Nothing has that name.</Text> : null}
        </Box>
        {foot === 0 ? null : <About entry={found[list.index]} width={inner} />}
      </Panel>
    </Overlay>
  );
};

interface EntryProps {
  readonly entry: PaletteEntry;
  readonly marked: boolean;
  readonly width: number;
}

/** A name, and on the right its key, or why it can't be done. */
const Entry = ({ entry: { name, key = '', why }, marked, width }: EntryProps) => {
  const right = cut(why ?? key, Math.floor(width / 2));
  return (
    <Text tone={marked ? 'selected' : why ? 'dim' : 'plain'} wrap="truncate-end">
      {`${marked ? signs.pointer : ' '} ${fit(name, Math.max(0, width - 3 - cellsOf(right)))} `}
      <Text tone={marked ? 'selected' : 'dim'}>{right}</Text>
    </Text>
  );
};

/** Rows below the entries, with room for them: a rule, and in two lines what the marked one does. */
const aboutRows = 3;

const About = ({ entry, width }: { entry: PaletteEntry | undefined; width: number }) => (
  <Box height={aboutRows} flexDirection="column" overflowY="hidden">
    <Text tone="dim">{'─'.repeat(width)}</Text>
    {entry ? paragraph(entry.why ?? entry.about, width, entry.why ? 'soon' : 'dim') : null}
  </Box>
);

interface PaletteKeysProps {
  readonly query: ReturnType<typeof editing>;
  readonly search: (query: ReturnType<typeof editing>) => void;
  readonly move: (by: ListMove) => void;
  readonly marked: PaletteEntry | undefined;
  readonly onClose: () => void;
}

const PaletteKeys = ({ query, search, move, marked, onClose }: PaletteKeysProps) => {
  const notify = useNotify();
  const run = (): void => {
    if (!marked) return;
    if (marked.why !== undefined) {
      notify(marked.why, 'soon');
      return;
    }
    onClose();
    marked.run();
  };
  useKeys(
    {
      ...moveKeys(move),
      choose: run,
      back: { run: onClose, does: 'Close', hint: 'close' },
      palette: { run: onClose, does: 'Close', hint: '' },
    },
    typeLine(query, search),
  );
  return null;
};
