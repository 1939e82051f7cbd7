/** Something in place of the section's content, with keys of its own: a form, a result, a detail. */
import { Box, Text as InkText } from 'ink';
import type { ReactNode } from 'react';
import { useKeys, type ScreenKeys } from '../../hooks/use-keys.ts';
import { useContentSize } from './frame.tsx';
import { Layer } from './layer.tsx';
import { Text } from '../text.tsx';

export interface PageProps {
  readonly title: string;
  /** One sentence below the title, left out where the screen is low. */
  readonly about?: string | undefined;
  /** Keys of the page, where its children don't bring their own. */
  readonly keys?: ScreenKeys;
  /** Without its title, where each row counts. */
  readonly bare?: boolean;
  readonly children: ReactNode;
}

/** Rows that a page's title takes of the content's height. */
export const pageTitleRows = (rows: number, about: boolean): number =>
  rows < 10 ? 1 : about ? 3 : 2;

/** Covers the content area; to be drawn inside the frame's content. */
export const Page = ({ title, about, keys, bare = false, children }: PageProps) => {
  const { columns, rows } = useContentSize();
  const head = bare ? 0 : pageTitleRows(rows, about !== undefined);
  const blank = ' '.repeat(columns);
  return (
    <Layer>
      {keys ? <PageKeys keys={keys} /> : null}
      <Box position="absolute" width={columns} height={rows} overflowY="hidden">
        <Box position="absolute" flexDirection="column">
          {Array.from({ length: rows }, (_, row) => (
            <InkText key={row}>{blank}</InkText>
          ))}
        </Box>
        <Box position="absolute" width={columns} height={rows} flexDirection="column">
          {head > 0 ? (
            <Text tone="title" wrap="truncate-end">
              {title}
            </Text>
          ) : null}
          {head > 2 ? (
            <Text tone="dim" wrap="truncate-end">
              {about}
            </Text>
          ) : null}
          {head > 1 ? <Text> </Text> : null}
          {children}
        </Box>
      </Box>
    </Layer>
  );
};

/** Inside of the layer, so that the keys are the page's and not those of what it covers. */
const PageKeys = ({ keys }: { keys: ScreenKeys }) => {
  useKeys(keys);
  return null;
};

/** The keys of a page that is only read: back, by Esc or Enter. */
export const backKeys = (run: () => void): ScreenKeys => ({
  back: { run },
  choose: { run, does: 'Back', hint: '' },
});
