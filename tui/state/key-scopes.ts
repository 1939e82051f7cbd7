/**
 * Who gets a key. Components on screen register scopes; a key goes to the topmost layer (a dialog
 * covers the screen), there to the innermost scope first. The same scopes tell the footer and the
 * help which keys work now, so neither can be wrong.
 */
import { keyEntry, type KeyId } from './keys.ts';
import type { KeyPress } from './key-press.ts';

export interface Binding {
  readonly run: (press: KeyPress) => void;
  /** Why it can't be done now: the key stays visible, dimmed, and says this when pressed. */
  readonly why?: string | undefined;
  /** What it does here, where the table's words are too general. */
  readonly does?: string | undefined;
  /** The footer's word here; an empty one keeps it out of the footer. */
  readonly hint?: string | undefined;
}

export type Bindings = Readonly<Partial<Record<KeyId, Binding>>>;

export interface Scope {
  /** 0 the screens, higher for what covers them. Only the highest gets keys. */
  readonly layer: number;
  /** Within a layer: app 0, screen 1, widget 2, field 3; higher is asked first. */
  readonly level: number;
  /** Asked last, whatever covers it: help and the way out work everywhere. */
  readonly everywhere: boolean;
  /** False takes its keys away; it keeps its place among the others. */
  active: boolean;
  bindings: Bindings;
  /** Takes text and editing keys before any binding; true when used. */
  edit?: ((press: KeyPress) => boolean) | undefined;
  /** Names of the keys that `edit` uses, so that nothing further out claims them. */
  takes?: readonly string[] | undefined;
  paste?: ((text: string) => boolean) | undefined;
}

export interface ActiveKey extends Binding {
  readonly id: KeyId;
  /** The names that reach it: without those that something further in takes. */
  readonly names: readonly string[];
}

export interface KeyScopes {
  /** Adds a scope; returns what removes it. */
  add(scope: Scope): () => void;
  /** To be called after a scope's bindings changed: tells those who show them. */
  changed(): void;
  /** Gives a press to whoever it is for; returns whether somebody took it. `refused` hears why not. */
  press(press: KeyPress, refused: (why: string) => void): boolean;
  paste(text: string): boolean;
  /** Keys that work in a layer (the topmost when none is given), each once, innermost first. */
  active(layer?: number): readonly ActiveKey[];
  topLayer(): number;
  /** Whether a letter pressed now is text for a field. */
  readonly takesText: () => boolean;
  readonly subscribe: (listener: () => void) => () => void;
  /** Changes whenever what `active` gives would be shown differently. */
  readonly version: () => string;
}

/** Makes the registry of one session. `oneMeaning`: throws where a key means two things in one place. */
export const createKeyScopes = (oneMeaning = false): KeyScopes => {
  const scopes = new Set<Scope>();
  const listeners = new Set<() => void>();
  let version = '';

  const topLayer = (): number =>
    Math.max(0, ...[...scopes].filter(({ active }) => active).map((scope) => scope.layer));

  const ordered = (layer: number): Scope[] =>
    [...scopes]
      .filter((scope) => scope.active && scope.layer === layer)
      .reverse()
      .sort((a, b) => b.level - a.level);

  /** Scopes of layers below this one that are asked all the same. */
  const everywhere = (layer: number): Scope[] =>
    [...scopes].filter((scope) => scope.active && scope.everywhere && scope.layer < layer);

  const active = (layer = topLayer()): readonly ActiveKey[] => {
    const taken = new Set<string>();
    const result: ActiveKey[] = [];
    const inLayer = ordered(layer);
    for (const scope of [...inLayer, ...everywhere(layer)]) {
      for (const name of scope.takes ?? []) taken.add(name);
      for (const [id, binding] of Object.entries(scope.bindings) as [KeyId, Binding][]) {
        const names = keyEntry(id).keys.filter((name) => !taken.has(name));
        if (names.length === 0) continue;
        for (const name of names) taken.add(name);
        result.push({ ...binding, id, names });
      }
    }
    return result;
  };

  const notify = (): void => {
    const next = `${topLayer()}:${active()
      .map(({ id, names, why, does, hint }) =>
        [id, names.length, why, does, String(hint)].join('|'),
      )
      .join(';')}`;
    if (next === version) return;
    version = next;
    for (const listener of listeners) listener();
  };

  const pressed = (press: KeyPress, refused: (why: string) => void): boolean => {
    const layer = topLayer();
    if (oneMeaning) assertOneMeaning(ordered(layer));
    for (const scope of [...ordered(layer), ...everywhere(layer)]) {
      if (scope.edit?.(press)) return true;
      const found = findBinding(scope.bindings, press.name);
      if (!found) continue;
      if (found.why === undefined) found.run(press);
      else refused(found.why);
      return true;
    }
    return false;
  };

  return {
    add(scope) {
      scopes.add(scope);
      notify();
      return () => {
        scopes.delete(scope);
        notify();
      };
    },
    changed: notify,
    press(press, refused) {
      if (pressed(press, refused)) return true;
      // What was typed before the terminal was ours has line feeds for Enter.
      return press.name === 'ctrl+j' && pressed({ name: 'enter', text: '' }, refused);
    },
    paste(text) {
      return ordered(topLayer()).some((scope) => scope.paste?.(text) ?? false);
    },
    active,
    topLayer,
    takesText: () => ordered(topLayer())[0]?.edit !== undefined,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    version: () => version,
  };
};

/** Where two bindings of one level want one key, only the first is ever reached. */
const assertOneMeaning = (scopes: readonly Scope[]): void => {
  const meanings = new Map<string, KeyId>();
  for (const { level, bindings } of scopes) {
    for (const id of Object.keys(bindings) as KeyId[]) {
      for (const name of keyEntry(id).keys) {
        const other = meanings.get(`${level} ${name}`);
        if (other !== undefined) throw new Error(`${name} means ${other} and ${id} at once`);
        meanings.set(`${level} ${name}`, id);
      }
    }
  }
};

const findBinding = (bindings: Bindings, name: string): Binding | undefined => {
  for (const [id, binding] of Object.entries(bindings) as [KeyId, Binding][]) {
    if (keyEntry(id).keys.includes(name)) return binding;
  }
  return undefined;
};
