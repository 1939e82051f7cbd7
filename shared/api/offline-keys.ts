/** Offline keys: for machines that never come online. */
import { z } from 'zod';
import { line, pageOf, Timestamp } from './common.ts';

const days = z.number().int().min(1).max(3650);

export const OfflineKeyRequest = z
  .object({
    /** The request code of the machine, in any of its forms. */
    request: z.string().min(1).max(20_000),
    days: days.optional(),
  })
  .meta({ id: 'OfflineKeyRequest' });
export type OfflineKeyRequest = z.infer<typeof OfflineKeyRequest>;

/** `lost`: reported, and still holding its seat until an operator writes it off or it ends. */
export const OfflineKeyStatus = z
  .enum(['active', 'lost', 'superseded', 'returned', 'written-off', 'expired'])
  .meta({ id: 'OfflineKeyStatus' });
export type OfflineKeyStatus = z.infer<typeof OfflineKeyStatus>;

export const OfflineKey = z
  .object({
    id: z.string(),
    licenseId: z.string(),
    hostname: z.string(),
    fingerprint: z.string(),
    issuedAt: Timestamp,
    issuedBy: z.string(),
    /** The key's own end, the license's grace included. */
    expiresAt: Timestamp,
    status: OfflineKeyStatus,
    reason: z.string().nullable(),
    /** Keys that this machine has ever given back on this license. */
    giveBacks: z.number().int(),
  })
  .meta({ id: 'OfflineKey' });
export type OfflineKey = z.infer<typeof OfflineKey>;
export const OfflineKeyPage = pageOf(OfflineKey, 'OfflineKeyPage');
export type OfflineKeyPage = z.infer<typeof OfflineKeyPage>;

/** With the key itself: the armored file, and the form that can be typed. */
export const OfflineKeyWithKey = OfflineKey.extend({
  key: z.string(),
  /**
   * To type: lines of groups, each with its check. It can say every key that is made before 2058; null
   * would be one that it can't, and `warnings` says so.
   */
  shortKey: z.string().nullable(),
  /** Something to look at: the machine's clock is off, the license ends first. */
  warnings: z.array(z.string()),
}).meta({ id: 'OfflineKeyWithKey' });
export type OfflineKeyWithKey = z.infer<typeof OfflineKeyWithKey>;

export const OfflineKeyRenewal = z
  .object({ days: days.optional() })
  .meta({ id: 'OfflineKeyRenewal' });
export type OfflineKeyRenewal = z.infer<typeof OfflineKeyRenewal>;
export const OfflineKeyDeactivation = z
  .object({ proof: z.string().min(1).max(20_000) })
  .meta({ id: 'OfflineKeyDeactivation' });
export const OfflineKeyLoss = z.object({ reason: line(300) }).meta({ id: 'OfflineKeyLoss' });
