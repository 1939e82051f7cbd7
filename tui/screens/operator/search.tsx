/** Search over everything on the server: a hostname finds its license and owner. For operators. */
import { Box } from 'ink';
import { useState } from 'react';
import type { SearchHit } from '../../../shared/api/search.ts';
import { ok } from '../../../shared/result.ts';
import type { Client } from '../../client/api/client.ts';
import { FieldValue } from '../../components/forms/field.tsx';
import { useContentSize } from '../../components/layout/frame.tsx';
import { Page, pageTitleRows } from '../../components/layout/page.tsx';
import { paragraph } from '../../components/lines.tsx';
import { Empty, Loading } from '../../components/states.tsx';
import { Table, type Column } from '../../components/lists/table.tsx';
import { Text } from '../../components/text.tsx';
import { useAnswer } from '../../hooks/server/use-answer.ts';
import { typeLine } from '../../hooks/type-line.ts';
import { useKeys, type ScreenKey } from '../../hooks/use-keys.ts';
import { moveKeys } from '../../hooks/lists/use-list.ts';
import { useSettled } from '../../hooks/use-settled.ts';
import { cut, inert } from '../../state/cells.ts';
import { failureWords } from '../../state/words/failure-words.ts';
import { emptyList, moveList, type ListMove } from '../../state/lists/list-window.ts';
import { editing } from '../../state/text-edit.ts';
import { signs } from '../../state/theme.ts';

/** Milliseconds without a key after which what is typed is looked for. */
const patience = 200;
/** The server looks for nothing shorter. */
const shortest = 2;

const kindNames = {
  account: 'account',
  license: 'license',
  machine: 'machine',
  'offline-key': 'offline key',
  product: 'product',
  release: 'release',
} as const satisfies Record<SearchHit['kind'], string>;

const columns: readonly Column<SearchHit>[] = [
  { title: 'What', width: 11, cell: ({ kind }) => ({ text: kindNames[kind], tone: 'dim' }) },
  { title: 'Name', width: { share: 4 }, cut: 'middle', cell: ({ title }) => title },
  {
    title: 'License',
    width: { share: 3 },
    from: 50,
    cell: ({ license }) => license?.name ?? '-',
  },
  { title: 'Owner', width: { share: 4 }, from: 70, cell: ({ owner }) => owner?.email ?? '-' },
];

/** Where it belongs first: a narrow screen has no column for that. */
const aboutHit = ({ detail, license, owner }: SearchHit): string => {
  const person = owner && `${owner.name} <${owner.email}>`;
  const place = license && person ? `${license.name} of ${person}` : (license?.name ?? person);
  return [place, detail].filter(Boolean).join(' · ');
};

export interface SearchProps {
  readonly client: Client;
  readonly onClose: () => void;
  /** Takes one to what was found; resolves where one stays here all the same. */
  readonly onOpen: (hit: SearchHit) => Promise<void>;
}

/** A field and what it finds, from the second letter on. */
export const SearchScreen = ({ client, onClose, onOpen }: SearchProps) => {
  const size = useContentSize();
  const [query, setQuery] = useState(editing(''));
  const [stored, setStored] = useState(emptyList);
  const [opening, setOpening] = useState(false);
  const typed = query.text.trim();
  const settled = useSettled(typed, patience);
  const wanted = settled.length < shortest ? '' : settled;
  const asked = useAnswer(wanted, 0, async () =>
    wanted === '' ? ok({ items: [], more: false }) : client.search(wanted),
  );
  const hits = asked.value?.items ?? [];
  const low = size.rows < 10;
  const more = asked.value?.more === true;
  // The field, the list's head, and below it what is marked.
  const taken = (low ? 0 : pageTitleRows(size.rows, false)) + 3 + (more ? 1 : 0);
  const room = Math.max(1, size.rows - taken);
  const list = moveList(stored, { type: 'resize', count: hits.length, height: room });
  const marked = hits[list.index];
  const failed = asked.loading || wanted !== typed ? undefined : asked.failure;
  const open = async (hit: SearchHit): Promise<void> => {
    setOpening(true);
    await onOpen(hit);
    setOpening(false);
  };
  const openOf = (hit: SearchHit | undefined): ScreenKey => {
    if (failed) return { run: asked.refresh, does: 'Search again', hint: 'retry' };
    return hit && !opening ? () => void open(hit) : undefined;
  };
  const search = (next: typeof query): void => {
    setQuery(next);
    setStored(emptyList);
  };
  return (
    <Page title="Search" bare={low}>
      <SearchKeys
        query={query}
        search={search}
        move={(by) => setStored(moveList(list, by))}
        open={openOf(marked && wanted === typed ? marked : undefined)}
        onClose={onClose}
      />
      <Box>
        <Text tone="accent">{'› '}</Text>
        <FieldValue
          width={Math.min(60, size.columns - 2)}
          state={query}
          focused
          example="A hostname, e-mail, name or id"
        />
      </Box>
      {hits.length > 0 ? (
        <>
          <Table columns={columns} list={list} rowAt={(at) => hits[at]} width={size.columns} />
          {opening ? (
            <Loading what="Opening" />
          ) : (
            <Text tone="dim" wrap="truncate-end">
              {cut(inert(marked ? aboutHit(marked) : ''), size.columns)}
            </Text>
          )}
          {more ? <Text tone="soon">There is more of this: type more of the name.</Text> : null}
        </>
      ) : failed ? (
        paragraph(`${signs.bad} ${failureWords(failed)} Press Enter to try again.`, size.columns)
      ) : typed.length < shortest ? (
        <Empty title="Two letters or more of any name find it." />
      ) : asked.loading || wanted !== typed ? (
        <Loading what="Searching" />
      ) : (
        <Empty
          title={`Nothing has “${typed}” in its name.`}
          hint="Fewer letters find more. Looked at: hostnames, e-mails, names and ids."
        />
      )}
    </Page>
  );
};

interface SearchKeysProps {
  readonly query: ReturnType<typeof editing>;
  readonly search: (query: ReturnType<typeof editing>) => void;
  readonly move: (by: ListMove) => void;
  /** Undefined as long as what is marked may be about to change. */
  readonly open: ScreenKey;
  readonly onClose: () => void;
}

/** Inside of the page's layer. Letters are text here. */
const SearchKeys = ({ query, search, move, open, onClose }: SearchKeysProps) => {
  useKeys(
    {
      open,
      ...moveKeys(move),
      back: { run: onClose },
    },
    typeLine(query, search),
  );
  return null;
};
