/** Totals of licenses and seats, for monitoring. */
import type { LicenseStatus } from '../../../shared/api/licenses.ts';
import type { LicenseDoc } from '../../domain/documents.ts';
import { licenseStatus } from '../../domain/license-status.ts';
import type { Counter } from '../../domain/seats.ts';
import type { Deps } from '../deps.ts';
import { countSeats } from '../seats/seats.ts';

const pageSize = 500;

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
  let after: string | undefined;
  do {
    const page = await deps.store.read(async (reader) => {
      const licenses = await reader.licenses.list({ after, limit: pageSize });
      const counted = licenses.map(async (license) => ({
        license,
        counter: await countSeats(deps, reader, license),
      }));
      return Promise.all(counted);
    });
    for (const { license, counter } of page) add(license, counter);
    after = page.length < pageSize ? undefined : page.at(-1)?.license.id;
  } while (after !== undefined);
  return [...all.values()];
};
