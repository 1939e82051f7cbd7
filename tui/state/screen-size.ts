/** Sizes of a screen, in cells. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** The smallest screen that everything fits on. */
export const smallest: Size = { columns: 40, rows: 10 };

/** Whether the screen is smaller than anything is drawn for. */
export const isTooSmall = ({ columns, rows }: Size): boolean =>
  columns < smallest.columns || rows < smallest.rows;
