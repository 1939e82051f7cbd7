/** A key that was pressed. */
export interface KeyPress {
  /** `enter`, `esc`, `shift+tab`, `ctrl+p`, `alt+b`, or the grapheme itself (`G`, `?`, `é`). */
  readonly name: string;
  /** What it writes into a field; empty for keys that write nothing. */
  readonly text: string;
}
