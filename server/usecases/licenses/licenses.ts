/** Reading licenses and the machines that they are activated on. */
import type { Activation, ActivationQuery } from '../../../shared/api/activations.ts';
import type { Page, PageQuery } from '../../../shared/api/common.ts';
import type { License } from '../../../shared/api/licenses.ts';
import { ok } from '../../../shared/result.ts';
import type { LicenseDoc } from '../../domain/documents.ts';
import { seatKey } from '../../domain/index-keys.ts';
import { holdsSeat } from '../../domain/seats.ts';
import { roleMay } from '../../domain/permissions.ts';
import { readLicense, relationTo } from '../access.ts';
import type { AccountCaller } from '../caller.ts';
import { licensesOf } from '../seats/choose-license.ts';
import type { Deps, LicetReader } from '../deps.ts';
import { mapPage, pageFrom, storeQuery } from '../pages.ts';
import { heldKeys, seatOf } from '../seats/seats.ts';
import { viewActivation, viewLicense, viewOfflineSeat } from '../views.ts';

/** The caller's own and used licenses; for an operator all of them. */
export const listLicenses = (
  deps: Deps,
  caller: AccountCaller,
  query: PageQuery,
): Promise<Page<License>> =>
  deps.store.read(async (reader) => {
    const found = roleMay(caller.account.role, 'license.list-all')
      ? await reader.licenses.list(storeQuery(query))
      : (await licensesOf(reader, caller.account.id))
          .filter((license) => query.cursor === undefined || license.id > query.cursor)
          .slice(0, query.limit + 1);
    return mapPage(pageFrom(found, query), async (license) => {
      const relation = (await relationTo(reader, caller, license)) ?? 'user';
      return viewLicense(deps, reader, license, relation);
    });
  });

/** One license, with its counter. Error: `not-found`. */
export const getLicense = (deps: Deps, caller: AccountCaller, id: string) =>
  readLicense(deps, caller, id, 'license.read', async (reader, { license, relation }) =>
    ok(await viewLicense(deps, reader, license, relation)),
  );

const chunk = 1000;

const matches = (activation: Activation, filter: string | undefined): boolean => {
  if (!filter) return true;
  const wanted = filter.toLowerCase();
  const { hostname, fingerprint, activatedBy, version } = activation;
  return [hostname, fingerprint, activatedBy, version].some((text) =>
    text.toLowerCase().includes(wanted),
  );
};

/** Reads on until the page is full: a filter may pass over many machines. */
const onlinePage = async (
  deps: Deps,
  reader: LicetReader,
  license: LicenseDoc,
  query: ActivationQuery,
): Promise<Activation[]> => {
  const held = query.seat === 'held';
  const found: Activation[] = [];
  for (let after = query.cursor; found.length <= query.limit;) {
    const page = { after, limit: query.filter ? chunk : query.limit + 1 };
    const batch = held
      ? await reader.activations.by('seat', seatKey(license.id, license.generation), page)
      : await reader.activations.by('license', license.id, page);
    for (const activation of batch) {
      const seat = seatOf(deps, license, activation);
      const shown = viewActivation(license, seat, deps.now());
      const fits = holdsSeat(license, seat, deps.now()) === held && matches(shown, query.filter);
      if (fits && activation.tokenHash !== null) found.push(shown);
    }
    after = batch.at(-1)?.id;
    if (batch.length < page.limit) break;
  }
  return found;
};

/** The machines that hold a seat, or those without one; offline keys come after the online machines. */
export const listActivations = (
  deps: Deps,
  caller: AccountCaller,
  licenseId: string,
  query: ActivationQuery,
) =>
  readLicense(deps, caller, licenseId, 'activation.list', async (reader, { license }) => {
    // Ids of activations (act_) sort before those of offline keys (key_).
    const found = await onlinePage(deps, reader, license, query);
    if (query.seat === 'held' && found.length <= query.limit) {
      const keys = await heldKeys(deps, reader, license);
      const offline = keys
        .filter((key) => query.cursor === undefined || key.id > query.cursor)
        .map(viewOfflineSeat);
      found.push(...offline.filter((seat) => matches(seat, query.filter)));
    }
    return ok(pageFrom(found, query));
  });
