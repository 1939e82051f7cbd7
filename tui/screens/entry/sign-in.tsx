/** The first screen: e-mail and password, and the ways in for those who can't use them. */
import { Box } from 'ink';
import { useEffect, useRef, useState } from 'react';
import { Banner } from '../../components/layout/banner.tsx';
import { Form } from '../../components/forms/form.tsx';
import { Frame, useContentSize } from '../../components/layout/frame.tsx';
import { paragraph } from '../../components/lines.tsx';
import { Text } from '../../components/text.tsx';
import { useApp, useKnownSupport } from '../../hooks/use-app.ts';
import { useLoaded } from '../../hooks/use-loaded.ts';
import { useTerminal } from '../../hooks/use-terminal.ts';
import { useServerInfo } from '../../hooks/server/use-server-info.ts';
import { inert } from '../../state/cells.ts';
import { bannerWords, failureWords } from '../../state/words/failure-words.ts';
import type { FormProblem, Values } from '../../state/form-state.ts';
import type { Tone } from '../../state/theme.ts';
import type { Way } from './sign-in-ways.tsx';
import { TrustQuestion } from './trust.tsx';

export interface SignInProps {
  /** Why one is here again: the session ended, signed out. */
  readonly why: { readonly text: string; readonly tone: Tone } | undefined;
}

type Open = Way | undefined;

/** The other ways in, loaded when one is taken. */
const loadWays = async () => {
  const { SignInWays } = await import('./sign-in-ways.tsx');
  return (way: Way, close: () => void) => <SignInWays way={way} onClose={close} />;
};

/** The screen. It works before the server answers: what is typed is kept until it does. */
export const SignInScreen = ({ why }: SignInProps) => {
  const { notice } = useTerminal();
  useEffect(() => {
    if (why) notice.set(why);
  }, [why, notice]);
  const app = useApp();
  const { rows, columns } = useContentSize();
  const [open, setOpen] = useState<Open>();
  const server = useServerInfo();
  useKnownSupport(server.info?.support);
  const close = (): void => setOpen(undefined);
  const drawWay = useLoaded(loadWays, open !== undefined);
  const demo = server.info?.demo?.text;
  const contact = server.info?.support.contact ?? null;
  const { failure } = server;
  const roomy = rows >= 15;
  const width = Math.min(columns - (roomy ? 4 : 0), 56);
  // Behind an air gap no server is missed, and each row counts.
  const missed = open !== 'machine';
  const away = missed && failure !== undefined && failure.kind !== 'untrusted';
  return (
    <Frame
      title={titleOf(server.info?.name)}
      context={app.server}
      banner={away ? <Banner text={bannerWords(failure)} retryAt={server.retryAt} /> : null}
    >
      <Box
        flexDirection="column"
        alignItems="center"
        justifyContent={roomy ? 'center' : 'flex-start'}
        height={rows}
        overflowY="hidden"
      >
        <Box flexDirection="column" width={width + (roomy ? 4 : 0)}>
          {roomy ? <Wordmark /> : null}
          <Box {...(roomy ? card : {})} flexDirection="column">
            <SignInForm width={width} height={rows - (roomy ? 5 : 0)} open={setOpen} />
          </Box>
        </Box>
        {contact === null || demo !== undefined || rows < 12 ? null : (
          <Text tone="dim" wrap="truncate-end">{`Help: ${inert(contact)}`}</Text>
        )}
        {demo === undefined || rows < 16 ? null : (
          <Box flexDirection="column" marginTop={1}>
            {demo.split('\n').flatMap((line) => paragraph(line, columns, 'dim'))}
          </Box>
        )}
      </Box>
      {failure?.kind === 'untrusted' ? (
        <TrustQuestion failure={failure} onTrusted={server.refresh} />
      ) : null}
      {open === undefined ? null : drawWay?.(open, close)}
    </Frame>
  );
};

/** The server's own name, where it has one. */
const titleOf = (name: string | undefined): string =>
  name === undefined || name === 'licet' ? 'Sign in' : name;

const card = {
  borderStyle: 'round',
  borderDimColor: true,
  paddingX: 1,
  paddingY: 0,
} as const;

const Wordmark = () => (
  <Text>
    <Text tone="title"> licet</Text>
    <Text tone="dim"> it is permitted</Text>
  </Text>
);

const totpRequired = (problem: Readonly<Record<string, unknown>>): boolean =>
  problem['totpRequired'] === true;

interface FormOptions {
  readonly width: number;
  readonly height: number;
  readonly open: (what: Open) => void;
}

/** E-mail and password; the field for the one-time password comes when the account asks for it. */
const SignInForm = ({ width, height, open }: FormOptions) => {
  const app = useApp();
  const [second, setSecond] = useState<Values>();
  const alive = useRef(true);
  useEffect(() => {
    alive.current = true;
    return () => {
      alive.current = false;
    };
  }, []);

  const submit = async (values: Values): Promise<FormProblem | undefined> => {
    const { email = '', password = '', totp = '' } = values;
    const client = await app.connect();
    const answer = await client.signIn({
      email,
      password,
      ...(totp === '' ? {} : { totp: totp.replaceAll(' ', '') }),
    });
    if (!alive.current) return undefined;
    if (answer.ok) {
      app.signedIn(await app.connect(answer.value.token), answer.value.account);
      return undefined;
    }
    const { error } = answer;
    if (error.kind === 'problem' && totpRequired(error.problem) && second === undefined) {
      setSecond({ email, password });
      return undefined;
    }
    return { text: failureWords(error) };
  };

  return (
    <Form
      key={second === undefined ? 'password' : 'totp'}
      fields={[
        {
          name: 'email',
          label: 'E-mail',
          ...(second ? { initial: second['email'] ?? '' } : {}),
          check: (value) => (/^\S+@\S+$/u.test(value) ? undefined : 'An e-mail address has an @.'),
        },
        {
          name: 'password',
          label: 'Password',
          kind: 'password',
          ...(second ? { initial: second['password'] ?? '' } : {}),
        },
        ...(second
          ? [
              {
                name: 'totp',
                label: 'One-time password',
                hint: 'Six digits from your authenticator.',
                check: (value: string) =>
                  /^\d{3} ?\d{3}$/u.test(value) ? undefined : 'It has six digits.',
              },
            ]
          : []),
      ]}
      focus={second ? 2 : 0}
      submitLabel="Sign in"
      busyLabel="Signing in"
      onSubmit={submit}
      width={width}
      height={height}
      links={[
        { label: 'I have a code', run: () => open('code') },
        { label: 'Forgot password', run: () => open('forgot') },
        { label: 'This machine, without a server', run: () => open('machine') },
      ]}
    />
  );
};
