/** Behind the sign-in: sections, the open package, the palette, and the line to the server. */
import { Fragment, useEffect, useState, type ReactNode } from 'react';
import type { Account } from '../../shared/api/accounts.ts';
import { whyNot, type Action, type Values } from '../client/actions/action.ts';
import { signOut } from '../client/actions/accounts/session.ts';
import type { Client } from '../client/api/client.ts';
import { ActionFlow } from '../components/forms/action-flow.tsx';
import { Banner, Notice } from '../components/layout/banner.tsx';
import { Frame } from '../components/layout/frame.tsx';
import { Palette } from '../components/layout/palette.tsx';
import { Unanswered } from '../components/states.tsx';
import type { License } from '../../shared/api/licenses.ts';
import { useApp, useKnownSupport } from '../hooks/use-app.ts';
import { useAnswer } from '../hooks/server/use-answer.ts';
import { useBrowser } from '../hooks/use-browser.ts';
import { useConnection, type Connection } from '../hooks/server/use-connection.ts';
import { SoughtContext } from '../hooks/lists/use-filter.ts';
import { useKeys } from '../hooks/use-keys.ts';
import { useNow } from '../hooks/use-now.ts';
import { usePackages } from '../hooks/server/use-packages.ts';
import { usePageStack } from '../hooks/use-pages-stack.ts';
import { useServerInfo } from '../hooks/server/use-server-info.ts';
import { PortalContext, type FormStart, type Portal } from '../hooks/use-portal.ts';
import { useNotify, useSignal, useTerminal } from '../hooks/use-terminal.ts';
import { bannerWords, failureWords } from '../state/words/failure-words.ts';
import { paletteEntries } from '../state/palette-entries.ts';
import { signingKeyNotice } from '../state/words/signing-key-words.ts';
import { SearchScreen } from './operator/search.tsx';
import { placeOf, sectionsFor } from './sections.tsx';

export interface PortalProps {
  readonly client: Client;
  readonly account: Account;
}

/** What a section's lists are filtered by at first; another turn draws the section anew. */
const nothing = { text: '', turn: 0 };

/** Everything that one sees signed in. */
export const PortalScreen = ({ client, account: signedIn }: PortalProps) => {
  const app = useApp();
  const notify = useNotify();
  const browse = useBrowser();
  const connection = useConnection(client);
  useEnd(connection);
  const { revision, refresh } = connection;
  const operator = signedIn.role === 'operator';
  const about = useServerInfo();
  useKnownSupport(about.info?.support);
  const account = useAnswer('account', revision, () => client.account()).value ?? signedIn;
  const packages = usePackages(client, operator, revision);
  const stack = usePageStack();
  const [section, setSection] = useState(0);
  const [searching, setSearching] = useState(false);
  const [sought, setSought] = useState(nothing);
  const { license } = packages;

  const act = (action: Action, values: Values = {}, form: FormStart = {}): void =>
    stack.open((close) => (
      <ActionFlow
        action={action}
        client={client}
        preset={values}
        form={{ editing: action.initial?.(account), ...form }}
        onClose={() => {
          close();
          // What was refused may have been so because the server takes no changes any more.
          about.refresh();
        }}
        onDone={(done) => {
          refresh();
          void browse(action, done);
        }}
      />
    ));
  const portal: Portal = {
    client,
    account,
    licenses: packages.licenses,
    license,
    choose: packages.choose,
    revision,
    refresh,
    act,
    page: stack.open,
    goTo: (name, text) =>
      show(
        license,
        Math.max(
          0,
          sections.findIndex((one) => one.name === name),
        ),
        text,
      ),
    whyNot: (action) => whyNot(action, { role: account.role, relation: license?.relation ?? null }),
  };
  const show = (opened: License | undefined, section: number, text = ''): void => {
    packages.open(opened);
    setSection(section);
    setSought((old) => ({ text, turn: old.turn + 1 }));
  };
  const sections = sectionsFor(operator, packages.opened, (opened) => show(opened, 0));
  const names = sections.map(({ name }) => name);
  const go = (next: number): void => {
    if (next !== section) show(license, next);
  };
  const find = (): void =>
    stack.open((close) => (
      <SearchScreen
        client={client}
        onClose={close}
        onOpen={async (hit) => {
          const place = await placeOf(client, hit);
          if (!place.ok) {
            notify(failureWords(place.error), 'bad');
            return;
          }
          close();
          show(place.value.license, place.value.section, place.value.text);
        }}
      />
    ));

  usePortalKeys({
    count: sections.length,
    section,
    go,
    back:
      section > 0 || packages.opened
        ? () => show(section === 0 ? undefined : license, 0)
        : undefined,
    turn: packages.licenses.length > 1 ? packages.turn : undefined,
    search: () => setSearching(true),
    find: operator ? find : undefined,
  });

  const now = useNow();
  const keyEndsAt = about.info?.signingKeyEndsAt;
  const named = about.info?.name === 'licet' ? undefined : about.info?.name;
  const place = license?.name ?? (operator ? (named ?? 'Operator') : account.name);
  return (
    <PortalContext value={portal}>
      <Frame
        title={place}
        context={`${account.email} · ${app.server.replace(/^https?:\/\//u, '')}`}
        live={
          connection.state.state === 'connecting'
            ? undefined
            : connection.state.state === 'connected'
        }
        sections={names}
        section={section}
        banner={
          bannerOf(connection, about.info?.reason ?? undefined) ??
          (operator && keyEndsAt !== undefined ? signingKeyBanner(keyEndsAt, now) : null)
        }
      >
        {packages.known ? (
          <SoughtContext key={sought.turn} value={sought.text}>
            {sections[section]?.draw()}
          </SoughtContext>
        ) : (
          <Unanswered failure={packages.failure} retry={refresh} />
        )}
        {stack.pages.map(({ id, draw }) => (
          <Fragment key={id}>{draw(() => stack.close(id))}</Fragment>
        ))}
      </Frame>
      {searching ? (
        <Palette
          onClose={() => setSearching(false)}
          entries={paletteEntries({
            sections: names,
            go,
            find,
            license,
            act,
            whyNot: portal.whyNot,
            signOut: () => {
              void signOut.run(client, {});
              app.signedOut({ text: 'Signed out.', tone: 'good' });
            },
          })}
        />
      ) : null}
    </PortalContext>
  );
};

/** Back to the sign-in once the session is over; a secret that is shown only now is left first. */
const useEnd = ({ state }: Connection): void => {
  const { signedOut } = useApp();
  const { holds } = useTerminal();
  const secret = useSignal(holds).some(({ kind }) => kind === 'secret');
  const why = state.state === 'ended' ? failureWords(state.failure) : undefined;
  useEffect(() => {
    if (why !== undefined && !secret) signedOut({ text: why, tone: 'soon' });
  }, [why, secret, signedOut]);
};

/** The server is gone, or takes no changes; null when all is well. */
const bannerOf = ({ state }: Connection, readOnly: string | undefined): ReactNode => {
  if (state.state === 'waiting') {
    return <Banner text={bannerWords(state.failure)} retryAt={state.retryAt} />;
  }
  return readOnly === undefined ? null : (
    <Notice words={() => `The server takes no changes now: ${readOnly}`} />
  );
};

/** An operator has a month to make a new signing key; null while there is more time. */
const signingKeyBanner = (endsAt: string, now: number): ReactNode => {
  const words = (width: number) => signingKeyNotice(Date.parse(endsAt), now, width);
  return words(0) === undefined ? null : <Notice words={(width) => words(width) ?? ''} />;
};

interface PortalKeys {
  readonly count: number;
  readonly section: number;
  readonly go: (section: number) => void;
  readonly back: (() => void) | undefined;
  readonly turn: ((by: number) => void) | undefined;
  readonly search: () => void;
  readonly find: (() => void) | undefined;
}

const usePortalKeys = (keys: PortalKeys): void => {
  const { count, section, go, back, turn, search, find } = keys;
  useKeys(
    {
      package: turn ? () => turn(1) : undefined,
      previousPackage: turn ? () => turn(-1) : undefined,
      palette: search,
      find,
      nextSection: () => go((section + 1) % count),
      previousSection: () => go((section + count - 1) % count),
      section: ({ name }) => {
        if (Number(name) <= count) go(Number(name) - 1);
      },
      back: back ? { run: back } : undefined,
    },
    { level: 'app' },
  );
};
