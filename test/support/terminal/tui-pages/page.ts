/** What the table of the terminal UI's pages is made of. */
/** Whom the server of the pages knows, and nobody: the sign-in and the ways from it. */
export type Visitor = 'nobody' | 'ana' | 'eva' | 'operator';

export interface TuiPage {
  readonly name: string;
  /** The components that draw it, as "file/Component" of tui/. */
  readonly drawn: readonly string[];
  readonly who: Visitor;
  /** Keys that lead to it, one after the other: from the page below it; to a section, from the first. */
  readonly keys: string;
  /** Typed once the keys are pressed. */
  readonly typed?: string;
  /** On it from 40x10 on, and not on the page below. */
  readonly shows: string | RegExp;
  /** The name of the page below; a section has none. */
  readonly over?: string;
  /** A part of the path of the request without which it can't be shown. */
  readonly asks?: string;
  /** Keys that try again when it failed; R by default. */
  readonly retry?: string;
  /** What says that this request takes long. */
  readonly waits?: string;
  /** What it says instead on a screen that has no room for it. */
  readonly instead?: RegExp;
  /** The keys of its help under "Here", in their order; undefined where `?` is a letter. */
  readonly here?: string;
  /** It asks before something is done: Enter at once changes nothing. */
  readonly question?: true;
  /** What leads to it is a change: its action in the journal. */
  readonly writes?: string;
  /** The test that goes through it, where the way there is its subject. */
  readonly elsewhere?: string;
}

export type Row = Omit<TuiPage, 'who' | 'drawn'> & { readonly drawn?: string | readonly string[] };

/** Rows of one visitor; a page is a form of an action where nothing else is said. */
export const pages = (who: Visitor, rows: readonly Row[]): readonly TuiPage[] =>
  rows.map(({ drawn = 'action-form/ActionForm', ...row }) => ({
    ...row,
    who,
    drawn: typeof drawn === 'string' ? [drawn] : drawn,
  }));

/** The answer that changes nothing. */
export const nothing = 'Leave everything as it is';
/** A question before something is done. */
export const ask = {
  drawn: ['action-question/ActionQuestion', 'dialog/Dialog', 'waiting/Waiting'],
  shows: nothing,
  waits: 'One moment…',
  here: 'Enter',
  question: true,
} as const;
/** A text to keep. */
export const text = {
  drawn: 'verbatim/Verbatim',
  waits: 'One moment…',
  here: 'c/y s o Enter',
} as const;

/** What can be done with a shown text: saved, or scanned. */
export const ofText = (over: string): readonly Row[] => [
  { name: `${over}: saved`, drawn: 'verbatim/SavePage', over, keys: 's', shows: '▌ File' },
  {
    name: `${over}: scanned`,
    drawn: 'verbatim/QrPage',
    over,
    keys: 'o',
    shows: /[▀▄█]|for a QR code/u,
    instead: /too small for a QR code|Part 1/u,
    here: 'f Enter',
  },
];
