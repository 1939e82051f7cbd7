/** How a component says which keys work while it is on screen. */
import { createContext, use, useLayoutEffect, useRef, useSyncExternalStore } from 'react';
import type { KeyId } from '../state/keys.ts';
import type { ActiveKey, Binding, Bindings, Scope } from '../state/key-scopes.ts';
import type { KeyPress } from '../state/key-press.ts';
import { useTerminal } from './use-terminal.ts';

/** The layer a subtree draws in: 0 for screens, one more for each thing that covers what is below. */
export const LayerContext = createContext(0);

const levels = { app: 0, screen: 1, widget: 2, field: 3 } as const;

export interface KeyOptions {
  /** Asked innermost first: a field before its form, the form before its screen. */
  readonly level?: keyof typeof levels;
  /** Works under whatever covers it, where nothing there uses the key. */
  readonly everywhere?: boolean;
  /** False takes the keys away without unmounting. */
  readonly active?: boolean;
  /** Takes text before any binding; true when used. */
  readonly edit?: (press: KeyPress) => boolean;
  /** Names of the keys that `edit` uses. */
  readonly takes?: readonly string[];
  /** Takes a paste; true when used. */
  readonly paste?: (text: string) => boolean;
}

/** A key of a screen: what to run, or that with why it can't be done now and what it is called here. */
export type ScreenKey = ((press: KeyPress) => void) | Binding | undefined;
export type ScreenKeys = Readonly<Partial<Record<KeyId, ScreenKey>>>;

const toBindings = (keys: ScreenKeys): Bindings => {
  const bindings: Partial<Record<KeyId, Binding>> = {};
  for (const [id, key] of Object.entries(keys) as [KeyId, ScreenKey][]) {
    if (key) bindings[id] = typeof key === 'function' ? { run: key } : key;
  }
  return bindings;
};

/**
 * Makes keys of the table work while the component is mounted:
 * `useKeys({ reset: ask, release: { run: release, why: 'Nobody holds a seat.' } })`.
 */
export const useKeys = (keys: ScreenKeys, options: KeyOptions = {}): void => {
  const { scopes } = useTerminal();
  const layer = use(LayerContext);
  const level = levels[options.level ?? 'screen'];
  const active = options.active ?? true;
  const everywhere = options.everywhere ?? false;
  const scope = useRef<Scope>(undefined);

  useLayoutEffect(() => {
    const made: Scope = { layer, level, everywhere, active: false, bindings: {} };
    scope.current = made;
    const remove = scopes.add(made);
    return () => {
      scope.current = undefined;
      remove();
    };
  }, [scopes, layer, level, everywhere]);

  // After every render, so that a key always acts on what is on screen.
  useLayoutEffect(() => {
    if (!scope.current) return;
    scope.current.active = active;
    scope.current.bindings = toBindings(keys);
    scope.current.edit = options.edit;
    scope.current.takes = options.takes;
    scope.current.paste = options.paste;
    scopes.changed();
  });
};

/** The keys that work in a layer now (the topmost by default), kept current. */
export const useActiveKeys = (layer?: number): readonly ActiveKey[] => {
  const { scopes } = useTerminal();
  useSyncExternalStore(scopes.subscribe, scopes.version);
  return scopes.active(layer);
};
