/** What the screens behind the sign-in share: who is signed in, which package, and how to act. */
import { createContext, use, type ReactNode } from 'react';
import type { Account } from '../../shared/api/accounts.ts';
import type { License } from '../../shared/api/licenses.ts';
import type { Action, Values } from '../client/actions/action.ts';
import type { Editing } from '../client/actions/editing.ts';
import type { Client } from '../client/api/client.ts';

/** How the form of an action begins. */
export interface FormStart {
  /** What it changes, as it is now. */
  readonly editing?: Editing | undefined;
  /** What it is about: "Prod of ana@acme.example". */
  readonly about?: string;
}

export interface Portal {
  readonly client: Client;
  readonly account: Account;
  /** The packages that the account owns or uses; an operator's is the one that is open. */
  readonly licenses: readonly License[];
  readonly license: License | undefined;
  /** Opens another of them: what is on screen is about it from then on. */
  readonly choose: (id: string) => void;
  /** Rises with everything that changed on the server: what depends on it asks anew. */
  readonly revision: number;
  readonly refresh: () => void;
  /** Offers an action: its question, its form or its result, whatever it needs. */
  readonly act: (action: Action, values?: Values, form?: FormStart) => void;
  /** Opens a page over the section; it gets what closes it. */
  readonly page: (draw: (close: () => void) => ReactNode) => void;
  /** Leads to a section by its name, its list filtered by a text. */
  readonly goTo: (section: string, text: string) => void;
  /** Why the person can't take the action here; undefined when it can. */
  readonly whyNot: (action: Action) => string | undefined;
}

export const PortalContext = createContext<Portal | undefined>(undefined);

/** What rises with everything that changed on the server; 0 before the sign-in. */
export const useRevision = (): number => use(PortalContext)?.revision ?? 0;

/** The portal. Throws before the sign-in. */
export const usePortal = (): Portal => {
  const portal = use(PortalContext);
  if (!portal) throw new Error('usePortal: nobody is signed in');
  return portal;
};
