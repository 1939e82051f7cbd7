/** The sample data of `licet demo`: a small vendor, its customers, their licenses and machines. */

export const day = 86_400_000;
const hour = 3_600_000;

/** Passwords of a demo on the loopback, shown at its sign-in. */
export const people = {
  owner: { email: 'ana@demo.example', password: 'owner of the demo' },
  user: { email: 'leo@demo.example', password: 'user of the demo' },
  operator: { email: 'operator@demo.example', password: 'operator of the demo' },
} as const;

/** What the sign-in explains. */
export const signInText = [
  'A demo with sample data, which ends with this program. Sign in as one of:',
  ...Object.entries(people).map(
    ([role, { email, password }]) =>
      `${role[0]?.toUpperCase()}${role.slice(1)}`.padEnd(10) +
      `${email.padEnd(24)}password: ${password}`,
  ),
].join('\n');

export const products = [
  {
    id: 'meridian-server',
    name: 'Meridian Server',
    template: { type: 'subscription', maxActivations: 3, days: 365, graceDays: 14 },
  },
  {
    id: 'meridian-gateway',
    name: 'Meridian Gateway',
    template: { type: 'perpetual', maxActivations: 10, checkInMinutes: 15, offlineDays: 365 },
  },
  {
    id: 'meridian-studio',
    name: 'Meridian Studio',
    template: { type: 'subscription', maxActivations: 5, days: 365, graceDays: 14, floating: true },
  },
  {
    id: 'meridian-insight',
    name: 'Meridian Insight',
    template: { type: 'subscription', maxActivations: 2, days: 365, graceDays: 14 },
    trial: {
      days: 14,
      maxActivations: 1,
      entitlements: { dashboards: 3, 'user-management': false, uploads: false },
    },
  },
] as const;

/** A file to download; its bytes are made when it is published. */
export interface SampleRelease {
  readonly product: string;
  readonly version: string;
  readonly platform: string;
  readonly kind: 'product' | 'sample' | 'document';
  readonly fileName: string;
  readonly kilobytes: number;
  readonly notes: string;
  readonly since: number;
}

const release = (
  since: number,
  kind: SampleRelease['kind'],
  fileName: string,
  version: string,
  platform: string,
  kilobytes: number,
  notes: string,
): SampleRelease => ({
  product: 'meridian-server',
  version,
  platform,
  kind,
  fileName,
  kilobytes,
  notes,
  since,
});

/** In the order in which they were published. */
export const releases: readonly SampleRelease[] = [
  release(120 * day, 'product', 'meridian-server-4.1.0.tar.gz', '4.1.0', 'linux-x64', 380, ''),
  release(
    26 * day,
    'product',
    'meridian-server-4.2.1.tar.gz',
    '4.2.1',
    'linux-x64',
    410,
    'Clusters of more than eight nodes; faster restarts.',
  ),
  release(
    26 * day,
    'product',
    'meridian-server-4.2.1.msi',
    '4.2.1',
    'windows-x64',
    520,
    'Clusters of more than eight nodes; faster restarts.',
  ),
  release(
    25 * day,
    'sample',
    'cluster-of-three.zip',
    '4.2.1',
    'any',
    24,
    'Three nodes on one host.',
  ),
  release(25 * day, 'document', 'getting-started.pdf', '4.2.1', 'any', 64, ''),
];

export const owners = [
  {
    email: people.owner.email,
    name: 'Ana Ruiz',
    company: 'Alder & Finch',
    phone: '+34 600 100 200',
  },
  { email: 'kofi@demo.example', name: 'Kofi Mensah', company: 'Harbor Analytics', phone: null },
  { email: 'mei@demo.example', name: 'Mei Lindqvist', company: 'Nordlicht Labor', phone: null },
] as const;

/** A license; `endsIn` in days from today. */
export interface SampleLicense {
  readonly owner: string;
  readonly name: string;
  readonly product: string;
  readonly type: 'perpetual' | 'subscription' | 'trial';
  readonly seats: number | null;
  readonly endsIn: number | null;
  readonly entitlements: Readonly<Record<string, boolean | number | string>>;
}

const [ana, kofi, mei] = owners.map(({ email }) => email) as [string, string, string];

export const licenses: readonly SampleLicense[] = [
  {
    owner: ana,
    name: 'Prod',
    product: 'meridian-server',
    type: 'subscription',
    seats: 3,
    endsIn: 212,
    entitlements: { clustering: true, users: 250, support: 'gold' },
  },
  {
    owner: ana,
    name: 'Dev',
    product: 'meridian-server',
    type: 'subscription',
    seats: 1,
    endsIn: 24,
    entitlements: { users: 10 },
  },
  {
    owner: ana,
    name: 'Plant',
    product: 'meridian-gateway',
    type: 'perpetual',
    seats: 10,
    endsIn: null,
    entitlements: { modbus: true, opcua: true },
  },
  {
    owner: ana,
    name: 'Studio trial',
    product: 'meridian-studio',
    type: 'trial',
    seats: 2,
    endsIn: 5,
    entitlements: { export: false },
  },
  {
    owner: kofi,
    name: 'Warehouse',
    product: 'meridian-server',
    type: 'subscription',
    seats: 25,
    endsIn: 96,
    entitlements: { users: 1000, support: 'silver' },
  },
  {
    owner: mei,
    name: 'Lab',
    product: 'meridian-studio',
    type: 'subscription',
    seats: 5,
    endsIn: -4,
    entitlements: { export: true },
  },
];

/** A machine: when it was activated and last seen, in milliseconds before now. */
export interface SampleMachine {
  readonly license: string;
  readonly owner: string;
  readonly hostname: string;
  readonly version: string;
  readonly since: number;
  /** 0: it runs, and checks in while the demo runs. */
  readonly lastSeen: number;
}

const machine = (
  license: string,
  owner: string,
  hostname: string,
  version: string,
  since: number,
  lastSeen: number,
): SampleMachine => ({ license, owner, hostname, version, since, lastSeen });

/** In the order in which they were activated. */
export const machines: readonly SampleMachine[] = [
  machine('Prod', ana, 'mer-prod-1', '4.2.1', 148 * day, 0),
  machine('Prod', ana, 'mer-prod-2', '4.2.1', 147 * day, 0),
  machine('Warehouse', kofi, 'wh-db-1', '4.1.0', 90 * day, 0),
  machine('Warehouse', kofi, 'wh-db-2', '4.1.0', 90 * day, 0),
  machine('Warehouse', kofi, 'wh-etl-old', '3.9.4', 88 * day, 41 * day),
  machine('Plant', ana, 'gw-line-1', '2.7.0', 80 * day, 0),
  machine('Plant', ana, 'gw-line-2', '2.7.0', 80 * day, 0),
  machine('Plant', ana, 'gw-line-3', '2.6.3', 79 * day, 3 * hour),
  machine('Lab', mei, 'studio-mei', '7.0.2', 30 * day, 0),
  machine('Prod', ana, 'mer-old-build', '4.0.8', 21 * day, 9 * day),
  machine('Dev', ana, 'laptop-leo', '4.3.0-beta.2', 2 * day, 0),
  machine('Studio trial', ana, 'studio-ana', '7.1.0', 2 * day, 0),
];

/** A machine that found no seat on Prod: it asks again and again, and starts when one is free. */
export const waiting: SampleMachine = machine('Prod', ana, 'mer-prod-3', '4.2.1', day / 24, 0);

/** A machine behind an air gap, with an offline key of Ana's. */
export const offlineMachine = { license: 'Plant', hostname: 'gw-vault', since: 60 * day };
