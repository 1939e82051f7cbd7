/** The collections of the store and the indexes by which they are read. */
import type {
  AccountDoc,
  ActivationDoc,
  CodeDoc,
  DownloadLinkDoc,
  IdempotencyDoc,
  LicenseDoc,
  MembershipDoc,
  OfflineKeyDoc,
  PasswordRequestDoc,
  ProductDoc,
  RetiredDoc,
  ReleaseDoc,
  SessionDoc,
  TrialLinkDoc,
  UsageDoc,
} from './domain/documents.ts';
import { machineKey, seatKey, trialKey } from './domain/index-keys.ts';
import { collection } from './store/store.ts';

export const collections = {
  accounts: collection<AccountDoc>()({
    email: (account) => account.email,
    role: (account) => account.role,
  }),
  sessions: collection<SessionDoc>()({
    token: (session) => session.tokenHash,
    account: (session) => session.accountId,
  }),
  codes: collection<CodeDoc>()({
    hash: (code) => code.hash,
    account: (code) => code.accountId,
  }),
  passwordRequests: collection<PasswordRequestDoc>()({
    email: (request) => request.email,
  }),
  products: collection<ProductDoc>()({}),
  licenses: collection<LicenseDoc>()({
    owner: (license) => license.ownerId,
    product: (license) => license.productId,
    key: (license) => license.keyHash,
    trial: ({ trial, productId }) => trial && trialKey(trial.accountId, productId),
  }),
  activations: collection<ActivationDoc>()({
    license: (activation) => activation.licenseId,
    seat: ({ licenseId, seat }) => seatKey(licenseId, seat),
    machine: ({ licenseId, fingerprint }) => machineKey(licenseId, fingerprint),
    token: (activation) => activation.tokenHash ?? undefined,
    /** Machines that gave their seat up for good, under one key. */
    deactivated: ({ tokenHash }) => (tokenHash === null ? 'yes' : undefined),
  }),
  memberships: collection<MembershipDoc>()({
    license: (membership) => membership.licenseId,
    account: (membership) => membership.accountId,
  }),
  offlineKeys: collection<OfflineKeyDoc>()({
    license: (key) => key.licenseId,
    /** Keys that may hold a seat until they end: replaced ones too, since they can still be run. */
    holding: ({ status, licenseId, ended }) =>
      ended || status === 'returned' || status === 'written-off' ? undefined : licenseId,
    machine: ({ licenseId, fingerprint }) => machineKey(licenseId, fingerprint),
    /** Keys that were given back: of the license, and of one machine. */
    returned: (key) => (key.status === 'returned' ? key.licenseId : undefined),
    returnedBy: ({ status, licenseId, fingerprint }) =>
      status === 'returned' ? machineKey(licenseId, fingerprint) : undefined,
  }),
  /** Earlier versions kept the receipts that they signed. Nothing reads them: their owners have them. */
  receipts: collection<RetiredDoc>()({}),
  releases: collection<ReleaseDoc>()({
    product: (release) => release.productId,
    file: (release) => release.sha256,
  }),
  downloadLinks: collection<DownloadLinkDoc>()({ token: (link) => link.tokenHash }),
  trialLinks: collection<TrialLinkDoc>()({ token: (link) => link.tokenHash }),
  usage: collection<UsageDoc>()({ license: (usage) => usage.licenseId }),
  idempotency: collection<IdempotencyDoc>()({}),
};

export type LicetSchema = typeof collections;

/** What lets somebody in while it is there, and nobody needs afterwards. */
export const credentials = [
  'codes',
  'downloadLinks',
  'idempotency',
  'sessions',
  'trialLinks',
] as const satisfies readonly (keyof LicetSchema)[];
