/** Finds the machines of one name that hold a seat, on all licenses that the caller may reach. */
import type { FoundMachines, MachineQuery } from '../../../shared/api/activations.ts';
import type { ActivationDoc, LicenseDoc, OfflineKeyDoc } from '../../domain/documents.ts';
import { may, roleMay } from '../../domain/permissions.ts';
import { holdsSeat, keyHoldsSeat } from '../../domain/seats.ts';
import type { Document, PageQuery } from '../../store/store.ts';
import { relationTo } from '../access.ts';
import type { AccountCaller } from '../caller.ts';
import type { Deps, LicetReader } from '../deps.ts';
import { viewActivation, viewOfflineSeat } from '../views.ts';
import { licensesOf } from './choose-license.ts';
import { seatOf } from './seats.ts';

/** So many are shown: enough to tell them apart. */
const shown = 20;
/** Documents that are looked at before others get their turn. */
const slice = 5000;
/** Digits of a fingerprint that tell a machine from others. */
const fewestDigits = 8;

const nextTurn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

interface Named extends Document {
  readonly hostname: string;
  readonly fingerprint: string;
}

/** Whether the name is the machine's id, hostname or the beginning of its fingerprint. */
const isCalled = ({ id, hostname, fingerprint }: Named, name: string): boolean =>
  id === name ||
  hostname.toLowerCase() === name.toLowerCase() ||
  (name.length >= fewestDigits && fingerprint.startsWith(name.toLowerCase()));

const scan = async <D extends Named>(
  deps: Deps,
  name: string,
  list: (reader: LicetReader, page: PageQuery) => Promise<readonly D[]>,
): Promise<D[]> => {
  const found: D[] = [];
  for (let after: string | undefined; ;) {
    const page = await deps.store.read((reader) => list(reader, { after, limit: slice }));
    found.push(...page.filter((one) => isCalled(one, name)));
    after = page.at(-1)?.id;
    if (page.length < slice) return found;
    await nextTurn();
  }
};

interface Candidates {
  readonly machines: readonly ActivationDoc[];
  readonly keys: readonly OfflineKeyDoc[];
}

/** All that is called so, with a seat or without: an operator's search goes over everything at once. */
const candidates = async (deps: Deps, caller: AccountCaller, name: string): Promise<Candidates> => {
  if (roleMay(caller.account.role, 'license.list-all')) {
    return {
      machines: await scan(deps, name, (reader, page) => reader.activations.list(page)),
      keys: await scan(deps, name, (reader, page) => reader.offlineKeys.list(page)),
    };
  }
  const licenses = await deps.store.read((reader) => licensesOf(reader, caller.account.id));
  const machines: ActivationDoc[] = [];
  const keys: OfflineKeyDoc[] = [];
  for (const { id } of licenses) {
    machines.push(
      ...(await scan(deps, name, (reader, page) => reader.activations.by('license', id, page))),
    );
    keys.push(
      ...(await scan(deps, name, (reader, page) => reader.offlineKeys.by('holding', id, page))),
    );
  }
  return { machines, keys };
};

const isMeant = ({ id, name }: LicenseDoc, wanted: string | undefined): boolean =>
  wanted === undefined || id === wanted || name.toLowerCase() === wanted.toLowerCase();

/** Machines by id, hostname or the beginning of a fingerprint, with the license whose seat each holds. */
export const findMachines = async (
  deps: Deps,
  caller: AccountCaller,
  { name, license: wanted }: MachineQuery,
): Promise<FoundMachines> => {
  const { machines, keys } = await candidates(deps, caller, name);
  return deps.store.read(async (reader) => {
    const now = deps.now();
    const licenseOf = async (id: string): Promise<LicenseDoc | undefined> => {
      const license = await reader.licenses.get(id);
      if (!license || !isMeant(license, wanted)) return undefined;
      const relation = await relationTo(reader, caller, license);
      return relation && may(relation, 'activation.list') ? license : undefined;
    };
    const items: FoundMachines['items'] = [];
    for (const { id } of machines) {
      const machine = await reader.activations.get(id);
      const license = machine && (await licenseOf(machine.licenseId));
      const seat = machine && license && seatOf(deps, license, machine);
      if (license && seat && holdsSeat(license, seat, now))
        items.push({ ...viewActivation(license, seat, now), licenseName: license.name });
    }
    for (const { id } of keys) {
      const key = await reader.offlineKeys.get(id);
      const license = key && (await licenseOf(key.licenseId));
      if (key && license && keyHoldsSeat(key, now))
        items.push({ ...viewOfflineSeat(key), licenseName: license.name });
    }
    return { items: items.slice(0, shown), more: items.length > shown };
  });
};
