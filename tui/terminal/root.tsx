/** The outermost component of a session: keys and pastes to the scopes, and Ctrl+Z to the shell. */
import { useApp, useInput, usePaste } from 'ink';
import { useEffect, useMemo, type ReactNode } from 'react';
import { readPress } from './key-press.ts';
import { TerminalContext, type TerminalSession } from './session.ts';
import { useSuspension } from './use-suspension.ts';

export interface RootProps {
  readonly session: TerminalSession;
  /** Whether the process stops with this terminal: then Ctrl+Z hands it back to the shell. */
  readonly ownsProcess: boolean;
  readonly children: ReactNode;
}

/** The only place that listens to Ink's input. */
export const Root = ({ session, ownsProcess, children }: RootProps) => {
  const { exit } = useApp();
  const guarded = useMemo(() => guard(session, exit), [session, exit]);
  const suspend = useSuspension(ownsProcess);
  useEffect(() => () => session.notice.set(undefined), [session]);
  useInput((text, key) => {
    const press = readPress(text, key);
    guarded(() => {
      session.notice.set(undefined);
      if (press?.name === 'ctrl+z') suspend();
      else if (press)
        session.scopes.press(press, (why) => session.notice.set({ text: why, tone: 'soon' }));
    });
  });
  usePaste((text) =>
    guarded(() => {
      session.notice.set(undefined);
      session.scopes.paste(text);
    }),
  );
  return <TerminalContext value={session}>{children}</TerminalContext>;
};

/** Runs a handler; a throw ends this session alone, with the fault reported, not the whole process. */
const guard =
  (session: TerminalSession, exit: (error: Error) => void) =>
  (work: () => void): void => {
    try {
      work();
    } catch (error) {
      session.notice.set(undefined);
      exit(error instanceof Error ? error : new Error(String(error)));
    }
  };
