/** Releases as an operator publishes them: announced, received, signed; and withdrawn. */
import type { Release, ReleaseAnnounced, ReleaseCreate } from '../../../shared/api/releases.ts';
import { makeId } from '../../../shared/ids.ts';
import type { Refusal } from '../../../shared/problems.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';
import type { ReleaseDoc } from '../../domain/documents.ts';
import {
  orderReleases,
  ownProduct,
  sameRelease,
  type ListedRelease,
} from '../../domain/releases.ts';
import { notFound } from '../access.ts';
import { actorOf, type AccountCaller } from '../caller.ts';
import { stillProven } from '../accounts/credentials.ts';
import type { NotReceived } from '../../files/release-files.ts';
import type { Deps, LicetReader } from '../deps.ts';
import { idempotent, type IdempotencyKey } from '../idempotency.ts';
import { signInFirst } from '../accounts/sign-in.ts';
import { iso } from '../../../shared/time.ts';

/** Which bytes of a file are sent, where not all of it is. */
export interface SentPart {
  readonly from: number;
  readonly last: number;
  /** Of the whole. */
  readonly size: number;
}

/** A release as the API shows it. */
export const viewRelease = async (
  reader: LicetReader,
  { release, latest }: ListedRelease,
): Promise<Release> => {
  const product = await reader.products.get(release.productId);
  return {
    id: release.id,
    product: release.productId,
    productName: product?.name ?? release.productId,
    version: release.version,
    platform: release.platform,
    kind: release.kind,
    fileName: release.fileName,
    size: release.size,
    sha256: release.sha256,
    notes: release.notes,
    latest,
    status: release.jws === null ? 'awaiting-file' : 'published',
    publishedAt: iso(release.createdAt),
    statement: release.jws,
  };
};

/** The view of one release, among the others of its product. */
const viewOne = async (reader: LicetReader, release: ReleaseDoc): Promise<Release> => {
  const all = await reader.releases.by('product', release.productId);
  const found = orderReleases(all).find((listed) => listed.release.id === release.id);
  return viewRelease(reader, found ?? { release, latest: false });
};

/** The release with its signed statement: its file is here. */
export const signed = (deps: Deps, release: ReleaseDoc): ReleaseDoc => ({
  ...release,
  jws: deps.signer.sign('release', {
    sub: release.id,
    aud: release.productId,
    iat: Math.floor(deps.now() / 1000),
    licet: {
      version: release.version,
      platform: release.platform,
      kind: release.kind,
      file: release.fileName,
      size: release.size,
      sha256: release.sha256,
    },
  }),
});

const publishedAlready = (release: ReleaseDoc): Refusal => ({
  code: 'conflict',
  detail: `${release.fileName} of ${release.productId} ${release.version} for ${release.platform} is published already, with other content. A version never changes: publish a new one, or withdraw this one first.`,
  extra: { release: release.id },
});

const noProduct = (id: string): Refusal => {
  const message = `There is no product “${id}”. Create it first with “licet product create”.`;
  return {
    code: 'invalid-request',
    detail: message,
    extra: { errors: [{ field: 'product', message }] },
  };
};

const describe = (release: ReleaseDoc) => ({
  product: release.productId,
  version: release.version,
  platform: release.platform,
  file: release.fileName,
  sha256: release.sha256,
});

/**
 * Announces a release: its file is sent next. One whose file is here already, by its checksum, is
 * published at once; the same release again is the same. Errors: `invalid-request`, `conflict`.
 */
export const announceRelease = async (
  deps: Deps,
  caller: AccountCaller,
  input: ReleaseCreate,
  key: IdempotencyKey,
): Promise<Result<ReleaseAnnounced, Refusal>> => {
  const received = await deps.releaseFiles.received(input);
  const made = await deps.releaseFiles.alone(input.sha256, async () =>
    announce(deps, caller, input, key, await deps.releaseFiles.has(input)),
  );
  return made.ok ? ok({ ...made.value, received }) : made;
};

/** Removes a file that no release has any more. Call it once the last of them is gone for good. */
export const removeUnused = (deps: Deps, sha256: string): Promise<void> =>
  deps.releaseFiles.alone(sha256, async () => {
    const users = await deps.store.read((reader) => reader.releases.count('file', sha256));
    if (users === 0) await deps.releaseFiles.remove(sha256);
  });

const announce = (
  deps: Deps,
  caller: AccountCaller,
  input: ReleaseCreate,
  key: IdempotencyKey,
  here: boolean,
): Promise<Result<Release, Refusal>> =>
  deps.store.transact(actorOf(caller), (tx) =>
    idempotent(deps, tx, { ...key, caller: caller.account.id }, async () => {
      const { product, ...rest } = input;
      if (product !== ownProduct && !(await tx.products.get(product))) {
        return fail(noProduct(product));
      }
      const all = await tx.releases.by('product', product);
      const same = sameRelease(all, { ...rest, productId: product });
      if (same?.sha256 === input.sha256) {
        const details = describe(same);
        tx.record({ action: 'release.announce', target: same.id, outcome: 'ok', details });
        return ok(await viewOne(tx, same));
      }
      if (same && same.jws !== null) return fail(publishedAlready(same));
      const announced: ReleaseDoc = {
        ...rest,
        id: same?.id ?? makeId('release', deps.now(), deps.random),
        productId: product,
        jws: null,
        createdAt: deps.now(),
        createdBy: caller.account.id,
      };
      const release = here ? signed(deps, announced) : announced;
      tx.releases.put(release);
      const action = here ? 'release.publish' : 'release.announce';
      tx.record({ action, target: release.id, outcome: 'ok', details: describe(release) });
      return ok(await viewOne(tx, release));
    }),
  );

const notAsAnnounced: Refusal = {
  code: 'invalid-request',
  detail:
    'The file that arrived is not the one that was announced: its length or checksum differs. Nothing was published. Publish it again.',
};
const cutOff: Refusal = {
  code: 'invalid-request',
  detail:
    'The file did not arrive whole. Nothing was published. Send it again: what has arrived is kept.',
};

const notUpToTheEnd: Refusal = {
  code: 'invalid-request',
  detail: 'A part of a file goes from a byte up to its end: “Content-Range: bytes FROM-LAST/SIZE”.',
};
const refuseReceived = async (
  deps: Deps,
  release: ReleaseDoc,
  error: NotReceived,
): Promise<Refusal> => {
  const known = await deps.store.read((reader) => reader.releases.get(release.id));
  if (!known) return notFound('release');
  if (error === 'mismatch') return notAsAnnounced;
  const received = await deps.releaseFiles.received(release);
  if (error === 'cut-off') return { ...cutOff, extra: { received } };
  const detail = `Of this file ${received} bytes are here: go on from there.`;
  return { code: 'conflict', detail, extra: { received } };
};

/**
 * Takes the file of an announced release, or the rest of it from a byte on, and publishes it. Errors:
 * `not-found`, `invalid-request`, `conflict` where bytes before are missing.
 */
export const receiveRelease = async (
  deps: Deps,
  caller: AccountCaller,
  id: string,
  source: ReadableStream<Uint8Array> | null,
  part: SentPart | null,
): Promise<Result<Release, Refusal>> => {
  const release = await deps.store.read((reader) => reader.releases.get(id));
  if (!release) {
    await source?.cancel();
    return fail(notFound('release'));
  }
  if (
    part &&
    (part.size !== release.size || part.last !== release.size - 1 || part.from > part.last)
  ) {
    await source?.cancel();
    return fail(notUpToTheEnd);
  }
  const body = source ?? new Blob([]).stream();
  const received = await deps.releaseFiles.receive(body, release, part?.from);
  const published = received.ok
    ? await publishReceived(deps, caller, release)
    : fail(await refuseReceived(deps, release, received.error));
  // Withdrawn while it arrived: what came of it is nobody's.
  if (!published.ok) await removeUnused(deps, release.sha256);
  return published;
};

const publishReceived = (
  deps: Deps,
  caller: AccountCaller,
  { id, sha256 }: ReleaseDoc,
): Promise<Result<Release, Refusal>> =>
  deps.store.transact(actorOf(caller), async (tx) => {
    // A large file takes long: whoever sends it may be no operator any more.
    if (!(await stillProven(tx, caller.account))) return fail(signInFirst);
    const current = await tx.releases.get(id);
    if (!current || current.sha256 !== sha256) return fail(notFound('release'));
    if (current.jws !== null) return ok(await viewOne(tx, current));
    const published = signed(deps, { ...current, createdAt: deps.now() });
    tx.releases.put(published);
    const details = describe(published);
    tx.record({ action: 'release.publish', target: id, outcome: 'ok', details });
    return ok(await viewOne(tx, published));
  });

/** Withdraws a release: nobody can download it any more. Error: `not-found`. */
export const withdrawRelease = async (
  deps: Deps,
  caller: AccountCaller,
  id: string,
): Promise<Result<null, Refusal>> => {
  const withdrawn = await deps.store.transact(actorOf(caller), async (tx) => {
    const release = await tx.releases.get(id);
    if (!release) return fail(notFound('release'));
    tx.releases.delete(release.id);
    const details = describe(release);
    tx.record({ action: 'release.withdraw', target: id, outcome: 'ok', details });
    return ok(release.sha256);
  });
  if (!withdrawn.ok) return withdrawn;
  await removeUnused(deps, withdrawn.value);
  return ok(null);
};
