/** Downloads: what there is, fetching it here or elsewhere; and publishing, for operators. */
import { z } from 'zod';
import { Platform, Version, type Release } from '../../shared/api/releases.ts';
import { fail, ok } from '../../shared/result.ts';
import type { Client } from '../api/client.ts';
import type { Answer } from '../api/failure.ts';
import { describeFile, downloadFile, streamFile } from '../api/files.ts';
import { thisPlatform } from '../api/platform.ts';
import { checkRelease } from '../api/release-trust.ts';
import { sizeText } from '../state/transfer.ts';
import { action } from './action.ts';
import { time, type Block } from './done.ts';
import { block, choice, Named, optional, text, toggle } from './fields.ts';
import { allPages, contactOf } from './find.ts';

const platformField = text(Platform as z.ZodType<string, string>, {
  label: 'Platform',
  hint: 'Such as linux-x64, windows-x64, macos-arm64; this machine’s if empty.',
});
const versionField = text(Version as z.ZodType<string, string>, {
  label: 'Version',
  hint: 'Such as 1.4.0.',
  example: '1.4.0',
});
const kindField = choice(
  [
    { value: 'product', label: 'Product' },
    { value: 'sample', label: 'Sample' },
    { value: 'document', label: 'Document' },
  ],
  { label: 'Kind', initial: 'product' },
);
const releaseField = optional(
  text(Named, {
    label: 'Release',
    hint: 'Its id or file name, or a product: then its newest; not needed where there is one product.',
    refers: 'release',
  }),
);

const releaseTable = (releases: readonly Release[]): Block => ({
  kind: 'table',
  columns: ['Product', 'Version', 'Platform', 'Kind', 'File', 'Size', 'Published', 'Latest', 'Id'],
  rows: releases.map((one) => [
    one.productName,
    one.version,
    one.platform,
    one.kind,
    one.fileName,
    sizeText(one.size),
    one.status === 'published' ? time(one.publishedAt) : 'its file is missing',
    one.latest,
    one.id,
  ]),
  empty: 'There is nothing to download yet for your licenses.',
});

export const releaseFacts = (release: Release): Block => ({
  kind: 'facts',
  rows: [
    ['Product', release.productName],
    ['Version', release.version],
    ['Platform', release.platform],
    ['Kind', release.kind],
    ['File', release.fileName],
    ['Size', sizeText(release.size)],
    ['SHA-256', release.sha256],
    ['Published', time(release.publishedAt)],
    ['Id', release.id],
    ...(release.notes === '' ? [] : [['Notes', release.notes.replaceAll('\n', ' ')] as const]),
  ],
});

export const listReleases = action({
  id: 'releases.list',
  title: 'List downloads',
  description: 'Show what your licenses let you download, the latest for each platform first.',
  who: 'signed-in',
  fields: {
    product: optional(text(Named, { label: 'Product', hint: 'Its id.', refers: 'product' })),
    platform: optional(
      text(Platform as z.ZodType<string, string>, {
        label: 'Platform',
        hint: 'Only for this one, such as windows-x64.',
      }),
    ),
    all: toggle({ label: 'All versions', hint: 'Older versions too.' }),
  },
  run: async (client, { product, platform, all }) => {
    const found = await allPages((query) =>
      client.releases({
        ...query,
        ...(product === undefined ? {} : { product }),
        ...(platform === undefined ? {} : { platform }),
      }),
    );
    if (!found.ok) return found;
    const items = found.value.filter((one) => all || one.latest || one.status !== 'published');
    return ok({ message: 'Downloads.', data: { items }, blocks: [releaseTable(items)] });
  },
});

interface Wanted {
  readonly release?: string | undefined;
  readonly platform?: string | undefined;
  readonly version?: string | undefined;
  readonly kind: Release['kind'];
}

const nothing = async (
  client: Client,
  what: string,
  items: readonly Release[],
): Promise<Answer<never>> =>
  fail({
    kind: 'refused',
    what,
    next:
      items.length === 0
        ? `Nothing is published for your licenses yet: ask ${await contactOf(client)}.`
        : `There is: ${[...new Set(items.map((one) => `${one.fileName} (${one.product} ${one.version}, ${one.platform})`))].slice(0, 8).join('; ')}.`,
  });

/** The release that is meant: by id or file name, else the newest of a product for a platform. */
export const findRelease = async (client: Client, wanted: Wanted): Promise<Answer<Release>> => {
  const all = await allPages((query) => client.releases(query));
  if (!all.ok) return all;
  const items = all.value.filter(({ status }) => status === 'published');
  const named = wanted.release;
  const exact = items.filter(({ id, fileName }) => id === named || fileName === named);
  if (exact.length > 0 && wanted.version === undefined) return ok(exact[0] as Release);
  const platform = wanted.platform ?? thisPlatform();
  const products = new Set(items.map(({ product }) => product));
  products.delete('licet');
  if (named === undefined && products.size > 1)
    return nothing(client, `Say which product: ${[...products].join(', ')}.`, items);
  const first = items.find(
    (one) =>
      (named === undefined
        ? products.size === 0 || products.has(one.product)
        : exact.includes(one) || one.product === named || one.productName === named) &&
      one.kind === wanted.kind &&
      [platform, 'any'].includes(one.platform) &&
      (wanted.version === undefined ? one.latest : one.version === wanted.version),
  );
  if (first) return ok(first);
  const version = wanted.version === undefined ? '' : ` ${wanted.version}`;
  return nothing(
    client,
    `There is no download “${named ?? 'of the product'}”${version} for ${platform}.`,
    items,
  );
};

const wantedFields = {
  release: releaseField,
  platform: optional(platformField),
  version: optional(versionField),
  kind: kindField,
};

export const downloadRelease = action({
  id: 'releases.download',
  title: 'Download',
  description: 'Download a file for this machine or another; an interrupted one goes on.',
  who: 'signed-in',
  long: true,
  fields: {
    ...wantedFields,
    out: optional(
      text(Named, { label: 'To', hint: 'A folder or a file name; this folder if empty.' }),
    ),
    root: optional(
      text(Named, {
        label: 'Trust file',
        hint: "The vendor's root keys; then the release's signature is verified too.",
      }),
    ),
  },
  run: async (client, { out, root, ...wanted }, work) => {
    const found = await findRelease(client, wanted);
    if (!found.ok) return found;
    const release = found.value;
    const trusted = root === undefined ? ok(null) : await checkRelease(release, root);
    if (!trusted.ok) return trusted;
    const saved = await downloadFile(
      release,
      out ?? '.',
      (from, signal) => client.releaseFile(release, from, signal),
      work,
    );
    return saved.ok
      ? ok({
          message: `${release.fileName} has arrived whole: ${saved.value}.`,
          data: { file: saved.value, release },
          blocks: [
            {
              kind: 'facts',
              rows: [
                ['File', saved.value],
                ['Version', release.version],
                ['Platform', release.platform],
                ['SHA-256', release.sha256],
              ],
            },
          ],
        })
      : saved;
  },
});

export const linkRelease = action({
  id: 'releases.link',
  title: 'Fetch it elsewhere',
  description: 'Show an address and QR code that fetch a file elsewhere, for an hour.',
  who: 'signed-in',
  fields: wantedFields,
  run: async (client, wanted) => {
    const found = await findRelease(client, wanted);
    if (!found.ok) return found;
    const link = await client.releaseLink(found.value.id);
    return link.ok
      ? ok({
          message: `${found.value.fileName} can be fetched without signing in.`,
          data: { ...link.value, release: found.value },
          blocks: [
            {
              kind: 'verbatim',
              title: found.value.fileName,
              text: link.value.url,
              fileName: 'download-link.txt',
              qr: true,
            },
            {
              kind: 'facts',
              rows: [
                ['SHA-256', found.value.sha256],
                ['Until', time(link.value.expiresAt)],
              ],
            },
          ],
          next: `Open it there, or run: curl -fLOJ -C - '${link.value.url}'`,
        })
      : link;
  },
});

/** What a download names it by, as the newest of its kind for its platform. */
const wordsFor = ({ product, platform, kind }: Release): string =>
  [
    product,
    ...(platform === 'any' ? [] : [`--platform ${platform}`]),
    ...(kind === 'product' ? [] : [`--kind ${kind}`]),
  ].join(' ');

export const publishRelease = action({
  id: 'releases.publish',
  title: 'Publish a release',
  description: 'Publish a file of a product, for those whose license is for it.',
  who: 'operator',
  long: true,
  fields: {
    file: text(Named, { label: 'File', hint: 'Its path on this machine.' }),
    product: text(Named, { label: 'Product', hint: 'Its id.', refers: 'product' }),
    version: versionField,
    platform: optional(
      text(Platform as z.ZodType<string, string>, {
        label: 'Platform',
        hint: 'Such as linux-x64, windows-x64, macos-arm64; any if empty.',
      }),
    ),
    kind: kindField,
    notes: optional(
      block(z.string().max(4000, 'has more than 4000 characters'), {
        label: 'Notes',
        hint: 'What is new.',
      }),
    ),
  },
  run: async (client, { file, platform, notes, ...named }, work) => {
    const local = await describeFile(file);
    if (!local.ok) return local;
    const { name, size, sha256 } = local.value;
    const announced = await client.announceRelease({
      ...named,
      fileName: name,
      size,
      sha256,
      ...(platform === undefined ? {} : { platform }),
      ...(notes === undefined ? {} : { notes }),
    });
    if (!announced.ok) return announced;
    const release =
      announced.value.status === 'published'
        ? announced
        : await client.sendRelease(announced.value, streamFile(file, size, work), work.signal);
    return release.ok
      ? ok({
          message: `${name} is published as ${release.value.productName} ${release.value.version} for ${release.value.platform}.`,
          data: release.value,
          blocks: [releaseFacts(release.value)],
          next: `Its users get it with: licet release download ${wordsFor(release.value)}.`,
        })
      : release;
  },
});

export const withdrawRelease = action({
  id: 'releases.withdraw',
  title: 'Withdraw a release',
  description: 'Let nobody download a release any more, and delete its file.',
  who: 'operator',
  fields: { release: text(Named, { label: 'Release', hint: 'Its id.', refers: 'release' }) },
  danger: {
    confirm: 'Withdraw it',
    preview: async (client, { release }) => {
      const found = await byId(client, release);
      return found.ok
        ? ok({
            sentences: [
              `${found.value.fileName} of ${found.value.productName} ${found.value.version} for ${found.value.platform} can't be downloaded any more.`,
              'What was downloaded stays where it is.',
            ],
            gentler: [],
            data: found.value,
          })
        : found;
    },
  },
  run: async (client, { release }) => {
    const found = await byId(client, release);
    if (!found.ok) return found;
    const answer = await client.withdrawRelease(found.value.id);
    return answer.ok
      ? ok({
          message: `${found.value.fileName} ${found.value.version} is withdrawn.`,
          data: { withdrawn: found.value },
          blocks: [],
        })
      : answer;
  },
});

const byId = async (client: Client, id: string): Promise<Answer<Release>> => {
  const all = await allPages((query) => client.releases(query));
  if (!all.ok) return all;
  const found = all.value.find((one) => one.id === id);
  return found
    ? ok(found)
    : fail({
        kind: 'refused',
        what: `There is no release “${id}”.`,
        next: 'See their ids with: licet release list --all.',
      });
};
