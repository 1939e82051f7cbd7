/** What a statement permits on this machine, in words a product can use. */
import type { AdministratorClaim, LicenseClaim } from '../claims.ts';

export interface Permit {
  readonly source: 'lease' | 'offline-key';
  readonly licenseId: string;
  readonly product: string;
  /** Name, type, seats, expiry and entitlements. */
  readonly license: LicenseClaim;
  readonly fingerprint: string;
  readonly hostname: string;
  /** Until when the machine may run on this: RFC 3339 UTC. */
  readonly until: string;
  /** The activation's or offline key's id. */
  readonly id: string;
  /** For the product's first account; null in a lease, since activating has told it. */
  readonly administrator: AdministratorClaim | null;
  /** What is worth showing, and refuses nothing. */
  readonly warnings: readonly string[];
}

const day = 86_400_000;

export const isoTime = (milliseconds: number): string => new Date(milliseconds).toISOString();

/** Warnings about the end of a license and of the list of revoked keys. Times in milliseconds. */
export const warningsAt = (
  now: number,
  ends: {
    readonly license: string | null;
    readonly until: number;
    readonly revocations?: number | undefined;
  },
): string[] => {
  const warnings: string[] = [];
  const expires = ends.license === null ? Infinity : Date.parse(ends.license);
  if (now >= expires) {
    warnings.push(
      `The license has expired; it may be used until ${isoTime(ends.until)}. Renew it.`,
    );
  } else if (now > expires - 30 * day) {
    const left = Math.ceil((expires - now) / day);
    const when = left <= 1 ? 'within a day' : `in ${left} days`;
    warnings.push(`The license expires ${when}. Renew it.`);
  }
  if (ends.revocations !== undefined && now > ends.revocations) {
    warnings.push('The list of revoked keys is past its date. Bring a newer trust file.');
  }
  return warnings;
};
