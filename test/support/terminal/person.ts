/** A person at a terminal with `licet` open, in a real pseudo-terminal. */
import path from 'node:path';
import { bundle } from '../bundle.ts';
import type { Portal } from '../licet.ts';
import { openProgram, type TestTerminal } from './terminal.ts';

export interface Person {
  readonly terminal: TestTerminal;
  /** Presses keys one by one, and waits for what the screen then shows. */
  press(keys: string, shows: string | RegExp): Promise<void>;
  /** Presses Esc, and waits until the text is gone: a key sent at once would be taken for Alt with it. */
  back(from: string): Promise<void>;
  /** The same of a page with a secret, which asks before it closes. */
  leave(from: string): Promise<void>;
  /** Goes to a row by Tab and presses Enter on it. */
  choose(row: string, shows: string | RegExp): Promise<void>;
  /** Fills a form from its first field on, and sends it: one text a field, undefined to leave it as it is. */
  send(texts: readonly (string | undefined)[], shows: string | RegExp): Promise<void>;
  signIn(email: string, password: string, shows: string | RegExp): Promise<void>;
  /** What the pattern's first group finds on the screen. */
  read(pattern: RegExp): string;
  quit(): Promise<void>;
}

/** Opens the terminal UI for a person with an own configuration folder. */
export const openPerson = async (portal: Portal, name: string): Promise<Person> => {
  const terminal = openProgram(await bundle('tui/main.tsx'), [], {
    columns: 100,
    rows: 32,
    env: {
      LICET_CONFIG_DIR: path.join(portal.folder, 'config', `${name}-tui`),
      LICET_STATE_DIR: path.join(portal.folder, 'state', `${name}-tui`),
      LICET_SERVER: portal.url,
    },
  });
  await terminal.waitFor('E-mail', 60_000);
  const wait = (shows: string | RegExp): Promise<void> => terminal.waitFor(shows, 60_000);
  /** Whether no other field stands between the cursor and the row that sends: there Enter sends. */
  const isLast = (): boolean => /▌ [^\n]*\n(?: {4,}[^\n]*\n|\s*\n)* {3}↵/u.test(terminal.screen());
  /** What the field is called that the cursor is in. */
  const label = (): string => /▌ (\S.*?)(?:\s{2,}|$)/mu.exec(terminal.screen())?.[1] ?? '';
  /** Goes one field on, once a field has the cursor: a form is drawn before its fields take keys. */
  const next = async (): Promise<void> => {
    await terminal.waitFor(() => label() !== '');
    const before = label();
    terminal.press('tab');
    await terminal.waitFor(() => label() !== before && label() !== '');
  };
  const go = async (row: string): Promise<void> => {
    for (let rows = 0; label() !== row; rows += 1) {
      if (rows === 10) throw new Error(`there is no “${row}”:\n${terminal.screen()}`);
      await next();
    }
  };
  const person: Person = {
    terminal,
    press: async (keys, shows) => {
      terminal.press(...keys.split(' '));
      await wait(shows);
    },
    back: async (from) => {
      terminal.press('esc');
      await terminal.waitForGone(from, 60_000);
    },
    leave: async (from) => {
      terminal.press('esc');
      await wait('Close this page?');
      terminal.press('down', 'enter');
      await terminal.waitForGone(from, 60_000);
    },
    choose: async (row, shows) => {
      await go(row);
      terminal.press('enter');
      await wait(shows);
    },
    send: async (texts, shows) => {
      const given = [...texts];
      for (let fields = 0; ; fields += 1) {
        if (fields === 40) throw new Error(`the form has no last field:\n${terminal.screen()}`);
        const text = given.shift();
        if (text !== undefined) terminal.type(text);
        if (given.length === 0 && isLast()) break;
        await next();
      }
      terminal.press('enter');
      await wait(shows);
    },
    signIn: async (email, password, shows) => {
      await go('E-mail');
      terminal.type(`${email}\t${password}\r`);
      await wait(shows);
    },
    read: (pattern) => {
      const found = pattern.exec(terminal.screen())?.[1];
      if (found === undefined)
        throw new Error(`${String(pattern)} is not on the screen:\n${terminal.screen()}`);
      return found;
    },
    quit: async () => {
      terminal.press('ctrl+c');
      await terminal.close();
    },
  };
  return person;
};
