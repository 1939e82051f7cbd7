/** Whether a license permits anything now, and how to say that it doesn't. */
import type { LicenseStatus } from '../../shared/api/licenses.ts';
import { expiryNotice, inDays, type ExpiryNotice } from '../../shared/expiry.ts';
import type { Refusal } from '../../shared/problems.ts';
import { day, isoDay } from '../../shared/time.ts';
import type { LicenseDoc } from './documents.ts';
import { contactSentence, supportMember, type SupportSettings } from './support.ts';

/** The last moment that RFC 3339 can write, its years having four digits. */
const lastMoment = Date.parse('9999-12-31T23:59:59.999Z');

/** When the license stops, grace included; null for never. Milliseconds. */
export const graceEnd = (license: LicenseDoc): number | null =>
  license.expiresAt === null
    ? null
    : Math.min(license.expiresAt + license.graceDays * day, lastMoment);

/** What a license is now: its status as set, and by the clock whether its time is over. `now` in milliseconds. */
export const licenseStatus = (license: LicenseDoc, now: number): LicenseStatus => {
  if (license.status !== 'active') return license.status;
  const end = graceEnd(license);
  if (license.expiresAt === null || end === null || now < license.expiresAt) return 'active';
  return now < end ? 'grace' : 'expired';
};

const because = (reason: string | null): string => (reason ? `: ${reason}` : '');

/** The refusal of a license that permits nothing now; null when it is active or in grace. */
export const refuseInvalid = (
  license: LicenseDoc,
  now: number,
  support: SupportSettings,
): Refusal | null => {
  const ask = contactSentence(support);
  const extra = supportMember(support);
  const status = licenseStatus(license, now);
  switch (status) {
    case 'active':
    case 'grace':
      return null;
    case 'suspended':
      return {
        code: 'license-suspended',
        detail: `The license “${license.name}” is suspended${because(license.reason)}. ${ask}`,
        extra: { ...extra, reason: license.reason },
      };
    case 'revoked':
      return {
        code: 'license-revoked',
        detail: `The license “${license.name}” is revoked${because(license.reason)}. ${ask}`,
        extra: { ...extra, reason: license.reason },
      };
    case 'expired': {
      const ended = isoDay(license.expiresAt ?? now);
      const text =
        license.type === 'trial'
          ? `The trial “${license.name}” ended on ${ended}. To go on, buy a license: what is activated stays activated.`
          : `The license “${license.name}” expired on ${ended}. Renew it to go on.`;
      return {
        code: 'license-expired',
        detail: `${text} ${ask}`,
        extra: { ...extra, expiresAt: new Date(license.expiresAt ?? now).toISOString() },
      };
    }
  }
};

interface ExpiryWarning {
  readonly warning: string | null;
  readonly notice: ExpiryNotice | null;
}

/**
 * What a product and its owner are told ahead, for people and for programs: 30, 7 and 1 days before the end,
 * and in grace.
 */
export const expiryWarning = (license: LicenseDoc, now: number): ExpiryWarning => {
  const { name, expiresAt } = license;
  const status = licenseStatus(license, now);
  const end = graceEnd(license);
  const runs = status === 'active' || status === 'grace';
  const notice =
    expiresAt === null || end === null || !runs ? null : expiryNotice(expiresAt, end, now);
  if (expiresAt === null || end === null || notice === null) return { warning: null, notice: null };
  const warning =
    notice.code === 'in-grace'
      ? `The license “${name}” expired on ${isoDay(expiresAt)} and stops on ${isoDay(end)}. Renew it.`
      : `The license “${name}” expires ${inDays(notice.daysLeft)}, on ${isoDay(expiresAt)}.`;
  return { warning, notice };
};
