/**
 * Every page of the terminal UI, once: who sees it, which keys lead to it, what is on it, what it asks of
 * the server, how it is left. The tests of states and sizes go through all of it, and a page that is
 * missing here fails them.
 */

/** Whom the server of the pages knows, and nobody: the sign-in and the ways from it. */
export type Visitor = 'nobody' | 'ana' | 'eva' | 'operator';

export interface TuiPage {
  readonly name: string;
  /** The components that draw it, as "file/Component" of tui/. */
  readonly drawn: readonly string[];
  readonly who: Visitor;
  /** Keys that lead to it, one after the other: from the page below it; to a section, from the first. */
  readonly keys: string;
  /** Typed once the keys are pressed. */
  readonly typed?: string;
  /** On it from 40x10 on, and not on the page below. */
  readonly shows: string | RegExp;
  /** The name of the page below; a section has none. */
  readonly over?: string;
  /** A part of the path of the request without which it can't be shown. */
  readonly asks?: string;
  /** Keys that try again when it failed; R by default. */
  readonly retry?: string;
  /** What says that this request takes long. */
  readonly waits?: string;
  /** What it says instead on a screen that has no room for it. */
  readonly instead?: RegExp;
  /** The keys of its help under "Here", in their order; undefined where `?` is a letter. */
  readonly here?: string;
  /** It asks before something is done: Enter at once changes nothing. */
  readonly question?: true;
  /** What leads to it is a change: its action in the journal. */
  readonly writes?: string;
  /** The test that goes through it, where the way there is its subject. */
  readonly elsewhere?: string;
}

type Row = Omit<TuiPage, 'who' | 'drawn'> & { readonly drawn?: string | readonly string[] };

const pages = (who: Visitor, rows: readonly Row[]): readonly TuiPage[] =>
  rows.map(({ drawn = 'action-form/ActionForm', ...row }) => ({
    ...row,
    who,
    drawn: typeof drawn === 'string' ? [drawn] : drawn,
  }));

const nothing = 'Leave everything as it is';
const ask = {
  drawn: ['action-flow/Ask', 'dialog/Dialog', 'waiting/Waiting'],
  shows: nothing,
  waits: 'One moment…',
  here: 'Enter',
  question: true,
} as const;
const text = { drawn: 'verbatim/Verbatim', waits: 'One moment…', here: 'c/y s o Enter' } as const;

/** What can be done with a shown text: saved, or scanned. */
const ofText = (over: string): readonly Row[] => [
  { name: `${over}: saved`, drawn: 'verbatim/SavePage', over, keys: 's', shows: '▌ File' },
  {
    name: `${over}: scanned`,
    drawn: 'verbatim/QrPage',
    over,
    keys: 'o',
    shows: /[▀▄█]|for a QR code/u,
    instead: /too small for a QR code|Part 1/u,
    here: 'f Enter',
  },
];

const nobody = pages('nobody', [
  {
    name: 'sign-in',
    drawn: ['sign-in/SignInScreen', 'frame/Frame'],
    keys: '',
    shows: 'E-mail',
  },
  { name: 'a code', over: 'sign-in', keys: 'up up up enter', shows: '▌ Code' },
  { name: 'forgot', over: 'sign-in', keys: 'up up enter', shows: 'Ask for a code' },
  {
    name: 'this machine',
    drawn: ['this-machine/MachineScreen', 'page/Page'],
    over: 'sign-in',
    keys: 'up enter',
    shows: 'Enter a key',
    here: 'Enter',
  },
  {
    name: 'its request',
    ...text,
    over: 'this machine',
    keys: 'home enter',
    shows: 'The request of',
  },
  ...ofText('its request'),
  { name: 'enter a key', over: 'this machine', keys: 'home down enter', shows: '▌ Key' },
  { name: 'verify', over: 'this machine', keys: 'home down down enter', shows: '▌ Key' },
  { name: 'give back', over: 'this machine', keys: 'end up enter', shows: '▌ Key' },
  {
    name: 'giving back, asked',
    drawn: 'this-machine/GiveBackQuestion',
    over: 'give back',
    keys: 'enter',
    shows: 'Keep the key',
    elsewhere: 'this-machine.test.ts',
  },
  { name: 'read a code', over: 'this machine', keys: 'end enter', shows: '▌ Code' },
  {
    name: 'a server that nobody vouches for',
    drawn: 'trust/TrustQuestion',
    over: 'sign-in',
    keys: '',
    shows: 'Is this your server?',
    elsewhere: 'trust.test.ts',
  },
]);

const ana = pages('ana', [
  {
    name: 'License',
    drawn: ['license/LicenseScreen', 'portal/PortalScreen'],
    keys: '1',
    shows: '3 of 3 used',
    here: 'r e u w Enter p P',
  },
  {
    name: 'who holds the seats',
    drawn: ['why-refused/WhyRefused', 'why-refused/Holders'],
    over: 'License',
    keys: 'w',
    shows: 'web-1',
    asks: '/refusals',
    here: 'x r',
  },
  { name: 'release there', ...ask, over: 'who holds the seats', keys: 'x', asks: '/activations' },
  {
    name: 'usage',
    drawn: 'usage/UsageScreen',
    over: 'License',
    keys: 'u',
    shows: 'full │',
    asks: '/usage',
    here: 's Enter',
  },
  { name: 'its figures', ...text, over: 'usage', keys: 's', shows: 'day,used', asks: '/usage' },
  ...ofText('its figures'),
  { name: 'my info', over: 'License', keys: 'e', shows: '▌ Name' },
  {
    name: 'discard',
    drawn: 'form/Form',
    over: 'my info',
    typed: 'x',
    keys: 'esc',
    shows: 'Keep editing',
    here: 'Enter',
    question: true,
  },
  {
    name: 'quit and lose it',
    drawn: 'app/WayOut',
    over: 'my info',
    keys: 'ctrl+c',
    shows: 'Keep editing',
    here: 'Enter',
    question: true,
  },
  { name: 'reset', ...ask, over: 'License', keys: 'r', asks: '/reset' },
  { name: 'help', drawn: 'help/Help', over: 'License', keys: '?', shows: 'Keys' },
  { name: 'palette', drawn: 'palette/Palette', over: 'License', keys: ':', shows: 'Go to License' },
  {
    name: 'Activations',
    drawn: ['activations/ActivationsScreen', 'activations/Machines'],
    keys: '2',
    shows: 'web-1',
    asks: '/activations',
    here: 'Enter x r w p P',
  },
  {
    name: 'a machine',
    drawn: 'activations/Machine',
    over: 'Activations',
    keys: 'enter',
    shows: 'c copy',
    here: 'c/y Enter',
  },
  { name: 'release', ...ask, over: 'Activations', keys: 'x', asks: '/activations' },
  {
    name: 'Users',
    drawn: ['users/UsersScreen', 'users/People'],
    keys: '3',
    shows: 'leo@acme.example',
    asks: '/users',
    here: 'a x n p P',
  },
  { name: 'add a user', over: 'Users', keys: 'a', shows: 'Add a user' },
  { name: 'remove a user', ...ask, over: 'Users', keys: 'x', asks: '/users' },
  {
    name: 'a card',
    drawn: ['done-view/CardPage', 'done-view/DoneView', 'card/Card'],
    over: 'Users',
    keys: 'n',
    shows: 'For Leo',
    asks: '/users',
    waits: 'One moment…',
    here: 'c/y Enter',
    writes: 'user.code',
  },
  {
    name: 'Offline keys',
    drawn: ['offline-keys/OfflineKeysScreen', 'offline-keys/Keys'],
    keys: '4',
    shows: 'plant-1',
    asks: '/offline-keys',
    here: 'Enter a t w b l p P',
  },
  { name: 'make a key', over: 'Offline keys', keys: 'a', shows: '▌ Request code' },
  {
    name: 'a key again',
    ...text,
    over: 'Offline keys',
    keys: 'enter',
    shows: 'key for plant-1',
    asks: '/offline-keys',
  },
  ...ofText('a key again'),
  {
    name: 'a sheet',
    ...text,
    over: 'Offline keys',
    keys: 't',
    shows: 'sheet for',
    asks: '/offline-keys',
  },
  { name: 'renew a key', over: 'Offline keys', keys: 'w', shows: 'Renew an offline' },
  { name: 'return a proof', over: 'Offline keys', keys: 'b', shows: 'Return a proof' },
  { name: 'a lost machine', over: 'Offline keys', keys: 'l', shows: 'Report a lost' },
  {
    name: 'Downloads',
    drawn: 'downloads/DownloadsScreen',
    keys: '5',
    shows: /▌ acme-/u,
    asks: '/releases',
    here: 'Enter d o p P',
  },
  {
    name: 'a release',
    drawn: 'downloads/ReleasePage',
    over: 'Downloads',
    keys: 'enter',
    shows: /^(?![^]*d download)[^]*Kind {2}/u,
    here: 'Enter',
  },
  { name: 'download', over: 'Downloads', keys: 'd', shows: '▌ To' },
  {
    name: 'elsewhere',
    ...text,
    over: 'Downloads',
    keys: 'o',
    shows: 'can be fetched',
    asks: '/link',
    writes: 'release.link',
  },
  {
    name: 'Account',
    drawn: 'account/AccountScreen',
    keys: '6',
    shows: 'this one',
    asks: '/sessions',
    here: 'x e w o p P',
  },
  { name: 'change the password', over: 'Account', keys: 'w', shows: '▌ Current' },
  {
    name: 'Trials',
    drawn: 'trials/TrialsScreen',
    keys: '7',
    shows: 'not tried',
    asks: '/trials',
    here: 'a d p P',
  },
]);

const eva = pages('eva', [
  {
    name: 'License',
    drawn: 'license/LicenseScreen',
    keys: '1',
    shows: '0 of 5 used',
    here: 'r e u w Enter',
  },
  {
    name: 'whom to ask',
    drawn: 'whom-to-ask/WhomToAsk',
    over: 'License',
    keys: 'enter',
    shows: /From then on|Machines run until/u,
    here: 'c/y Enter',
  },
  {
    name: 'nobody holds a seat',
    drawn: 'why-refused/WhyRefused',
    over: 'License',
    keys: 'w',
    shows: 'The next machine',
    asks: '/refusals',
    here: 'x r',
  },
  {
    name: 'Activations',
    drawn: 'activations/ActivationsScreen',
    keys: '2',
    shows: 'No machine holds a seat.',
    asks: '/activations',
    here: 'x r w',
  },
  {
    name: 'Users',
    drawn: 'users/UsersScreen',
    keys: '3',
    shows: 'Nobody but the owner',
    asks: '/users',
    here: 'a',
  },
  {
    name: 'Offline keys',
    drawn: 'offline-keys/OfflineKeysScreen',
    keys: '4',
    shows: 'No machine has an offline key.',
    asks: '/offline-keys',
    here: 'a',
  },
  {
    name: 'Downloads',
    drawn: 'downloads/DownloadsScreen',
    keys: '5',
    shows: /There is nothing to\s+download/u,
    asks: '/releases',
    here: '',
  },
  {
    name: 'Account',
    drawn: 'account/AccountScreen',
    keys: '6',
    shows: 'this one',
    here: 'x e w o',
  },
  { name: 'Trials', drawn: 'trials/TrialsScreen', keys: '7', shows: 'not tried', here: 'a d' },
]);

const operator = pages('operator', [
  {
    name: 'Licenses',
    drawn: ['operator-licenses/OperatorLicensesScreen', 'list-screen/ListScreen'],
    keys: '2 1',
    shows: /Prod .*3\/3/u,
    asks: '/licenses?',
    here: 'Enter a i e w t s x m n u',
  },
  { name: 'make a license', over: 'Licenses', keys: 'a', shows: '▌ Owner' },
  { name: 'import', over: 'Licenses', keys: 'i', shows: 'Import licenses' },
  { name: 'edit a license', over: 'Licenses', keys: 'e', shows: 'Edit a license' },
  { name: 'renew a license', over: 'Licenses', keys: 'w', shows: 'Renew a license' },
  { name: 'seats', over: 'Licenses', keys: 't', shows: '▌ Activations' },
  { name: 'suspend', over: 'Licenses', keys: 's', shows: '▌ Reason' },
  {
    name: 'suspend, asked',
    ...ask,
    over: 'suspend',
    typed: 'unpaid',
    keys: 'enter',
    asks: '/licenses/',
    retry: 'enter enter',
  },
  { name: 'revoke', over: 'Licenses', keys: 'x', shows: '▌ Reason' },
  { name: 'move', over: 'Licenses', keys: 'm', shows: 'Move a license' },
  { name: 'a new license key', ...ask, over: 'Licenses', keys: 'n', asks: '/licenses/' },
  {
    name: 'usage',
    drawn: 'usage/UsageScreen',
    over: 'Licenses',
    keys: 'u',
    shows: 'full │',
    asks: '/usage',
    here: 's Enter',
  },
  {
    name: 'search',
    drawn: 'search/SearchScreen',
    over: 'Licenses',
    keys: 'S w e b - 1',
    shows: /machine +web-1/u,
    asks: '/search',
    waits: 'Searching…',
    retry: 'enter',
  },
  {
    name: 'a license of somebody',
    drawn: 'license/LicenseScreen',
    over: 'Licenses',
    keys: 'enter',
    shows: /1 License /u,
    here: 'r e w t s x m n u Enter',
  },
  {
    name: 'Accounts',
    drawn: 'operator-accounts/OperatorAccountsScreen',
    keys: '2',
    shows: /@.* active/u,
    asks: '/accounts',
    here: 'a n s',
  },
  { name: 'make an account', over: 'Accounts', keys: 'a', shows: 'Create an account' },
  { name: 'disable an account', ...ask, over: 'Accounts', keys: 's', asks: '/accounts' },
  {
    name: 'Products',
    drawn: 'products/ProductsScreen',
    keys: '3',
    shows: 'acme-server',
    asks: '/products',
    here: 'a Enter e i',
  },
  { name: 'make a product', over: 'Products', keys: 'a', shows: 'Create a product' },
  { name: 'edit a product', over: 'Products', keys: 'e', shows: 'Edit a product' },
  { name: 'a snippet', ...text, over: 'Products', keys: 'i', shows: 'Put this into', asks: '/' },
  {
    name: 'Requests',
    drawn: 'password-requests/PasswordRequestsScreen',
    keys: '4',
    shows: 'leo@acme',
    asks: '/password-resets',
    here: 'n',
  },
  {
    name: 'a code for it',
    drawn: 'done-view/CardPage',
    over: 'Requests',
    keys: 'n',
    shows: 'For Leo',
    waits: 'One moment…',
    here: 'c/y Enter',
    writes: 'password.code',
  },
  {
    name: 'Journal',
    drawn: 'journal/JournalScreen',
    keys: '5',
    shows: 'session.start',
    asks: '/journal',
    here: 'Enter',
  },
  {
    name: 'an entry',
    drawn: 'journal/Entry',
    over: 'Journal',
    keys: 'enter',
    shows: /^(?![^]*\/ filter)[^]*Entry /u,
    here: 'Enter',
  },
  {
    name: 'Releases',
    drawn: 'downloads/DownloadsScreen',
    keys: '6',
    shows: /▌ acme-/u,
    asks: '/releases',
    here: 'Enter d o a x',
  },
  { name: 'publish', over: 'Releases', keys: 'a', shows: 'Publish a release' },
  { name: 'withdraw', ...ask, over: 'Releases', keys: 'x', asks: '/releases' },
  {
    name: 'Account',
    drawn: 'account/AccountScreen',
    keys: '7',
    shows: 'this one',
    asks: '/sessions',
    here: 'x e w o',
  },
]);

/** What only a mishap leads to; each is met by the test that is named. */
const mishaps = pages('ana', [
  {
    name: 'failed',
    drawn: 'failed/Failed',
    keys: '',
    shows: 'Back to the form',
    elsewhere: 'states.test.ts',
  },
  {
    name: 'progress',
    drawn: 'progress/Progress',
    keys: '',
    shows: 's left',
    elsewhere: 'downloads.test.ts',
  },
  {
    name: 'facts',
    drawn: 'done-view/FactsPage',
    keys: '',
    shows: 'under the number',
    elsewhere: 'operator.test.ts',
  },
  {
    name: 'before the portal is loaded',
    drawn: 'app/App',
    keys: '',
    shows: 'Loading…',
    elsewhere: 'states.test.ts',
  },
]);

export const tuiPages: readonly TuiPage[] = [...nobody, ...ana, ...eva, ...operator, ...mishaps];
