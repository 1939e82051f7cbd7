/** What the whole program offers its screens: the server, files, the way between stages. */
import { createContext, use, useEffect } from 'react';
import type { Support } from '../../shared/api/server.ts';
import type { Account } from '../../shared/api/accounts.ts';
import type { Client } from '../client/api/client.ts';
import type { LocalFiles } from '../terminal/local-files.ts';
import type { Tone } from '../state/theme.ts';

export interface AppServices {
  /** The server's address, as people see it. */
  readonly server: string;
  /** A client of that server with the certificate that is trusted now. */
  readonly connect: (token?: string) => Promise<Client>;
  /** Remembers the certificate's fingerprint, for this session and the next ones. */
  readonly trust: (fingerprint: string) => Promise<void>;
  /** Undefined where the terminal's person has no files here (over SSH). */
  readonly files: LocalFiles | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signedIn: (client: Client, account: Account) => void;
  /** Whom people ask for help, as the operator of the server set it; undefined until the server has said it. */
  readonly support: Support | undefined;
  readonly knowSupport: (support: Support) => void;
  /** Back to the sign-in, with a line that says why. */
  readonly signedOut: (why?: { readonly text: string; readonly tone: Tone }) => void;
}

export const AppServicesContext = createContext<AppServices | undefined>(undefined);

/** The services of the program. Throws outside of the app. */
export const useApp = (): AppServices => {
  const services = use(AppServicesContext);
  if (!services) throw new Error('useApp: outside of the app');
  return services;
};

/** Keeps whom people ask for help, once the server has said it. */
export const useKnownSupport = (support: Support | undefined): void => {
  const { knowSupport } = useApp();
  useEffect(() => {
    if (support) knowSupport(support);
  }, [support, knowSupport]);
};

/** Whom to ask: "support@vendor.example", or who that is where nobody is named. */
export interface Contact {
  readonly contact: string;
  readonly named: boolean;
}

/** Whom people ask for help. */
export const useContact = (): Contact => {
  const contact = useApp().support?.contact;
  return { contact: contact ?? 'the operator of this server', named: Boolean(contact) };
};
