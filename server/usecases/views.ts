/** Documents as the API shows them. */
import type { Account } from '../../shared/api/accounts.ts';
import type { Activation, ProductLicense } from '../../shared/api/activations.ts';
import type { License, Product, Relation, TouchedMachine } from '../../shared/api/licenses.ts';
import type { OfflineKey } from '../../shared/api/offline-keys.ts';
import { iso } from '../../shared/time.ts';
import type { AccountDoc, LicenseDoc, OfflineKeyDoc, ProductDoc } from '../domain/documents.ts';
import { versionOf } from '../domain/edits.ts';
import { machineKey } from '../domain/index-keys.ts';
import { expiryWarning, graceEnd, licenseStatus } from '../domain/license-status.ts';
import { keyStatus } from '../domain/offline-keys.ts';
import { holdsSeat, type Seat } from '../domain/seats.ts';
import type { Deps, LicetReader } from './deps.ts';
import { countSeats } from './seats/seats.ts';

export const isoOrNull = (at: number | null): string | null => (at === null ? null : iso(at));

export const viewAccount = (account: AccountDoc): Account => ({
  id: account.id,
  email: account.email,
  name: account.name,
  company: account.company,
  phone: account.phone,
  role: account.role,
  status: account.disabled ? 'disabled' : account.password ? 'active' : 'invited',
  twoFactor: account.totp?.confirmed ?? false,
  createdAt: iso(account.createdAt),
  version: versionOf(account),
});

export const viewProduct = (product: ProductDoc): Product => ({
  id: product.id,
  name: product.name,
  template: product.template,
  trial: product.trial ?? null,
  createdAt: iso(product.createdAt),
  version: versionOf(product),
});

const lastRefused = (deps: Deps, licenseId: string): License['refused'] => {
  const last = deps.refusals.recent(licenseId)[0];
  return last ? { hostname: last.hostname, at: iso(last.at), code: last.code } : null;
};

/** Loads what a license's view needs beside itself. */
export const viewLicense = async (
  deps: Deps,
  reader: LicetReader,
  license: LicenseDoc,
  relation: Relation,
): Promise<License> => {
  const owner = await reader.accounts.get(license.ownerId);
  const product = await reader.products.get(license.productId);
  const counter = await countSeats(deps, reader, license);
  return {
    id: license.id,
    name: license.name,
    product: license.productId,
    productName: product?.name ?? license.productId,
    type: license.type,
    maxActivations: license.maxActivations,
    counter: counter.online + counter.offline,
    offline: counter.offline,
    giveBacks: await reader.offlineKeys.count('returned', license.id),
    status: licenseStatus(license, deps.now()),
    reason: license.reason,
    expiresAt: isoOrNull(license.expiresAt),
    graceDays: license.graceDays,
    graceEndsAt: isoOrNull(graceEnd(license)),
    ...expiryWarning(license, deps.now()),
    entitlements: license.entitlements,
    policy: license.policy,
    owner: { id: license.ownerId, email: owner?.email ?? '', name: owner?.name ?? '' },
    relation,
    refused: lastRefused(deps, license.id),
    createdAt: iso(license.createdAt),
    version: versionOf(license),
  };
};

/** A license as its product is told of it. */
export const viewProductLicense = (license: LicenseDoc, now: number): ProductLicense => ({
  id: license.id,
  name: license.name,
  product: license.productId,
  type: license.type,
  maxActivations: license.maxActivations,
  expiresAt: isoOrNull(license.expiresAt),
  graceEndsAt: isoOrNull(graceEnd(license)),
  entitlements: license.entitlements,
  ...expiryWarning(license, now),
});

/** A machine as people see it; `seatSince` is null where it holds no seat. */
export const viewActivation = (license: LicenseDoc, seat: Seat, now: number): Activation => {
  const { activation } = seat;
  return {
    id: activation.id,
    licenseId: activation.licenseId,
    fingerprint: activation.fingerprint,
    hostname: activation.hostname,
    platform: activation.platform,
    version: activation.version,
    activatedBy: activation.activatedBy,
    activatedAt: iso(activation.activatedAt),
    seatSince: holdsSeat(license, seat, now) ? iso(activation.seatSince) : null,
    lastSeenAt: iso(seat.lastSeen),
    leaseExpiresAt: iso(seat.leaseUntil),
    kind: 'online',
  };
};

/** A seat that an offline key holds, in the list of activations. */
export const viewOfflineSeat = (key: OfflineKeyDoc): Activation => ({
  id: key.id,
  licenseId: key.licenseId,
  fingerprint: key.fingerprint,
  hostname: key.hostname,
  platform: 'offline',
  version: 'unknown',
  activatedBy: key.issuedBy,
  activatedAt: iso(key.issuedAt),
  seatSince: iso(key.issuedAt),
  lastSeenAt: null,
  leaseExpiresAt: iso(key.expiresAt),
  kind: 'offline',
});

export const viewOfflineKey = async (
  deps: Pick<Deps, 'now'>,
  reader: LicetReader,
  key: OfflineKeyDoc,
): Promise<OfflineKey> => ({
  id: key.id,
  licenseId: key.licenseId,
  hostname: key.hostname,
  fingerprint: key.fingerprint,
  issuedAt: iso(key.issuedAt),
  issuedBy: key.issuedBy,
  expiresAt: iso(key.expiresAt),
  status: keyStatus(key, deps.now()),
  reason: key.reason,
  giveBacks: await reader.offlineKeys.count(
    'returnedBy',
    machineKey(key.licenseId, key.fingerprint),
  ),
});

export const viewTouched = (seat: Seat, now: number): TouchedMachine => ({
  id: seat.activation.id,
  fingerprint: seat.activation.fingerprint,
  hostname: seat.activation.hostname,
  lastSeenAt: iso(seat.lastSeen),
  running: seat.leaseUntil > now,
});
