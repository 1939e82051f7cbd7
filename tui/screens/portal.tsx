/** Behind the sign-in: sections, the open package, the palette, and the line to the server. */
import { Fragment, useState, type ReactNode } from 'react';
import type { Account } from '../../shared/api/accounts.ts';
import { whyNot, type Action, type Values } from '../actions/action.ts';
import { signOut } from '../actions/session.ts';
import type { Client } from '../api/client.ts';
import { ActionFlow } from '../components/action-flow.tsx';
import { Banner, Notice } from '../components/banner.tsx';
import { Frame } from '../components/frame.tsx';
import { Palette } from '../components/palette.tsx';
import { Loading } from '../components/states.tsx';
import { useApp } from '../hooks/use-app.ts';
import { useAnswer } from '../hooks/use-answer.ts';
import { useConnection, type Connection } from '../hooks/use-connection.ts';
import { useKeys } from '../hooks/use-keys.ts';
import { useNow } from '../hooks/use-now.ts';
import { usePackages } from '../hooks/use-packages.ts';
import { usePageStack } from '../hooks/use-pages-stack.ts';
import { useServerInfo } from '../hooks/use-server-info.ts';
import { PortalContext, type Portal } from '../hooks/use-portal.ts';
import { bannerWords, failureWords } from '../state/failure-words.ts';
import { paletteEntries } from '../state/palette-entries.ts';
import { signingKeyNotice } from '../state/signing-key-words.ts';
import { sectionsFor } from './sections.tsx';

export interface PortalProps {
  readonly client: Client;
  readonly account: Account;
}

/** Everything that one sees signed in. */
export const PortalScreen = ({ client, account: signedIn }: PortalProps) => {
  const app = useApp();
  const connection = useConnection(client, (failure) =>
    app.signedOut({ text: failureWords(failure), tone: 'soon' }),
  );
  const { revision, refresh } = connection;
  const operator = signedIn.role === 'operator';
  const about = useServerInfo();
  const account = useAnswer('account', revision, () => client.account()).value ?? signedIn;
  const packages = usePackages(client, operator, revision);
  const stack = usePageStack();
  const [section, setSection] = useState(0);
  const [searching, setSearching] = useState(false);
  const { license } = packages;

  const act = (action: Action, values: Values = {}): void =>
    stack.open((close) => (
      <ActionFlow
        action={action}
        client={client}
        preset={values}
        initial={action.id === 'account.edit' ? infoOf(account) : {}}
        onClose={() => {
          close();
          // What was refused may have been so because the server takes no changes any more.
          about.refresh();
        }}
        onDone={refresh}
      />
    ));
  const portal: Portal = {
    client,
    account,
    licenses: packages.licenses,
    license,
    revision,
    refresh,
    act,
    whyNot: (action) => whyNot(action, { role: account.role, relation: license?.relation ?? null }),
  };
  const sections = sectionsFor(operator, packages.opened, (opened) => {
    packages.open(opened);
    setSection(0);
  });
  const names = sections.map(({ name }) => name);
  const leave = (): void => {
    if (section === 0) packages.open(undefined);
    setSection(0);
  };

  usePortalKeys({
    count: sections.length,
    section,
    go: setSection,
    back: section > 0 || packages.opened ? leave : undefined,
    turn: packages.licenses.length > 1 ? packages.turn : undefined,
    search: () => setSearching(true),
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
        {packages.known ? sections[section]?.draw() : <Loading />}
        {stack.pages.map(({ id, draw }) => (
          <Fragment key={id}>{draw(() => stack.close(id))}</Fragment>
        ))}
      </Frame>
      {searching ? (
        <Palette
          onClose={() => setSearching(false)}
          entries={paletteEntries({
            sections: names,
            go: setSection,
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

/** My Info as the form to change it starts with. */
const infoOf = ({ name, company, phone }: Account): Values => ({
  name,
  company: company ?? '',
  phone: phone ?? '',
});

/** The server is gone, or takes no changes; null when all is well. */
const bannerOf = ({ state }: Connection, readOnly: string | undefined): ReactNode => {
  if (state.state === 'waiting') {
    return <Banner text={bannerWords(state.failure)} retryAt={state.retryAt} />;
  }
  return readOnly === undefined ? null : (
    <Banner text={`The server takes no changes now: ${readOnly}`} />
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
}

const usePortalKeys = ({ count, section, go, back, turn, search }: PortalKeys): void => {
  useKeys(
    {
      package: turn ? () => turn(1) : undefined,
      previousPackage: turn ? () => turn(-1) : undefined,
      palette: search,
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
