/** Publishing what is to be downloaded, and withdrawing it, for operators. */
import { z } from 'zod';
import { Platform, type Release } from '../../../../shared/api/releases.ts';
import { mapOk } from '../../../../shared/result.ts';
import { describeFile, streamFile } from '../../api/files.ts';
import { sizeText } from '../../transfer.ts';
import { action } from '../action.ts';
import { block, Named, optional, text } from '../fields.ts';
import { releaseById } from './find-release.ts';
import { kindField, releaseFacts, versionField } from './releases.ts';

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
    const isHere = announced.value.status === 'published';
    const from = isHere ? 0 : announced.value.received;
    const release = isHere
      ? announced
      : await client.sendRelease(
          announced.value,
          streamFile(file, from, size, work),
          from,
          work.signal,
        );
    const resumed = from === 0 ? '' : ` It went on after ${sizeText(from)} that were there.`;
    return mapOk(release, (value) => ({
      message: `${name} is published as ${value.productName} ${value.version} for ${value.platform}.${resumed}`,
      data: value,
      blocks: [releaseFacts(value)],
      next: `Its users get it with: licet release download ${wordsFor(value)}.`,
    }));
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
      return mapOk(await releaseById(client, release), (value) => ({
        sentences: [
          `${value.fileName} of ${value.productName} ${value.version} for ${value.platform} can't be downloaded any more.`,
          'What was downloaded stays where it is.',
        ],
        gentler: [],
        data: value,
      }));
    },
  },
  run: async (client, { release }) => {
    const found = await releaseById(client, release);
    if (!found.ok) return found;
    return mapOk(await client.withdrawRelease(found.value.id), () => ({
      message: `${found.value.fileName} ${found.value.version} is withdrawn.`,
      data: { withdrawn: found.value },
      blocks: [],
    }));
  },
});
