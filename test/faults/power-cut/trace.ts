/** What a process did to a folder, in the order in which it did it: what a disk could have of it. */

/** Files are told apart by `file`: the path under which the process first met one, or a number. */
export type Step =
  | { readonly what: 'make-folder'; readonly path: string }
  | { readonly what: 'make-file'; readonly path: string; readonly file: string }
  | { readonly what: 'rename'; readonly from: string; readonly to: string }
  | { readonly what: 'remove'; readonly path: string }
  | { readonly what: 'truncate'; readonly file: string; readonly size: number }
  | {
      readonly what: 'write';
      readonly file: string;
      readonly at: number;
      /** Base64. */
      readonly bytes: string;
    }
  /** Done, for what was there when it began: before the step of that number. */
  | { readonly what: 'sync'; readonly file: string; readonly began: number }
  | { readonly what: 'sync-folder'; readonly path: string; readonly began: number }
  /** A line on standard output. */
  | { readonly what: 'say'; readonly line: string };
