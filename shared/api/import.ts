/** Many licenses at once, from another system or a list. */
import { z } from 'zod';
import { line } from './common.ts';
import { License, LicenseCreate } from './licenses.ts';

/** A row is what creating one license takes; `ownerName` is for an owner who has no account yet. */
export const ImportRow = LicenseCreate.extend({ ownerName: line(120).optional() }).meta({
  id: 'ImportRow',
});
export type ImportRow = z.infer<typeof ImportRow>;

/** A row by its members, each read by itself: what one of them has wrong hides nothing of the others. */
export const readMembers = (raw: unknown): Partial<ImportRow> => {
  const members = z.record(z.string(), z.unknown()).safeParse(raw).data ?? {};
  const read = Object.entries(ImportRow.shape).map(([name, schema]) => {
    const parsed = schema.safeParse(members[name]);
    return [name, parsed.success ? parsed.data : undefined];
  });
  return Object.fromEntries(read);
};

export const mostImportRows = 2000;

/** Rows are checked one by one, so that each bad one is named: see ImportRow for what they hold. */
export const LicenseImport = z
  .object({
    rows: z.array(z.unknown()).min(1, 'has no row').max(mostImportRows),
    /** Check only. */
    dryRun: z.boolean().default(false),
    /** Create accounts for owners who have none; their one-time codes are in the answer. */
    createOwners: z.boolean().default(false),
  })
  .meta({ id: 'LicenseImport' });
export type LicenseImport = z.infer<typeof LicenseImport>;

/** What is wrong with a row; rows count from 1. */
export const ImportFault = z
  .object({ row: z.number().int(), field: z.string(), message: z.string() })
  .meta({ id: 'ImportFault' });
export type ImportFault = z.infer<typeof ImportFault>;

/** The members of a refusal that names fields, of a row or of any request. */
export const RefusedFields = z.object({ errors: z.array(ImportFault.omit({ row: true })) });

/** With `dryRun`, or with a fault in any row, nothing was created. */
export const LicenseImported = z
  .object({
    rows: z.number().int(),
    faults: z.array(ImportFault),
    created: z.array(z.object({ row: z.number().int(), license: License, licenseKey: z.string() })),
    owners: z.array(z.object({ email: z.string(), name: z.string(), setPasswordCode: z.string() })),
  })
  .meta({ id: 'LicenseImported' });
export type LicenseImported = z.infer<typeof LicenseImported>;
