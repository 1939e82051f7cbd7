/** What a statement permits on this machine, in words a product can use. */
import type { AdministratorClaim, LicenseClaim } from '../statements/claims.ts';
import { exactTime } from '../time.ts';
import { expiryNotice, inDays, type ExpiryNotice } from '../expiry.ts';

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
  /** What is worth showing, and refuses nothing: the sentences of `notices`. */
  readonly warnings: readonly string[];
  readonly notices: readonly Notice[];
}

/** A warning for programs too. More codes may come: one that you don't know is to be shown as it is. */
export interface Notice {
  readonly code: ExpiryNotice['code'] | 'revocations-outdated';
  /** Days until the license ends, or in grace until this permit does; null where nothing ends. */
  readonly daysLeft: number | null;
  /** For people. */
  readonly message: string;
}

/** What is said about the end of a license and of the list of revoked keys. Times in milliseconds. */
export const noticesAt = (
  now: number,
  ends: {
    readonly license: string | null;
    readonly until: number;
    readonly revocations?: number | undefined;
  },
): Pick<Permit, 'warnings' | 'notices'> => {
  const notices: Notice[] = [];
  const expires = ends.license === null ? Infinity : Date.parse(ends.license);
  const expiry = expiryNotice(expires, ends.until, now);
  if (expiry !== null) {
    const message =
      expiry.code === 'in-grace'
        ? `The license has expired; it may be used until ${exactTime(ends.until)}. Renew it.`
        : `The license expires ${inDays(expiry.daysLeft)}. Renew it.`;
    notices.push({ ...expiry, message });
  }
  if (ends.revocations !== undefined && now > ends.revocations) {
    const message = 'The list of revoked keys is past its date. Bring a newer trust file.';
    notices.push({ code: 'revocations-outdated', daysLeft: null, message });
  }
  return { warnings: notices.map(({ message }) => message), notices };
};
