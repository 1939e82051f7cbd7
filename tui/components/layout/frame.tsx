/** The frame of every screen: title, sections, content, status and keys at the same place. */
import { Box, useWindowSize } from 'ink';
import { createContext, use, useLayoutEffect, useMemo, useState, type ReactNode } from 'react';
import { useActiveKeys } from '../../hooks/use-keys.ts';
import { useSignal, useTerminal } from '../../hooks/use-terminal.ts';
import { keyEntry, showKey } from '../../state/keys.ts';
import { cut, fit, inert, width as cellsOf } from '../../state/cells.ts';
import type { ActiveKey } from '../../state/key-scopes.ts';
import { isTooSmall, smallest, type Size } from '../../state/screen-size.ts';
import { signs, type Tone } from '../../state/theme.ts';
import { Text } from '../text.tsx';

export interface FrameProps {
  /** Where we are: the package, the account, the machine. */
  readonly title: string;
  /** Who and which server, on the right of the title. */
  readonly context?: string;
  /** Whether what is shown follows the server: a sign behind the context. */
  readonly live?: boolean | undefined;
  /** Names of the sections, and which is open. */
  readonly sections?: readonly string[];
  readonly section?: number;
  /** Said in the status row while there is nothing newer to say. */
  readonly status?: { readonly text: string; readonly tone: Tone } | undefined;
  /** Above the content when the server is gone. */
  readonly banner?: ReactNode;
  readonly children: ReactNode;
}

const ContentSizeContext = createContext<Size | undefined>(undefined);
interface Bareness {
  readonly bare: boolean;
  readonly setBare: (bare: boolean) => void;
}

// Outside of a frame there is nothing to take away.
const BareContext = createContext<Bareness>({ bare: true, setBare: () => undefined });

/**
 * Takes the whole screen for the content while mounted: no title, no status, no keys. True once that
 * is so: what is drawn before would be drawn for another size.
 */
export const useBareFrame = (wanted = true): boolean => {
  const { bare, setBare } = use(BareContext);
  useLayoutEffect(() => {
    if (!wanted) return undefined;
    setBare(true);
    return () => setBare(false);
  }, [setBare, wanted]);
  return bare || !wanted;
};

/** The area that something may cover: the content inside of a frame, else the whole screen. */
export const useCoverSize = (): Size => {
  const window = useWindowSize();
  return use(ContentSizeContext) ?? window;
};

const contentSize = ({ columns, rows }: Size, banner: boolean): Size => ({
  columns: columns - 2,
  rows: Math.max(1, rows - chromeRows(rows) - (banner ? 1 : 0)),
});

/** Size of the content area in cells: inside of `Frame` the exact one, outside that without a banner. */
export const useContentSize = (): Size => {
  const window = useWindowSize();
  return use(ContentSizeContext) ?? contentSize(window, false);
};

const roomy = (rows: number): boolean => rows >= 16;
// Title, sections, status, keys; with room also a rule below the sections and one above the status.
const chromeRows = (rows: number): number => (roomy(rows) ? 6 : 4);

/** A screen of exactly the terminal's size; below the smallest size one line that says so. */
export const Frame = (props: FrameProps) => {
  const { columns, rows } = useWindowSize();
  const banner = Boolean(props.banner);
  const [bare, setBare] = useState(false);
  const bareness = useMemo(() => ({ bare, setBare }), [bare]);
  const size = useMemo(
    () => (bare ? { columns: columns - 2, rows } : contentSize({ columns, rows }, banner)),
    [columns, rows, banner, bare],
  );
  const small = isTooSmall({ columns, rows });
  // Hidden, not taken away: what was typed is there again when the screen grows.
  return (
    <Box width={columns} height={rows} flexDirection="column" overflowY="hidden">
      {small ? <Text wrap="truncate-end">{tooSmall(columns, rows)}</Text> : null}
      <Box
        display={small ? 'none' : 'flex'}
        width={columns}
        height={rows}
        flexDirection="column"
        overflowY="hidden"
      >
        {bare ? null : (
          <>
            <TitleRow {...props} columns={columns} />
            <SectionsRow {...props} columns={columns} ruled={roomy(rows)} />
            {props.banner}
          </>
        )}
        <Box flexGrow={1} flexShrink={1} flexDirection="column" paddingX={1} overflowY="hidden">
          <BareContext value={bareness}>
            <ContentSizeContext value={size}>{props.children}</ContentSizeContext>
          </BareContext>
        </Box>
        {bare ? null : (
          <>
            {roomy(rows) ? <Rule columns={columns} /> : null}
            <StatusRow status={props.status} columns={columns} />
            <KeysRow columns={columns} />
          </>
        )}
      </Box>
    </Box>
  );
};

/** The one line of a screen that is too small, as short as that screen needs it. */
const tooSmall = (columns: number, rows: number): string => {
  const text = `Too small: ${columns}x${rows}, needs ${smallest.columns}x${smallest.rows}`;
  return cut(columns < 24 ? `Needs ${smallest.columns}x${smallest.rows}` : text, columns);
};

const Rule = ({ columns }: { columns: number }) => <Text tone="dim">{'─'.repeat(columns)}</Text>;

const TitleRow = ({ title, context = '', live, columns }: FrameProps & { columns: number }) => {
  const name = ' licet ';
  const sign = live === undefined ? '' : ` ${live ? signs.good : signs.soon}`;
  const room = columns - cellsOf(name) - 2 - cellsOf(sign);
  const shown = cut(inert(title), room);
  // What doesn't fit whole is left out: half an address helps nobody.
  const right = cellsOf(context) <= room - cellsOf(shown) - 2 ? inert(context) : '';
  return (
    <Box>
      <Text tone="badge">{name}</Text>
      <Text tone="strong">{` ${shown}`}</Text>
      <Text tone="dim">{fit(right, room - cellsOf(shown), 'end')}</Text>
      <Text tone={live ? 'good' : 'soon'}>{sign}</Text>
      <Text> </Text>
    </Box>
  );
};

const noSections: readonly string[] = [];

/** Names where they fit; else the numbers, and the name of the open section. */
const sectionLabels = (sections: readonly string[], open: number, columns: number): string[] => {
  const fits = (labels: readonly string[]): boolean =>
    labels.reduce((sum, label) => sum + cellsOf(label), 0) <= columns;
  const wide = sections.map((name, index) => ` ${index + 1} ${name} `);
  if (fits(wide)) return wide;
  const narrow = sections.map((name, index) => ` ${index + 1} ${name}`);
  if (fits(narrow)) return narrow;
  return sections.map((name, index) => ` ${index + 1} ${index === open ? `${name} ` : ''}`);
};

/** The sections, and below them a rule that is heavy under the open one. */
const SectionsRow = (props: FrameProps & { columns: number; ruled: boolean }) => {
  const { sections = noSections, section = 0, columns, ruled } = props;
  const labels = sectionLabels(sections, section, columns);
  const before = labels.slice(0, section).reduce((sum, label) => sum + cellsOf(label), 0);
  const heavy = cellsOf(labels[section] ?? '');
  return (
    <>
      <Box height={1} overflowY="hidden">
        {labels.map((label, index) => (
          <Text key={label} tone={index === section ? 'title' : 'dim'} wrap="truncate-end">
            {label}
          </Text>
        ))}
        {labels.length === 0 ? <Text> </Text> : null}
      </Box>
      {ruled ? (
        <Text wrap="truncate-end">
          <Text tone="dim">{'─'.repeat(before)}</Text>
          <Text tone="accent">{'━'.repeat(heavy)}</Text>
          <Text tone="dim">{'─'.repeat(Math.max(0, columns - before - heavy))}</Text>
        </Text>
      ) : null}
    </>
  );
};

const StatusRow = ({ status, columns }: Pick<FrameProps, 'status'> & { columns: number }) => {
  const { notice } = useTerminal();
  const said = useSignal(notice) ?? status;
  return (
    <Text tone={said?.tone ?? 'plain'} wrap="truncate-end">
      {cut(` ${said?.text ?? ''}`, columns) || ' '}
    </Text>
  );
};

/** The keys that always have a place in the footer come last there; screens' own first. */
const order = (key: ActiveKey): number => {
  const { group } = keyEntry(key.id);
  return group === 'form' ? 0 : group === 'act' ? 1 : group === 'move' ? 2 : 3;
};

interface Hint {
  readonly key: string;
  readonly word: string;
  readonly off: boolean;
}

const hintOf = ({ id, hint }: ActiveKey): string => hint ?? keyEntry(id).hint ?? '';

const hintsOf = (keys: readonly ActiveKey[]): Hint[] =>
  keys
    // Ctrl+C quits everywhere; it is named where q is a letter.
    .filter(({ id }) => id !== 'interrupt' || !keys.some(({ id }) => id === 'quit'))
    .filter((key) => hintOf(key) !== '')
    .sort((a, b) => order(a) - order(b))
    .map((key) => ({
      key: key.id === 'down' ? '↑↓' : showKey(key.names[0] ?? ''),
      word: hintOf(key),
      off: key.why !== undefined,
    }));

/** As many hints as fit; `?` is never left out where it works, since it names the others. */
const fitting = (hints: readonly Hint[], columns: number): readonly Hint[] => {
  const size = ({ key, word }: Hint): number => cellsOf(key) + cellsOf(word) + 3;
  const help = hints.find(({ key }) => key === '?');
  let room = columns - 1 - (help ? size(help) : 0);
  return hints.filter((hint) => {
    if (hint === help) return true;
    if (size(hint) > room) return false;
    room -= size(hint);
    return true;
  });
};

const KeysRow = ({ columns }: { columns: number }) => {
  const hints = fitting(hintsOf(useActiveKeys()), columns);
  return (
    <Text wrap="truncate-end">
      {' '}
      {hints.map(({ key, word, off }) => (
        <Text key={key + word}>
          <Text tone={off ? 'dim' : 'accent'}>{key}</Text>
          <Text tone="dim">{` ${word}  `}</Text>
        </Text>
      ))}
    </Text>
  );
};
