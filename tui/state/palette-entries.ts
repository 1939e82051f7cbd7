/** What the palette offers: sections to go to, and every action that changes something. */
import { allActions } from '../client/actions/all.ts';
import type { Action, Values } from '../client/actions/action.ts';
import type { License } from '../../shared/api/licenses.ts';

export interface PaletteEntry {
  readonly name: string;
  /** What it does; its words find it too. */
  readonly about: string;
  /** The key that does the same from every section. */
  readonly key?: string;
  readonly run: () => void;
  /** Why it can't be done now; then it is dimmed and says so. */
  readonly why?: string | undefined;
}

export interface PaletteSource {
  readonly sections: readonly string[];
  readonly go: (section: number) => void;
  readonly license: License | undefined;
  readonly act: (action: Action, values: Values) => void;
  readonly whyNot: (action: Action) => string | undefined;
  readonly signOut: () => void;
  /** Opens the search over everything. */
  readonly find: () => void;
}

/** Reading is what the sections are for; signing in was done. */
const isOffered = ({ who, reads }: Action): boolean => who !== 'anyone' && reads !== true;

/** Values that are known from what is open: the license, for actions that are about one. */
const known = ({ fields }: Action, license: License | undefined): Values =>
  license && fields.some(({ refers }) => refers === 'license') ? { license: license.id } : {};

/** The entries: those that can be taken first. */
export const paletteEntries = (source: PaletteSource): readonly PaletteEntry[] => {
  const { sections, go, license, act, whyNot } = source;
  // What has a screen of its own, or ends this one.
  const own = { 'sign-out': source.signOut, search: source.find };
  const places = sections.map((name, index) => ({
    name: `Go to ${name}`,
    about: 'Open this section.',
    key: String(index + 1),
    run: () => go(index),
  }));
  const actions = allActions.filter(isOffered).map((action): PaletteEntry => {
    const name = action.title;
    return {
      name,
      about: action.description,
      run: action.screen ? own[action.screen] : () => act(action, known(action, license)),
      why: whyNot(action),
    };
  });
  return [
    ...places,
    ...actions.filter(({ why }) => why === undefined),
    ...actions.filter(({ why }) => why !== undefined),
  ];
};
