/** Releases: their order, which is the latest, and whose license lets one download them. */
import semver from 'semver';
import type { ReleaseKind } from '../../shared/api/releases.ts';
import type { Refusal } from '../../shared/problems.ts';
import { fail, ok, type Result } from '../../shared/result.ts';
import type { LicenseDoc, ReleaseDoc } from './documents.ts';
import { refuseInvalid } from './license-status.ts';
import { contactSentence, supportMember, type SupportSettings } from './support.ts';

/** The product under which a server offers its own program: everybody who signs in may have it. */
export const ownProduct = 'licet';

const kinds: readonly ReleaseKind[] = ['product', 'sample', 'document'];
const group = ({ productId, kind, platform }: ReleaseDoc): string =>
  `${productId}/${kind}/${platform}`;

/** Newest first by semantic version; of the same, the one published last. */
const byVersion = (a: ReleaseDoc, b: ReleaseDoc): number =>
  semver.compareBuild(b.version, a.version) || b.createdAt - a.createdAt;

/** The newest version of each product, kind and platform: a pre-release only where there is nothing else. */
const latestVersions = (releases: readonly ReleaseDoc[]): ReadonlyMap<string, string> => {
  const latest = new Map<string, string>();
  for (const release of releases) {
    const key = group(release);
    const known = latest.get(key);
    if (known === undefined || isNewer(release.version, known)) latest.set(key, release.version);
  }
  return latest;
};

const isNewer = (version: string, known: string): boolean => {
  const early = semver.prerelease(version) !== null;
  if (early !== (semver.prerelease(known) !== null)) return !early;
  return semver.compareBuild(version, known) > 0;
};

export interface ListedRelease {
  readonly release: ReleaseDoc;
  readonly latest: boolean;
}

/** By product; in each the latest of every platform first, then the others, newest first. */
export const orderReleases = (releases: readonly ReleaseDoc[]): readonly ListedRelease[] => {
  const latest = latestVersions(releases.filter(({ jws }) => jws !== null));
  return releases
    .map((release) => ({ release, latest: latest.get(group(release)) === release.version }))
    .sort(
      (a, b) =>
        a.release.productId.localeCompare(b.release.productId) ||
        Number(b.latest) - Number(a.latest) ||
        kinds.indexOf(a.release.kind) - kinds.indexOf(b.release.kind) ||
        byVersion(a.release, b.release) ||
        a.release.platform.localeCompare(b.release.platform),
    );
};

/** The release that has the same name in every respect, if there is one. */
export const sameRelease = (
  releases: readonly ReleaseDoc[],
  named: Pick<ReleaseDoc, 'productId' | 'version' | 'platform' | 'kind' | 'fileName'>,
): ReleaseDoc | undefined =>
  releases.find(
    (one) =>
      group(one) === group({ ...one, ...named }) &&
      one.version === named.version &&
      one.fileName === named.fileName,
  );

/**
 * Whether one of these licenses lets its people download the product's files: one that is active or
 * in grace. Errors: `license-expired|suspended|revoked` of the one that would, `not-found`.
 */
export const mayDownload = (
  productId: string,
  licenses: readonly LicenseDoc[],
  now: number,
  support: SupportSettings,
): Result<null, Refusal> => {
  if (productId === ownProduct) return ok(null);
  const fitting = licenses.filter((license) => license.productId === productId);
  const refusals = fitting.map((license) => refuseInvalid(license, now, support));
  const [refusal] = refusals;
  if (refusal === undefined) {
    return fail({
      code: 'not-found',
      detail: `There is no such download, or none of your licenses is for it. ${contactSentence(support)}`,
      extra: supportMember(support),
    });
  }
  return refusal === null || refusals.includes(null) ? ok(null) : fail(refusal);
};
