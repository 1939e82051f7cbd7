/** Downloads: the releases that one's licenses are for, their files, and links to fetch them elsewhere. */
import type { Page, PageQuery } from '../../../shared/api/common.ts';
import type { Release, ReleaseFilter } from '../../../shared/api/releases.ts';
import { makeId } from '../../../shared/ids.ts';
import type { Refusal } from '../../../shared/problems.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';
import type { AccountDoc, ReleaseDoc } from '../../domain/documents.ts';
import { mayDownload, orderReleases, ownProduct } from '../../domain/releases.ts';
import { roleMay } from '../../domain/permissions.ts';
import { actorOf, type AccountCaller, type AnonymousCaller, note } from '../caller.ts';
import { licensesOf } from '../seats/choose-license.ts';
import type { Deps, LicetReader } from '../deps.ts';
import { mapPage } from '../pages.ts';
import { viewRelease } from './releases.ts';
import { makeToken } from '../accounts/tokens.ts';

const minute = 60_000;
/** How long a link works: long enough to walk to the other machine, and to resume there. */
const linkLifetime = 60 * minute;
/** Characters of a link's token: 132 bits, and short enough for a QR code on a small screen. */
const linkToken = 22;

const noSuchFile: Refusal = {
  code: 'not-found',
  detail: 'There is no such download, or none of your licenses is for it.',
};

/** Whether the account may have the files of the product now. */
const allowed = async (
  deps: Deps,
  reader: LicetReader,
  account: AccountDoc,
  productId: string,
): Promise<Result<null, Refusal>> => {
  if (roleMay(account.role, 'release.download-all')) return ok(null);
  const licenses = await licensesOf(reader, account.id);
  return mayDownload(productId, licenses, deps.now(), deps.settings().support);
};

/** The published releases of the products that the account may download from; for an operator all. */
const visible = async (
  deps: Deps,
  reader: LicetReader,
  account: AccountDoc,
): Promise<readonly ReleaseDoc[]> => {
  if (roleMay(account.role, 'release.list-all')) return reader.releases.list();
  const licenses = await licensesOf(reader, account.id);
  const products = new Set([ownProduct, ...licenses.map(({ productId }) => productId)]);
  const found: ReleaseDoc[] = [];
  for (const product of products) {
    const may = mayDownload(product, licenses, deps.now(), deps.settings().support);
    if (may.ok) found.push(...(await reader.releases.by('product', product)));
  }
  return found.filter(({ jws }) => jws !== null);
};

const fits = (release: ReleaseDoc, filter: ReleaseFilter): boolean =>
  (filter.product === undefined || filter.product === release.productId) &&
  (filter.kind === undefined || filter.kind === release.kind) &&
  (filter.platform === undefined || [filter.platform, 'any'].includes(release.platform));

/** What the caller may download, the latest for each platform first. */
export const listReleases = (
  deps: Deps,
  caller: AccountCaller,
  query: PageQuery & ReleaseFilter,
): Promise<Page<Release>> =>
  deps.store.read(async (reader) => {
    // What is the latest doesn't depend on the filter.
    const all = orderReleases(await visible(deps, reader, caller.account));
    const listed = all.filter(({ release }) => fits(release, query));
    const start = listed.findIndex(({ release }) => release.id === query.cursor) + 1;
    const items = listed.slice(start, start + query.limit);
    const last = items.at(-1)?.release.id ?? null;
    const nextCursor = start + query.limit < listed.length ? last : null;
    return mapPage({ items, nextCursor }, (one) => viewRelease(reader, one));
  });

/** A file that may be sent. */
export interface Download {
  readonly releaseId: string;
  readonly fileName: string;
  readonly size: number;
  readonly sha256: string;
  /** Who gets it. */
  readonly accountId: string;
}

/** The published release, if the account may have its file now. */
const fetchable = async (
  deps: Deps,
  reader: LicetReader,
  account: AccountDoc | undefined,
  id: string,
): Promise<Result<ReleaseDoc, Refusal>> => {
  const release = await reader.releases.get(id);
  if (!release || release.jws === null || !account || account.disabled) return fail(noSuchFile);
  const may = await allowed(deps, reader, account, release.productId);
  return may.ok ? ok(release) : may;
};

const findFile = async (
  deps: Deps,
  account: AccountDoc | undefined,
  id: string,
): Promise<Result<Download, Refusal>> => {
  const found = await deps.store.read((reader) => fetchable(deps, reader, account, id));
  if (!found.ok || !account) return found.ok ? fail(noSuchFile) : found;
  const { fileName, size, sha256 } = found.value;
  if (await deps.releaseFiles.has(found.value)) {
    return ok({ releaseId: id, fileName, size, sha256, accountId: account.id });
  }
  return fail({
    code: 'unavailable',
    detail: `The file ${fileName} is missing on the server. Tell its operator to publish it again.`,
  });
};

/** The file of a release, for somebody signed in. Errors: `not-found`, `license-expired|suspended|revoked`. */
export const openDownload = (deps: Deps, caller: AccountCaller, id: string) =>
  findFile(deps, caller.account, id);

const deadLink: Refusal = {
  code: 'not-found',
  detail:
    'This link is not valid any more: links work for an hour. Ask for a new one where you are signed in.',
};

/** The file that a link is to. The account that it was made for must still be allowed to have it. */
export const openLink = async (deps: Deps, token: string): Promise<Result<Download, Refusal>> => {
  const hash = deps.digest(token);
  const found = await deps.store.read(async (reader) => {
    const link = await reader.downloadLinks.first('token', hash);
    return link && { link, account: await reader.accounts.get(link.accountId) };
  });
  if (!found || found.link.expiresAt <= deps.now()) return fail(deadLink);
  return findFile(deps, found.account, found.link.releaseId);
};

export interface Link {
  readonly token: string;
  readonly expiresAt: number;
}

/** Makes a link to a file, for a machine on which one is not signed in. Errors as `openDownload`. */
export const createLink = async (
  deps: Deps,
  caller: AccountCaller,
  id: string,
): Promise<Result<Link, Refusal>> => {
  const file = await findFile(deps, caller.account, id);
  if (!file.ok) return file;
  const token = makeToken(deps, 'ld', linkToken);
  const expiresAt = deps.now() + linkLifetime;
  return deps.store.transact(actorOf(caller), async (tx) => {
    // Looking for the file took its time: the release may have been withdrawn meanwhile.
    const account = await tx.accounts.get(caller.account.id);
    const still = await fetchable(deps, tx, account, id);
    if (!still.ok) return still;
    tx.downloadLinks.put({
      id: makeId('downloadLink', deps.now(), deps.random),
      tokenHash: deps.digest(token),
      releaseId: id,
      accountId: caller.account.id,
      expiresAt,
    });
    tx.record({
      action: 'release.link',
      target: id,
      outcome: 'ok',
      details: { file: file.value.fileName },
    });
    return ok({ token, expiresAt });
  });
};

/** Journals that a file is being sent, from its beginning; resumed downloads are the same one. */
export const noteDownload = async (
  deps: Deps,
  caller: Pick<AnonymousCaller, 'from'>,
  download: Download,
): Promise<void> => {
  if (deps.store.status().state === 'read-only') return;
  await note(
    deps.store,
    { id: download.accountId, from: caller.from },
    {
      action: 'release.download',
      target: download.releaseId,
      outcome: 'ok',
      details: { file: download.fileName },
    },
  );
};
