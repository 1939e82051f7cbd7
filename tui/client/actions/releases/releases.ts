/** Downloads: what there is, and fetching it here or elsewhere. */
import type { z } from 'zod';
import { Platform, Version, type Release } from '../../../../shared/api/releases.ts';
import { mapOk, ok } from '../../../../shared/result.ts';
import { downloadFile } from '../../api/files.ts';
import { checkRelease } from '../../api/release-trust.ts';
import { sizeText } from '../../transfer.ts';
import { action } from '../action.ts';
import { time, type Block } from '../done.ts';
import { choice, Named, optional, text, toggle } from '../fields.ts';
import { allPages } from '../find.ts';
import { findRelease } from './find-release.ts';

const platformField = text(Platform as z.ZodType<string, string>, {
  label: 'Platform',
  hint: 'Such as linux-x64, windows-x64, macos-arm64; this machine’s if empty.',
});
export const versionField = text(Version as z.ZodType<string, string>, {
  label: 'Version',
  hint: 'Such as 1.4.0.',
  example: '1.4.0',
});
export const kindField = choice(
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
  reads: true,
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
    return mapOk(
      await downloadFile(
        release,
        out ?? '.',
        (from, signal) => client.releaseFile(release, from, signal),
        work,
      ),
      (value) => ({
        message: `${release.fileName} has arrived whole: ${value}.`,
        data: { file: value, release },
        blocks: [
          {
            kind: 'facts',
            rows: [
              ['File', value],
              ['Version', release.version],
              ['Platform', release.platform],
              ['SHA-256', release.sha256],
            ],
          },
        ],
      }),
    );
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
          next: `Open it there, or run: curl -fL -C - -o '${found.value.fileName.replaceAll("'", '_')}' '${link.value.url}'`,
        })
      : link;
  },
});
