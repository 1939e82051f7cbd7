/** Reads a QR code from the cells of a screen, as a camera would: by their colors. */
import jsQrModule from 'jsqr';
import type { Cell } from './terminal.ts';

// The package is CommonJS; under ES modules its function is the default of its default.
const jsQr = ((jsQrModule as { default?: unknown }).default ??
  jsQrModule) as typeof jsQrModule.default;

const scale = 4;
const black = 0;

/** Whether the upper and the lower half of a cell are dark. */
const halves = ({ text, fg, bg, inverse }: Cell): readonly [boolean, boolean] => {
  const ink = (inverse ? bg : fg) === black;
  const paper = (inverse ? fg : bg) === black;
  if (text === '█') return [ink, ink];
  if (text === '▀') return [ink, paper];
  if (text === '▄') return [paper, ink];
  return [paper, paper];
};

/** The text of the code that is on the screen, or undefined. */
export const readQr = (cells: readonly (readonly Cell[])[]): string | undefined => {
  const columns = Math.max(...cells.map((row) => row.length));
  const width = columns * scale;
  const height = cells.length * 2 * scale;
  const pixels = new Uint8ClampedArray(width * height * 4).fill(255);
  cells.forEach((row, y) => {
    row.forEach((cell, x) => {
      halves(cell).forEach((dark, half) => {
        if (!dark) return;
        for (let dy = 0; dy < scale; dy += 1) {
          for (let dx = 0; dx < scale; dx += 1) {
            const at = (((y * 2 + half) * scale + dy) * width + x * scale + dx) * 4;
            pixels.fill(0, at, at + 3);
          }
        }
      });
    });
  });
  return jsQr(pixels, width, height)?.data;
};
