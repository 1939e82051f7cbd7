/** A short list of ways on, each with a sentence. */
import { Box } from 'ink';
import { useList } from '../hooks/lists/use-list.ts';
import { useKeys } from '../hooks/use-keys.ts';
import { cut } from '../state/cells.ts';
import { signs } from '../state/theme.ts';
import { useContentSize } from './layout/frame.tsx';
import { Text } from './text.tsx';

export interface MenuEntry {
  readonly label: string;
  readonly about: string;
  readonly run: () => void;
}

export interface MenuProps {
  readonly entries: readonly MenuEntry[];
  readonly onClose: () => void;
  /** Rows that it may take; with room enough the sentences stand below the labels. */
  readonly height: number;
}

/** The entries; Enter takes the marked one. */
export const Menu = ({ entries, onClose, height }: MenuProps) => {
  const { columns } = useContentSize();
  const tall = height >= entries.length * 3 - 1;
  const { list } = useList(entries.length, tall ? entries.length : height);
  useKeys({ open: () => entries[list.index]?.run(), back: onClose }, { level: 'widget' });
  return (
    <Box flexDirection="column" gap={tall ? 1 : 0}>
      {entries.slice(list.top, list.top + list.height).map(({ label, about }, row) => {
        const marked = list.top + row === list.index;
        return (
          <Box key={label} flexDirection="column">
            <Text tone={marked ? 'selected' : 'plain'}>
              {cut(`${marked ? signs.pointer : ' '} ${label}`, columns)}
            </Text>
            {tall ? <Text tone="dim">{cut(`  ${about}`, columns)}</Text> : null}
          </Box>
        );
      })}
    </Box>
  );
};
