/** The keys that work here, from the same scopes that handle them. */
import { useWindowSize } from 'ink';
import { useState } from 'react';
import { useActiveKeys, useKeys } from '../../hooks/use-keys.ts';
import { keyEntry, showKeys, type KeyGroup } from '../../state/keys.ts';
import type { Support } from '../../../shared/api/server.ts';
import { cut, fit, inert, wrapWords } from '../../state/cells.ts';
import type { ActiveKey } from '../../state/key-scopes.ts';
import { Overlay } from './layer.tsx';
import { Panel } from './panel.tsx';
import { Text } from '../text.tsx';

const groups: readonly (readonly [KeyGroup, string])[] = [
  ['act', 'Here'],
  ['form', 'Form'],
  ['move', 'Moving'],
  ['app', 'Everywhere'],
];

interface HelpLine {
  readonly title?: string;
  readonly keys?: string;
  readonly does?: string;
  readonly off?: boolean;
  /** In place of keys and what they do. */
  readonly text?: string;
}

/** The help's lines: each group that has keys, with a title. */
export const helpLines = (keys: readonly ActiveKey[]): HelpLine[] =>
  groups.flatMap(([group, title]) => {
    const lines: HelpLine[] = keys
      .filter(({ id }) => keyEntry(id).group === group)
      .map(({ id, names, does, why }) => ({
        keys: showKeys(names),
        does: (does ?? keyEntry(id).does) + (why === undefined ? '' : ` (${why})`),
        off: why !== undefined,
      }));
    if (lines.length > 0) lines.unshift({ title });
    return lines;
  });

/** Whom to ask and what to read, in full: an address that is cut helps nobody. */
const supportLines = (support: Support | undefined, width: number): HelpLine[] => {
  const said = [
    ...(support?.contact ? [support.contact] : []),
    ...(support?.links ?? []).map(({ title, url }) => `${title}: ${url}`),
  ];
  if (said.length === 0) return [];
  return [
    { title: 'Support' },
    ...said.flatMap((text) => wrapWords(inert(text), width).map((line) => ({ text: line }))),
  ];
};

export interface HelpProps {
  readonly support: Support | undefined;
  /** The layer whose keys are shown: the topmost before the help came. */
  readonly layer: number;
  readonly onClose: () => void;
}

/** The overlay; `onClose` takes it away. */
export const Help = ({ layer, support, onClose }: HelpProps) => {
  const { columns, rows } = useWindowSize();
  const [top, setTop] = useState(0);
  const width = Math.min(columns, 64);
  const lines = [...helpLines(useActiveKeys(layer)), ...supportLines(support, width - 5)];
  const room = Math.min(lines.length, rows - 2);
  const lowest = Math.max(0, lines.length - room);
  const move = (by: number): void => setTop(Math.max(0, Math.min(lowest, top + by)));
  const keyWidth = Math.max(8, ...lines.map(({ keys = '' }) => keys.length));
  const shown = lines.slice(Math.min(top, lowest), Math.min(top, lowest) + room);
  return (
    <Overlay>
      <HelpKeys onClose={onClose} move={lowest > 0 ? move : undefined} page={room} />
      <Panel title={lowest > 0 ? 'Keys (↑↓ for more)' : 'Keys'} width={width} height={room + 2}>
        {shown.map(({ title, text, keys = '', does = '', off }) =>
          text !== undefined ? (
            <Text key={text}>{` ${text}`}</Text>
          ) : title === undefined ? (
            <Text key={keys + does} wrap="truncate-end">
              <Text tone={off ? 'dim' : 'accent'}>{` ${fit(keys, keyWidth)}`}</Text>
              <Text tone={off ? 'dim' : 'plain'}>{`  ${cut(does, width - keyWidth - 8)}`}</Text>
            </Text>
          ) : (
            <Text key={title} tone="strong">
              {title}
            </Text>
          ),
        )}
      </Panel>
    </Overlay>
  );
};

interface HelpKeysProps {
  readonly onClose: () => void;
  /** Undefined where all of it is on screen. */
  readonly move: ((by: number) => void) | undefined;
  readonly page: number;
}

const HelpKeys = ({ onClose, move, page }: HelpKeysProps) => {
  useKeys({
    up: move && (() => move(-1)),
    down: move && (() => move(1)),
    pageUp: move && (() => move(-page)),
    pageDown: move && (() => move(page)),
    back: { run: onClose, does: 'Close the help', hint: 'close' },
    help: { run: onClose, does: 'Close the help', hint: '' },
    quit: { run: onClose, does: 'Close the help', hint: '' },
  });
  return null;
};
