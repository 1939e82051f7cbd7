/** Usage by day as a chart of block characters: seats used, the peak above them, the days of refusals. */
import type { UsageDay } from '../../shared/api/usage.ts';
import type { Tone } from './theme.ts';

/** A run of cells of one tone. */
export interface ChartPart {
  readonly text: string;
  readonly tone: Tone;
}

export type ChartRow = readonly ChartPart[];

const eighths = ['', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;
/** Above what was used at the day's end, up to the most that was used at once. */
const peakSign = '░';
const refusedSign = '×';
const widestDay = 3;

/** Cells of the scale on the left, with its line. */
export const scaleWidth = 7;

/** Cells that a day takes where so many are left for all of them; 0 when they don't fit. */
export const dayWidth = (columns: number, days: number): number =>
  Math.min(widestDay, Math.floor(columns / Math.max(1, days)));

/** The sign of one cell: how much of it a value fills, of the row that begins at `from`. */
const cellOf = (day: UsageDay, from: number, perRow: number): ChartPart => {
  const filled = Math.round(((day.used - from) / perRow) * 8);
  if (filled >= 1) return { text: eighths[Math.min(8, filled)] ?? '', tone: 'accent' };
  // What is seen at all is drawn: a peak that is not quite a cell high too.
  return day.peak > from && day.peak > day.used
    ? { text: peakSign, tone: 'soon' }
    : { text: ' ', tone: 'plain' };
};

/** Neighbors of one tone become one part: a row is few texts, not one for each cell. */
const joined = (cells: readonly ChartPart[]): ChartRow => {
  const parts: { text: string; readonly tone: Tone }[] = [];
  for (const { text, tone } of cells) {
    const last = parts.at(-1);
    if (last?.tone === tone) last.text += text;
    else parts.push({ text, tone });
  }
  return parts;
};

export interface ChartOptions {
  readonly days: readonly UsageDay[];
  /** The seats of the license; null for any number. */
  readonly limit: number | null;
  /** Rows of bars. */
  readonly height: number;
  /** Cells of a day. */
  readonly width: number;
}

/** What the top of the chart stands for: the seats of the license, or more where more were used. */
export const chartTop = ({ days, limit }: Pick<ChartOptions, 'days' | 'limit'>): number =>
  Math.max(1, limit ?? 0, ...days.map(({ peak }) => peak));

/** Rows of bars for a chart that may have at most `room`: whole rows for each seat where they fit. */
export const chartHeight = (top: number, room: number): number =>
  top <= room ? top * Math.floor(room / top) : Math.max(1, room);

/** The rows of bars, from the top, each with its scale where it begins with a whole seat. */
export const chartRows = (options: ChartOptions): readonly ChartRow[] => {
  const { days, height, width } = options;
  const top = chartTop(options);
  const perRow = top / height;
  return Array.from({ length: height }, (_, row) => {
    const seats = top - perRow * row;
    const label = Number.isInteger(seats) ? String(seats) : '';
    const cells = days.map((day): ChartPart => {
      const { text, tone } = cellOf(day, perRow * (height - 1 - row), perRow);
      // Bars of several cells leave one between them.
      return { text: text.repeat(Math.max(1, width - 1)).padEnd(width), tone };
    });
    return [{ text: `${label.padStart(scaleWidth - 2)} │`, tone: 'dim' }, ...joined(cells)];
  });
};

/** The days of refusals, marked below their bars. */
export const refusedRow = ({ days, width }: ChartOptions): ChartRow => [
  { text: 'full │'.padStart(scaleWidth), tone: 'dim' },
  ...joined(
    days.map(({ refused }) => ({
      text: (refused > 0 ? refusedSign : ' ').padEnd(width),
      tone: refused > 0 ? 'bad' : 'plain',
    })),
  ),
];

/** Where the marked day stands. */
export const markRow = ({ days, width }: ChartOptions, marked: number): ChartRow => [
  { text: '0 └'.padStart(scaleWidth), tone: 'dim' },
  { text: '─'.repeat(marked * width), tone: 'dim' },
  { text: '▲'.padEnd(width, '─'), tone: 'accent' },
  { text: '─'.repeat((days.length - 1 - marked) * width), tone: 'dim' },
];

/** The first and the last day, where both have room below the chart. */
export const datesRow = (
  { days, width }: Pick<ChartOptions, 'days' | 'width'>,
  dayText: (day: string) => string,
): ChartRow => {
  const first = dayText(days[0]?.day ?? '');
  const room = days.length * width - first.length;
  const last = dayText(days.at(-1)?.day ?? '');
  const dates = room > last.length ? first + last.padStart(room) : '';
  return [{ text: ' '.repeat(scaleWidth) + dates, tone: 'dim' }];
};

/** The same days in one row of cells, each as high as its share of the top; below the row above there stays air. */
export const sparkline = (options: Pick<ChartOptions, 'days' | 'limit'>): ChartRow => {
  const top = chartTop(options);
  return joined(
    options.days.map(({ used, refused }) => {
      const eighth = used === 0 ? 0 : Math.max(1, Math.round((used / top) * 7));
      return eighth === 0
        ? { text: refused > 0 ? refusedSign : '·', tone: refused > 0 ? 'bad' : 'dim' }
        : { text: eighths[eighth] ?? '', tone: refused > 0 ? 'bad' : 'accent' };
    }),
  );
};
