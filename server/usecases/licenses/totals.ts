/** Totals of licenses and seats, for monitoring. */
import type { LicenseStatus } from '../../../shared/api/licenses.ts';
import type { LicenseDoc } from '../../domain/documents.ts';
import { licenseStatus } from '../../domain/license-status.ts';
import type { Counter } from '../../domain/seats.ts';
import type { Deps } from '../deps.ts';
import { lookThrough } from '../pages.ts';
import { countSeats } from '../seats/seats.ts';

export interface ProductTotals {
  readonly product: string;
  readonly licenses: Map<LicenseStatus, number>;
  /** Seats held. */
  online: number;
  offline: number;
  /** Seats that may be held, without the unlimited ones. */
  limit: number;
}

const emptyTotals = (product: string): ProductTotals => ({
  product,
  licenses: new Map(),
  online: 0,
  offline: 0,
  limit: 0,
});

/** Adds up all licenses by product, page by page so that nobody waits. */
export const addUp = async (deps: Deps): Promise<readonly ProductTotals[]> => {
  const all = new Map<string, ProductTotals>();
  const add = (license: LicenseDoc, { online, offline }: Counter): void => {
    const totals = all.get(license.productId) ?? emptyTotals(license.productId);
    all.set(license.productId, totals);
    const status = licenseStatus(license, deps.now());
    totals.licenses.set(status, (totals.licenses.get(status) ?? 0) + 1);
    totals.online += online;
    totals.offline += offline;
    totals.limit += license.maxActivations ?? 0;
  };
  const pages = lookThrough(
    deps.store,
    ({ licenses }, page) => licenses.list(page),
    (licenses, reader) =>
      Promise.all(
        licenses.map(
          async (license) => [license, await countSeats(deps, reader, license)] as const,
        ),
      ),
  );
  for await (const counted of pages)
    for (const [license, counter] of counted) add(license, counter);
  return [...all.values()];
};
