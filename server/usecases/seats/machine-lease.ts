/** The lease that a machine gets, and what goes with it. */
import { hour } from '../../../shared/time.ts';
import type { LicenseDoc, ActivationDoc } from '../../domain/documents.ts';
import { graceEnd } from '../../domain/license-status.ts';
import type { Deps } from '../deps.ts';
import { seatOf, type SeatDeps } from './seats.ts';
import { isoOrNull } from '../views.ts';

/** When a lease given now ends: never after the license with its grace. Milliseconds. */
const leaseEnd = (license: LicenseDoc, now: number): number => {
  const end = now + license.policy.leaseHours * hour;
  return Math.min(end, graceEnd(license) ?? end);
};

/** When the last lease of a machine ends that gets another one now. Milliseconds. */
export const leaseUntil = (
  deps: SeatDeps,
  license: LicenseDoc,
  before: ActivationDoc | undefined,
): number =>
  Math.max(leaseEnd(license, deps.now()), before ? seatOf(deps, license, before).leaseUntil : 0);

/** The license as every statement names it. */
export const licenseClaim = (license: LicenseDoc) => ({
  name: license.name,
  type: license.type,
  maxActivations: license.maxActivations,
  expiresAt: isoOrNull(license.expiresAt),
  entitlements: license.entitlements,
});

const leaseClaims = (deps: Deps, license: LicenseDoc, activation: ActivationDoc) => {
  const now = deps.now();
  return {
    sub: license.id,
    aud: license.productId,
    iat: Math.floor(now / 1000),
    exp: Math.floor(leaseEnd(license, now) / 1000),
    licet: {
      activation: activation.id,
      license: licenseClaim(license),
      machine: { fingerprint: activation.fingerprint, hostname: activation.hostname },
      checkInSeconds: license.policy.checkInMinutes * 60,
      seq: deps.store.seq(),
      era: deps.store.era(),
    },
  };
};

/** A signed lease, for a machine that holds a seat. */
export const signLease = (deps: Deps, license: LicenseDoc, activation: ActivationDoc): string =>
  deps.signer.sign('lease', leaseClaims(deps, license, activation));

/** The same on another thread; not within a transaction. */
export const signLeaseAside = (
  deps: Deps,
  license: LicenseDoc,
  activation: ActivationDoc,
): Promise<string> => deps.signer.signAside('lease', leaseClaims(deps, license, activation));
