/** The program on a terminal: the sign-in, then the portal; help and the way out over both. */
import { useMemo, useRef, useState } from 'react';
import { createClient, type Client } from './api/client.ts';
import type { Account } from '../shared/api/accounts.ts';
import { Dialog } from './components/dialog.tsx';
import { Help } from './components/help.tsx';
import { AppServicesContext, type AppServices } from './hooks/use-app.ts';
import { LayerContext, useKeys } from './hooks/use-keys.ts';
import { useTerminal, type Notice } from './hooks/use-terminal.ts';
import { PortalScreen } from './screens/portal.tsx';
import { SignInScreen } from './screens/sign-in.tsx';
import type { LocalFiles } from './terminal/local-files.ts';
import { mount, type MountOptions } from './terminal/mount.tsx';
import type { TerminalStreams } from './terminal/streams.ts';

export interface AppOptions {
  readonly server: string;
  /** The certificate's fingerprint, where one is known. */
  readonly pin: string | undefined;
  readonly agent: string;
  readonly files: LocalFiles | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Keeps a fingerprint that the person has accepted. */
  readonly remember: (fingerprint: string) => Promise<void>;
}

type Stage =
  | { readonly at: 'sign-in'; readonly why: Notice | undefined }
  | { readonly at: 'portal'; readonly client: Client; readonly account: Account };

const App = ({ options }: { options: AppOptions }) => {
  const [stage, setStage] = useState<Stage>({ at: 'sign-in', why: undefined });
  const pin = useRef(options.pin);
  const services = useMemo<AppServices>(
    () => ({
      server: options.server,
      env: options.env,
      files: options.files,
      connect: (token) =>
        createClient({ server: options.server, agent: options.agent, pin: pin.current, token }),
      trust: async (fingerprint) => {
        pin.current = fingerprint;
        await options.remember(fingerprint);
      },
      signedIn: (client, account) => setStage({ at: 'portal', client, account }),
      signedOut: (why) => setStage({ at: 'sign-in', why }),
    }),
    [options],
  );
  return (
    <AppServicesContext value={services}>
      {stage.at === 'sign-in' ? (
        <SignInScreen why={stage.why} />
      ) : (
        <PortalScreen client={stage.client} account={stage.account} />
      )}
      <WayOut client={stage.at === 'portal' ? stage.client : undefined} />
    </AppServicesContext>
  );
};

/** A session that nobody uses any more is ended, but nobody waits for that. Milliseconds. */
const farewell = 500;

/** Above every page and question that there can be. */
const overAll = 1000;

/** Help and quitting, which work everywhere. */
const WayOut = ({ client }: { client: Client | undefined }) => {
  const { exit, unsaved, scopes } = useTerminal();
  const [showing, setShowing] = useState<
    { readonly what: 'question' } | { readonly what: 'help'; readonly layer: number }
  >();
  const close = (): void => setShowing(undefined);
  const quit = (): void => {
    if (!client) {
      exit();
      return;
    }
    const leave = setTimeout(exit, farewell);
    void client.signOut().finally(() => {
      clearTimeout(leave);
      exit();
    });
  };
  const ask = (): void => (unsaved.size > 0 ? setShowing({ what: 'question' }) : quit());
  useKeys(
    {
      help: () => setShowing({ what: 'help', layer: scopes.topLayer() }),
      quit: ask,
      interrupt: showing?.what === 'question' ? quit : ask,
    },
    { level: 'app', everywhere: true },
  );
  return (
    <LayerContext value={overAll}>
      {showing?.what === 'help' ? <Help layer={showing.layer} onClose={close} /> : null}
      {showing?.what === 'question' ? (
        <Dialog
          title="Quit and lose what you typed?"
          lines={[{ text: 'It has not been sent, and is kept nowhere else.' }]}
          stay={{ label: 'Keep editing', run: close }}
          answers={[{ label: 'Quit', run: quit, tone: 'bad' }]}
        />
      ) : null}
    </LayerContext>
  );
};

/** Runs the program on the given terminal to its exit code. */
export const runApp = (
  streams: TerminalStreams,
  options: AppOptions,
  mountOptions: MountOptions,
): Promise<number> => mount(<App options={options} />, streams, mountOptions);
