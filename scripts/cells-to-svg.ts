/** Draws the cells of a terminal as SVG: every glyph at its cell, so that columns and boxes are exact. */
import type { Cell } from '../test/support/terminal/terminal.ts';

export interface Palette {
  readonly foreground: string;
  readonly background: string;
  /** The 16 named colors, as a terminal of that kind shows them. */
  readonly colors: readonly string[];
}

export const darkPalette: Palette = {
  foreground: '#d6d7dc',
  background: '#16171d',
  colors: [
    '#2b2d37',
    '#e5687a',
    '#7fc88b',
    '#e3b662',
    '#6d9df0',
    '#c792ea',
    '#62c4d0',
    '#c6c8d1',
    '#6b6f80',
    '#f28b9a',
    '#a1dcab',
    '#f0cd8a',
    '#93b8f7',
    '#dab3f3',
    '#8bdbe4',
    '#ffffff',
  ],
};

export const lightPalette: Palette = {
  foreground: '#2a2b33',
  background: '#fbfbf9',
  colors: [
    '#2a2b33',
    '#c2334b',
    '#2f7d3c',
    '#8f6200',
    '#2456b8',
    '#8a3fb5',
    '#0b7480',
    '#6c6f7a',
    '#8b8e99',
    '#d9475f',
    '#3f9a4e',
    '#b07a00',
    '#3a6fd6',
    '#a45bd0',
    '#15909d',
    '#ffffff',
  ],
};

const cell = { width: 8.4, height: 18 };
const padding = 12;
const fontSize = 14;
const baseline = 13.5;

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const escape = (text: string): string => text.replaceAll(/[&<>]/gu, (sign) => escapes[sign] ?? '');

interface Paint {
  readonly fill: string;
  readonly back: string | undefined;
}

const paintOf = ({ fg, bg, inverse }: Cell, palette: Palette): Paint => {
  const named = (color: number | string | undefined): string | undefined =>
    typeof color === 'number' ? palette.colors[color] : color;
  const fill = named(fg) ?? palette.foreground;
  const back = named(bg);
  return inverse ? { fill: back ?? palette.background, back: fill } : { fill, back };
};

const round = (value: number): string => String(Math.round(value * 100) / 100);

/** Blocks fill their cell exactly; a font's own leave seams between the rows. */
const blocks: Readonly<Record<string, readonly [top: number, height: number]>> = {
  '█': [0, 1],
  '▀': [0, 0.5],
  '▄': [0.5, 0.5],
};

/** Backgrounds of a row, neighbors of one color as one rectangle: else seams show between them. */
const drawBacks = (row: readonly Cell[], y: number, palette: Palette): string => {
  const parts: string[] = [];
  let from = 0;
  const backs = row.map((drawn) => paintOf(drawn, palette).back);
  for (let x = 1; x <= row.length; x += 1) {
    if (backs[x] === backs[from] && x < row.length) continue;
    if (backs[from] !== undefined) {
      const left = round(padding + from * cell.width);
      const width = round((x - from) * cell.width);
      parts.push(
        `<rect x="${left}" y="${padding + y * cell.height}" width="${width}" height="${cell.height}" fill="${backs[from]}"/>`,
      );
    }
    from = x;
  }
  return parts.join('');
};

const drawCell = (drawn: Cell, x: number, y: number, palette: Palette): string => {
  if (drawn.width === 0) return '';
  const { fill } = paintOf(drawn, palette);
  const left = round(padding + x * cell.width);
  const top = padding + y * cell.height;
  const width = round(cell.width * drawn.width);
  const opacity = drawn.dim ? ' opacity="0.6"' : '';
  const block = blocks[drawn.text];
  const line = drawn.underline
    ? `<rect x="${left}" y="${round(top + cell.height - 2)}" width="${width}" height="1" fill="${fill}"${opacity}/>`
    : '';
  if (block) {
    return `${line}<rect x="${left}" y="${round(top + block[0] * cell.height)}" width="${width}" height="${round(block[1] * cell.height)}" fill="${fill}"/>`;
  }
  if (drawn.text.trim() === '') return line;
  const weight = drawn.bold ? ' font-weight="bold"' : '';
  return `${line}<text x="${left}" y="${round(top + baseline)}" fill="${fill}"${weight}${opacity}>${escape(drawn.text)}</text>`;
};

/** The picture of a screen; the same cells give the same bytes. */
export const cellsToSvg = (
  rows: readonly (readonly Cell[])[],
  palette: Palette = darkPalette,
): string => {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const width = round(columns * cell.width + 2 * padding);
  const height = round(rows.length * cell.height + 2 * padding);
  const lines = rows.map(
    (row, y) =>
      drawBacks(row, y, palette) + row.map((drawn, x) => drawCell(drawn, x, y, palette)).join(''),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`,
    ` font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="${fontSize}">`,
    `<rect width="${width}" height="${height}" rx="8" fill="${palette.background}"/>`,
    ...lines.filter((line) => line !== ''),
    '</svg>\n',
  ].join('\n');
};
