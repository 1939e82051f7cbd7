/**
 * How meanings look: the one place that knows colors. Only the 16 named colors and the terminal's own
 * foreground and background, so light and dark terminals both stay readable; without color a tone is
 * told by weight, inverse video and the words themselves.
 */
import type { TextProps } from 'ink';

export type Look = Pick<
  TextProps,
  'color' | 'backgroundColor' | 'dimColor' | 'bold' | 'inverse' | 'underline'
>;

/** `accent` leads the eye, `good`/`soon`/`bad` judge, `dim` steps back, `selected` is where Enter acts; `input` is what is typed, `blank` where it could be. */
export type Tone =
  | 'plain'
  | 'accent'
  | 'strong'
  | 'title'
  | 'dim'
  | 'good'
  | 'soon'
  | 'bad'
  | 'selected'
  | 'cursor'
  | 'input'
  | 'blank'
  | 'badge'
  | 'paper';

export type Theme = Readonly<Record<Tone, Look>>;

const colored: Theme = {
  plain: {},
  accent: { color: 'magenta' },
  strong: { bold: true },
  title: { color: 'magenta', bold: true },
  dim: { dimColor: true },
  good: { color: 'green' },
  soon: { color: 'yellow' },
  bad: { color: 'red' },
  selected: { color: 'magenta', bold: true },
  cursor: { inverse: true },
  input: { underline: true },
  blank: { underline: true, dimColor: true },
  badge: { color: 'magenta', bold: true, inverse: true },
  // QR codes: readers need black on white whatever the terminal's own colors are.
  paper: { color: 'black', backgroundColor: 'whiteBright' },
};

const plain: Theme = {
  plain: {},
  accent: {},
  strong: { bold: true },
  title: { bold: true },
  dim: { dimColor: true },
  good: {},
  soon: { bold: true },
  bad: { bold: true },
  selected: { inverse: true },
  cursor: { inverse: true },
  input: { underline: true },
  blank: { underline: true, dimColor: true },
  badge: { bold: true, inverse: true },
  paper: { inverse: true },
};

/** The theme of a session with or without color. */
export const themeFor = (color: boolean): Theme => (color ? colored : plain);

/** Signs that say a tone without color. */
export const signs = {
  good: '●',
  soon: '▲',
  bad: '✖',
  dim: '○',
  pointer: '▌',
  more: '…',
} as const;
