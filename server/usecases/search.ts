/** Search over everything that an operator looks after: a hostname finds its license and owner. */
import type { SearchHit, SearchResult } from '../../shared/api/search.ts';
import type { ActivationDoc } from '../domain/documents.ts';
import { holdsSeat } from '../domain/seats.ts';
import type { CollectionReader, Document } from '../store/store.ts';
import type { Deps, LicetReader } from './deps.ts';
import { lookThrough } from './pages.ts';
import { seatOf } from './seats/seats.ts';

/** Of each kind so many are shown. */
const perKind = 20;
/** Documents that are looked at before others get their turn. */
const slice = 5000;

const nextTurn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

const fits = (wanted: string, texts: readonly (string | null)[]): boolean =>
  texts.some((text) => text !== null && text.toLowerCase().includes(wanted));

/** The first documents of a collection that fit, and whether there are more; read in slices. */
const scan = async <D extends Document>(
  deps: Deps,
  collection: (reader: LicetReader) => CollectionReader<D, string>,
  matches: (document: D) => boolean,
): Promise<readonly D[]> => {
  const found: D[] = [];
  const pages = lookThrough(
    deps.store,
    (reader, page) => collection(reader).list(page),
    (documents) => documents.filter(matches),
    slice,
  );
  for await (const fitting of pages) {
    found.push(...fitting);
    if (found.length > perKind) break;
    await nextTurn();
  }
  return found.slice(0, perKind + 1);
};

type Hit = Omit<SearchHit, 'license' | 'owner' | 'seat'> & {
  readonly licenseId?: string;
  readonly ownerId?: string;
  readonly machine?: ActivationDoc;
};

const complete = async (
  deps: Deps,
  reader: LicetReader,
  { licenseId, ownerId, machine, ...hit }: Hit,
): Promise<SearchHit> => {
  const license = licenseId === undefined ? undefined : await reader.licenses.get(licenseId);
  const owner = await reader.accounts.get(license?.ownerId ?? ownerId ?? '');
  const seat =
    license && machine ? holdsSeat(license, seatOf(deps, license, machine), deps.now()) : null;
  return {
    ...hit,
    detail: seat === false ? `${hit.detail}, holds no seat` : hit.detail,
    seat,
    license: license ? { id: license.id, name: license.name } : null,
    owner: owner ? { id: owner.id, email: owner.email, name: owner.name } : null,
  };
};

/** Finds accounts, licenses, machines, offline keys, products and releases by any part of what names them. */
export const search = async (deps: Deps, q: string): Promise<SearchResult> => {
  const wanted = q.toLowerCase();
  const accounts = await scan(
    deps,
    (reader) => reader.accounts,
    ({ id, email, name, company, phone }) => fits(wanted, [id, email, name, company, phone]),
  );
  const owners = new Set(accounts.map(({ id }) => id));
  const licenses = await scan(
    deps,
    (reader) => reader.licenses,
    // Who looks for a person wants their licenses too.
    ({ id, name, ownerId }) => owners.has(ownerId) || fits(wanted, [id, name]),
  );
  const machines = await scan(
    deps,
    (reader) => reader.activations,
    ({ id, hostname, fingerprint, activatedBy }) =>
      fits(wanted, [id, hostname, fingerprint, activatedBy]),
  );
  const keys = await scan(
    deps,
    (reader) => reader.offlineKeys,
    ({ id, hostname, fingerprint }) => fits(wanted, [id, hostname, fingerprint]),
  );
  const products = await scan(
    deps,
    (reader) => reader.products,
    ({ id, name }) => fits(wanted, [id, name]),
  );
  const releases = await scan(
    deps,
    (reader) => reader.releases,
    ({ id, fileName, productId, version }) =>
      fits(wanted, [id, fileName, `${productId} ${version}`]),
  );
  const kinds: readonly (readonly Hit[])[] = [
    machines.map((machine) => ({
      kind: 'machine',
      id: machine.id,
      title: machine.hostname,
      detail: `${machine.platform}, ${machine.version}`,
      licenseId: machine.licenseId,
      machine,
    })),
    keys.map(({ id, hostname, status, licenseId }) => ({
      kind: 'offline-key',
      id,
      title: hostname,
      detail: `offline key, ${status}`,
      licenseId,
    })),
    licenses.map(({ id, name, productId, type }) => ({
      kind: 'license',
      id,
      title: name,
      detail: `${productId}, ${type}`,
      licenseId: id,
    })),
    accounts.map(({ id, email, name, company, role }) => ({
      kind: 'account',
      id,
      title: email,
      detail: [name, company, role].filter(Boolean).join(', '),
      ownerId: id,
    })),
    products.map(({ id, name }) => ({ kind: 'product', id, title: name, detail: id })),
    releases.map(({ id, fileName, productId, version, platform }) => ({
      kind: 'release',
      id,
      title: fileName,
      detail: `${productId} ${version}, ${platform}`,
    })),
  ];
  const shown = kinds.flatMap((hits) => hits.slice(0, perKind));
  return {
    items: await deps.store.read(async (reader) =>
      Promise.all(shown.map((hit) => complete(deps, reader, hit))),
    ),
    more: kinds.some((hits) => hits.length > perKind),
  };
};
