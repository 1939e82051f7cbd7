/** Finds the release that is meant by what somebody typed. */
import type { Release } from '../../../../shared/api/releases.ts';
import { fail, ok } from '../../../../shared/result.ts';
import type { Client } from '../../api/client.ts';
import type { Answer } from '../../api/failure.ts';
import { thisPlatform } from '../../api/platform.ts';
import { allPages, contactOf } from '../find.ts';

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

/** The release of an id. */
export const releaseById = async (client: Client, id: string): Promise<Answer<Release>> => {
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
