/** The program on a terminal: the sign-in, then the portal; help and the way out over both. */
import { useEffect, useMemo, useRef, useState } from 'react';
import type { Client } from '../client/api/client.ts';
import type { Support } from '../../shared/api/server.ts';
import type { Account } from '../../shared/api/accounts.ts';
import { Dialog } from '../components/forms/dialog.tsx';
import { Frame } from '../components/layout/frame.tsx';
import { Help } from '../components/layout/help.tsx';
import { Loading } from '../components/states.tsx';
import { AppServicesContext, type AppServices } from '../hooks/use-app.ts';
import { LayerContext, useKeys } from '../hooks/use-keys.ts';
import { useLoaded } from '../hooks/use-loaded.ts';
import { useTerminal } from '../hooks/use-terminal.ts';
import { worstHold, type HoldWords } from '../state/holds.ts';
import { SignInScreen } from './entry/sign-in.tsx';
import type { LocalFiles } from '../terminal/local-files.ts';
import { mount, type MountOptions } from '../terminal/mount.tsx';
import type { Notice } from '../terminal/session.ts';
import type { TerminalStreams } from '../terminal/streams.ts';

export interface AppOptions {
  readonly server: string;
  /** The certificate's fingerprint, where one is known. */
  readonly knownPin: () => Promise<string | undefined>;
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
  const [support, setSupport] = useState<Support>();
  const pin = useRef<string>(undefined);
  const drawPortal = useLoaded(loadPortal, usePatience(portalPatience) || stage.at === 'portal');
  const services = useMemo<AppServices>(
    () => ({
      server: options.server,
      env: options.env,
      files: options.files,
      connect: async (token) => {
        const { createClient } = await import('../client/api/client.ts');
        pin.current ??= await options.knownPin();
        const { server, agent } = options;
        return createClient({ server, agent, pin: pin.current, token });
      },
      trust: async (fingerprint) => {
        pin.current = fingerprint;
        await options.remember(fingerprint);
      },
      support,
      // It comes anew with every answer: only another one is one.
      knowSupport: (next) =>
        setSupport((old) => (JSON.stringify(old) === JSON.stringify(next) ? old : next)),
      signedIn: (client, account) => setStage({ at: 'portal', client, account }),
      signedOut: (why) => setStage({ at: 'sign-in', why }),
    }),
    [options, support],
  );
  return (
    <AppServicesContext value={services}>
      {stage.at === 'sign-in' ? (
        <SignInScreen why={stage.why} />
      ) : drawPortal ? (
        drawPortal(stage.client, stage.account)
      ) : (
        <Frame title={stage.account.name} context={stage.account.email}>
          <Loading />
        </Frame>
      )}
      <WayOut client={stage.at === 'portal' ? stage.client : undefined} support={support} />
    </AppServicesContext>
  );
};

/** Everything behind the sign-in. */
const loadPortal = async () => {
  const { PortalScreen } = await import('./portal.tsx');
  return (client: Client, account: Account) => <PortalScreen client={client} account={account} />;
};

/** Milliseconds after which it is loaded while somebody still types, so that signing in doesn't wait for it. */
const portalPatience = 400;

/** True once so many milliseconds have passed. */
const usePatience = (milliseconds: number): boolean => {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setOver(true), milliseconds);
    return () => clearTimeout(timer);
  }, [milliseconds]);
  return over;
};

/** A session that nobody uses any more is ended, but nobody waits for that. Milliseconds. */
const farewell = 500;

/** Above every page and question that there can be. */
const overAll = 1000;

interface WayOutProps {
  readonly client: Client | undefined;
  readonly support: Support | undefined;
}

/** Help and quitting, which work everywhere. */
const WayOut = ({ client, support }: WayOutProps) => {
  const { exit, holds, scopes } = useTerminal();
  const [asking, setAsking] = useState<HoldWords>();
  // Over the question, too: whoever asks for help there comes back to it.
  const [helpOf, setHelpOf] = useState<number>();
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
  const ask = (): void => {
    const worst = worstHold(holds.get());
    if (worst) setAsking(worst);
    else quit();
  };
  useKeys(
    {
      help: () => setHelpOf(scopes.topLayer()),
      quit: ask,
      interrupt: asking ? quit : ask,
    },
    { level: 'app', everywhere: true },
  );
  return (
    <LayerContext value={overAll}>
      {asking ? (
        <Dialog
          title={asking.title}
          lines={[{ text: asking.text }]}
          stay={{ label: asking.stay, run: () => setAsking(undefined) }}
          answers={[{ label: 'Quit', run: quit, tone: 'bad' }]}
        />
      ) : null}
      {helpOf === undefined ? null : (
        <Help layer={helpOf} support={support} onClose={() => setHelpOf(undefined)} />
      )}
    </LayerContext>
  );
};

/** Runs the program on the given terminal to its exit code. */
export const runApp = (
  streams: TerminalStreams,
  options: AppOptions,
  mountOptions: MountOptions,
): Promise<number> => mount(<App options={options} />, streams, mountOptions);
