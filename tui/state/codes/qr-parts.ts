/** QR codes as rows of half blocks, in numbered parts where one code would not fit on the screen. */
import { encodeQR } from 'qr';
import { cutIntoQrParts, maxQrParts } from '../../../shared/statements/typed/qr-parts.ts';

/** ISO/IEC 18004 asks for four light modules around a code. */
const quietZone = 4;

export interface QrSize {
  readonly columns: number;
  readonly rows: number;
}

/** The modules of a code with its quiet zone; true is dark. Low error correction: a screen has no dirt. */
export const qrModules = (text: string): boolean[][] =>
  encodeQR(text, 'raw', { ecc: 'low', border: quietZone });

/** Cells that a code takes: a module is half a cell high. */
const sizeOf = (modules: readonly boolean[][]): QrSize => ({
  columns: modules.length,
  rows: Math.ceil(modules.length / 2),
});

/**
 * The texts of the codes to show on a screen of this size: one when it fits whole, else as few
 * numbered parts as fit. Undefined when the screen is too small for any.
 */
export const qrParts = (text: string, room: QrSize): readonly string[] | undefined => {
  const fits = (part: string): boolean => {
    const { columns, rows } = sizeOf(qrModulesOrNone(part));
    return columns > 0 && columns <= room.columns && rows <= room.rows;
  };
  if (fits(text)) return [text];
  for (let parts = 2; parts <= Math.min(maxQrParts, text.length); parts += 1) {
    const divided = cutIntoQrParts(text, parts);
    if (fits(divided[0] ?? '')) return divided;
  }
  return undefined;
};

/** More than the largest code holds (2,953 bytes) is no code. */
const qrModulesOrNone = (text: string): boolean[][] => {
  try {
    return qrModules(text);
  } catch {
    return [];
  }
};

/** Rows of text, two modules high each. `flipped` draws light where dark is. */
export const qrRows = (modules: readonly boolean[][], flipped = false): string[] => {
  const dark = (y: number, x: number): boolean => (modules[y]?.[x] ?? false) !== flipped;
  const size = modules.length;
  return Array.from({ length: Math.ceil(size / 2) }, (_, row) =>
    Array.from({ length: size }, (_, x) => {
      const upper = dark(row * 2, x);
      const lower = row * 2 + 1 < size ? dark(row * 2 + 1, x) : flipped;
      if (upper && lower) return '█';
      return upper ? '▀' : lower ? '▄' : ' ';
    }).join(''),
  );
};
