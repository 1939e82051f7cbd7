/**
 * Every key of the terminal UI, once. Screens name entries and say what to do; the footer, the help
 * and the documentation are made from this table.
 */

export interface KeyEntry {
  /** Names as `readPress` gives them; the first is the one that is shown. */
  readonly keys: readonly string[];
  /** What it does, for the help: a verb first. */
  readonly does: string;
  /** One or two words for the footer; without it the key is in the help only. */
  readonly hint?: string;
  readonly group: KeyGroup;
}

export type KeyGroup = 'act' | 'move' | 'form' | 'app';

export const keyTable = {
  open: { keys: ['enter'], does: 'Open', hint: 'open', group: 'act' },
  submit: { keys: ['enter'], does: 'Send the form', hint: 'send', group: 'form' },
  send: {
    keys: ['ctrl+s'],
    does: 'Send the form, wherever you are in it',
    hint: 'send',
    group: 'form',
  },
  choose: { keys: ['enter'], does: 'Do what is marked', hint: 'choose', group: 'act' },
  add: { keys: ['a'], does: 'Add', hint: 'add', group: 'act' },
  edit: { keys: ['e'], does: 'Edit', hint: 'edit', group: 'act' },
  release: { keys: ['x'], does: 'Release the marked activation', hint: 'release', group: 'act' },
  reset: { keys: ['r'], does: 'Reset activations', hint: 'reset', group: 'act' },
  remove: { keys: ['x'], does: 'Remove', hint: 'remove', group: 'act' },
  code: { keys: ['n'], does: 'Make a new one-time code', hint: 'new code', group: 'act' },
  renew: { keys: ['w'], does: 'Renew', hint: 'renew', group: 'act' },
  giveBack: {
    keys: ['b'],
    does: 'Give back with a deactivation proof',
    hint: 'give back',
    group: 'act',
  },
  lost: { keys: ['l'], does: 'Report as lost', hint: 'lost', group: 'act' },
  seats: { keys: ['t'], does: 'Change how many machines it permits', hint: 'seats', group: 'act' },
  suspend: { keys: ['s'], does: 'Suspend or resume', hint: 'suspend', group: 'act' },
  revoke: { keys: ['x'], does: 'Revoke', hint: 'revoke', group: 'act' },
  moveLicense: {
    keys: ['m'],
    does: 'Move the license to another owner',
    hint: 'move to',
    group: 'act',
  },
  licenseKey: { keys: ['n'], does: 'Make a new license key', hint: 'new key', group: 'act' },
  importList: {
    keys: ['i'],
    does: 'Import licenses from CSV or JSON',
    hint: 'import',
    group: 'act',
  },
  snippet: {
    keys: ['i'],
    does: 'Show what the product embeds to be licensed here',
    hint: 'snippet',
    group: 'act',
  },
  save: { keys: ['s'], does: 'Save to a file', hint: 'save', group: 'act' },
  download: { keys: ['d'], does: 'Download it to this machine', hint: 'download', group: 'act' },
  sheet: { keys: ['t'], does: 'Show a carry sheet to print', hint: 'sheet', group: 'act' },
  code2d: { keys: ['o'], does: 'Show as a QR code', hint: 'QR', group: 'act' },
  flip: { keys: ['f'], does: 'Swap black and white of the QR code', hint: 'flip', group: 'act' },
  nextPart: { keys: ['right', 'l', ' '], does: 'Next part', hint: 'next part', group: 'move' },
  previousPart: { keys: ['left', 'h'], does: 'Previous part', group: 'move' },
  why: {
    keys: ['h'],
    does: 'See who holds seats, and who was refused',
    group: 'act',
  },
  usage: {
    keys: ['u'],
    does: 'Show the usage of the last thirty days',
    hint: 'usage',
    group: 'act',
  },
  copy: { keys: ['c', 'y'], does: 'Copy', hint: 'copy', group: 'act' },
  package: { keys: ['p'], does: 'Switch to the next package', hint: 'package', group: 'act' },
  previousPackage: { keys: ['P'], does: 'Switch to the previous package', group: 'act' },
  password: { keys: ['w'], does: 'Change the password', hint: 'password', group: 'act' },
  signOut: { keys: ['o'], does: 'Sign out', hint: 'sign out', group: 'act' },
  retry: { keys: ['R'], does: 'Try again now', hint: 'retry', group: 'act' },
  yes: { keys: ['y'], does: 'Yes', hint: 'yes', group: 'act' },
  no: { keys: ['n'], does: 'No', hint: 'no', group: 'act' },

  up: { keys: ['up', 'k'], does: 'Move up', group: 'move' },
  down: { keys: ['down', 'j'], does: 'Move down', hint: 'move', group: 'move' },
  pageUp: { keys: ['pageup', 'ctrl+u'], does: 'Page up', group: 'move' },
  pageDown: { keys: ['pagedown', 'ctrl+d'], does: 'Page down', group: 'move' },
  first: { keys: ['g', 'home'], does: 'Go to the first', group: 'move' },
  last: { keys: ['G', 'end'], does: 'Go to the last', group: 'move' },
  filter: { keys: ['/'], does: 'Filter', hint: 'filter', group: 'move' },
  nextSection: { keys: ['tab'], does: 'Next section', hint: 'section', group: 'move' },
  previousSection: { keys: ['shift+tab'], does: 'Previous section', group: 'move' },
  section: {
    keys: ['1', '2', '3', '4', '5', '6', '7', '8', '9'],
    does: 'Go to that section',
    group: 'move',
  },

  nextField: { keys: ['tab', 'down'], does: 'Next field', hint: 'next', group: 'form' },
  previousField: { keys: ['shift+tab', 'up'], does: 'Previous field', group: 'form' },
  change: {
    keys: [' ', 'right', 'left'],
    does: 'Change the choice',
    hint: 'change',
    group: 'form',
  },
  reveal: { keys: ['ctrl+r'], does: 'Show or hide the password', hint: 'reveal', group: 'form' },

  back: { keys: ['esc'], does: 'Back, cancel', hint: 'back', group: 'app' },
  refresh: { keys: ['R'], does: 'Refresh', group: 'app' },
  find: {
    keys: ['S'],
    does: 'Search everything on this server',
    hint: 'search',
    group: 'app',
  },
  palette: { keys: [':', 'ctrl+p'], does: 'Search all actions', hint: 'actions', group: 'app' },
  help: { keys: ['?'], does: 'Show the keys that work here', hint: 'help', group: 'app' },
  quit: { keys: ['q'], does: 'Quit', hint: 'quit', group: 'app' },
  interrupt: { keys: ['ctrl+c'], does: 'Quit from anywhere', hint: 'quit', group: 'app' },
} as const satisfies Readonly<Record<string, KeyEntry>>;

export type KeyId = keyof typeof keyTable;

/** The entry of a key, with its optional members in sight. */
export const keyEntry = (id: KeyId): KeyEntry => keyTable[id];

const shown: Readonly<Record<string, string>> = {
  up: '↑',
  down: '↓',
  left: '←',
  right: '→',
  pageup: 'PgUp',
  pagedown: 'PgDn',
  enter: 'Enter',
  esc: 'Esc',
  tab: 'Tab',
  'shift+tab': 'Shift+Tab',
  home: 'Home',
  end: 'End',
  backspace: 'Backspace',
  delete: 'Del',
  ' ': 'Space',
};

/** A key's name as people read it: `ctrl+p` is "Ctrl+P", `up` is an arrow. */
export const showKey = (name: string): string =>
  shown[name] ??
  name.replace(
    /^(ctrl|alt)\+(.)$/u,
    (_, modifier: string, letter: string) =>
      `${modifier === 'ctrl' ? 'Ctrl' : 'Alt'}+${letter.toUpperCase()}`,
  );

/** Several keys, as people read them: "↑/k", and "1..9" for a run of digits. */
export const showKeys = (names: readonly string[]): string =>
  names.length > 4
    ? `${showKey(names[0] ?? '')}..${showKey(names.at(-1) ?? '')}`
    : names.map(showKey).join('/');
