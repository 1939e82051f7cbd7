/** Draws the cells of a terminal as SVG: every glyph at its cell, so that columns and boxes are exact. */

/** A cell as test/support/terminal.ts reads it. */
export interface DrawnCell {
  readonly text: string;
  /** 0 for the right half of a wide character. */
  readonly width: number;
  readonly fg: number | string | undefined;
  readonly bg: number | string | undefined;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly inverse: boolean;
  readonly underline: boolean;
}

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

const paintOf = ({ fg, bg, inverse }: DrawnCell, palette: Palette): Paint => {
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

const drawCell = (drawn: DrawnCell, x: number, y: number, palette: Palette): string => {
  const { fill, back } = paintOf(drawn, palette);
  const left = round(padding + x * cell.width);
  const top = padding + y * cell.height;
  const width = round(cell.width * Math.max(1, drawn.width));
  const parts: string[] = [];
  if (back !== undefined) {
    parts.push(
      `<rect x="${left}" y="${round(top)}" width="${width}" height="${cell.height}" fill="${back}"/>`,
    );
  }
  const block = blocks[drawn.text];
  if (block) {
    parts.push(
      `<rect x="${left}" y="${round(top + block[0] * cell.height)}" width="${width}" height="${round(block[1] * cell.height)}" fill="${fill}"/>`,
    );
  } else if (drawn.text.trim() !== '') {
    const weight = drawn.bold ? ' font-weight="bold"' : '';
    const opacity = drawn.dim ? ' opacity="0.6"' : '';
    parts.push(
      `<text x="${left}" y="${round(top + baseline)}" fill="${fill}"${weight}${opacity}>${escape(drawn.text)}</text>`,
    );
  }
  if (drawn.underline) {
    parts.push(
      `<rect x="${left}" y="${round(top + cell.height - 2)}" width="${width}" height="1" fill="${fill}"/>`,
    );
  }
  return parts.join('');
};

/** The picture of a screen; the same cells give the same bytes. */
export const cellsToSvg = (
  rows: readonly (readonly DrawnCell[])[],
  palette: Palette = darkPalette,
): string => {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const width = round(columns * cell.width + 2 * padding);
  const height = round(rows.length * cell.height + 2 * padding);
  const lines = rows.map((row, y) =>
    row.map((drawn, x) => (drawn.width === 0 ? '' : drawCell(drawn, x, y, palette))).join(''),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`,
    ` font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="${fontSize}">`,
    `<rect width="${width}" height="${height}" rx="8" fill="${palette.background}"/>`,
    ...lines.filter((line) => line !== ''),
    '</svg>\n',
  ].join('\n');
};
