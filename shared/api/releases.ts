/** Files to download: products, samples and documents, by version and platform. */
import { z } from 'zod';
import { platformName } from '../platform.ts';
import { pageOf, Timestamp } from './common.ts';
import { ProductId } from './licenses.ts';

/** Semantic Versioning 2.0.0: numbers, then an optional pre-release and build. */
export const Version = z
  .string()
  .trim()
  .max(80)
  .regex(
    /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-(0|[1-9]\d*|\d*[a-z-][\da-z-]*)(\.(0|[1-9]\d*|\d*[a-z-][\da-z-]*))*)?(\+[\da-z-]+(\.[\da-z-]+)*)?$/iu,
    'must be a version such as 1.4.0 or 2.0.0-rc.1 (semver.org)',
  )
  .meta({ id: 'Version', example: '1.4.0' });

/** `linux-x64`, `windows-x64`, `macos-arm64`; `any` for what fits all. Node's names are understood too. */
export const Platform = z
  .string()
  .trim()
  .toLowerCase()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,39}$/u,
    'must be a platform such as linux-x64, windows-x64, macos-arm64 or any',
  )
  .transform(platformName)
  .meta({ id: 'Platform', example: 'linux-x64' });

export const ReleaseKind = z.enum(['product', 'sample', 'document']).meta({ id: 'ReleaseKind' });
export type ReleaseKind = z.infer<typeof ReleaseKind>;

/** A name that any file system takes as one file. */
export const FileName = z
  .string()
  .min(1, 'must not be empty')
  .max(200)
  .regex(
    /^(?!\.)[^\p{Cc}/\\:*?"<>|]+(?<![. ])$/u,
    'must be the name of a file, without folders and special characters',
  );

const Sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/iu, 'must be 64 hex digits')
  .toLowerCase();

/** The largest file that is taken: 64 GiB. */
export const largestRelease = 64 * 2 ** 30;

export const ReleaseCreate = z
  .object({
    product: ProductId,
    version: Version,
    platform: Platform.default('any'),
    kind: ReleaseKind.default('product'),
    fileName: FileName,
    /** Bytes. */
    size: z.number().int().min(0).max(largestRelease),
    /** Of the whole file: it is published only if what arrives has this checksum. */
    sha256: Sha256,
    notes: z
      .string()
      .max(4000)
      .transform((text) => text.replaceAll(/(?!\n)\p{Cc}/gu, ''))
      .default(''),
  })
  .meta({ id: 'ReleaseCreate' });
export type ReleaseCreate = z.infer<typeof ReleaseCreate>;

export const Release = z
  .object({
    id: z.string(),
    product: z.string(),
    productName: z.string(),
    version: z.string(),
    platform: z.string(),
    kind: ReleaseKind,
    fileName: z.string(),
    size: z.number().int(),
    sha256: z.string(),
    notes: z.string(),
    /** The newest of its kind for its platform. */
    latest: z.boolean(),
    /** `awaiting-file`: announced, its file has not arrived yet; only operators see it. */
    status: z.enum(['awaiting-file', 'published']),
    publishedAt: Timestamp,
    /** A signed statement (JWS, `licet-release+jwt`) of what the file is; null until it has arrived. */
    statement: z.string().nullable(),
  })
  .meta({ id: 'Release' });
export type Release = z.infer<typeof Release>;
/** Announced; the file is sent next, from `received` on. */
export const ReleaseAnnounced = Release.extend({
  /** Bytes of the file that are here from a try that broke off. */
  received: z.number().int().nonnegative(),
}).meta({ id: 'ReleaseAnnounced' });
export type ReleaseAnnounced = z.infer<typeof ReleaseAnnounced>;
export const ReleasePage = pageOf(Release, 'ReleasePage');
export type ReleasePage = z.infer<typeof ReleasePage>;

/** An address that needs no sign-in for a while, to fetch a file on another machine. */
export const DownloadLink = z
  .object({ url: z.string(), expiresAt: Timestamp })
  .meta({ id: 'DownloadLink' });
export type DownloadLink = z.infer<typeof DownloadLink>;

/** What a release may be filtered by. */
export const ReleaseFilter = z.object({
  product: z.string().max(64).optional(),
  platform: Platform.optional(),
  kind: ReleaseKind.optional(),
});
export type ReleaseFilter = z.infer<typeof ReleaseFilter>;
