/** Finds what people name: by id, by name, or because there is only one. */
import type { FoundMachines } from '../../../shared/api/activations.ts';
import type { Account } from '../../../shared/api/accounts.ts';
import type { Page } from '../../../shared/api/common.ts';
import type { License, LicenseUser } from '../../../shared/api/licenses.ts';
import { fail, mapOk, ok } from '../../../shared/result.ts';
import type { Client } from '../api/client.ts';
import { found, licenseField, type FoundField } from './fields.ts';
import type { Answer } from '../api/failure.ts';

type FoundMachine = FoundMachines['items'][number];

interface Cursor {
  readonly cursor?: string;
  readonly limit: number;
}

/** The beginning of a list, and whether it goes on behind that. */
export interface Beginning<T> {
  readonly items: readonly T[];
  readonly more: boolean;
}

/** Reads the pages of a list until it has `most` items. */
export const firstPages = async <T>(
  page: (query: Cursor) => Promise<Answer<Page<T>>>,
  most: number,
): Promise<Answer<Beginning<T>>> => {
  const items: T[] = [];
  for (let cursor: string | null = null; ;) {
    const limit = Math.min(500, most - items.length);
    const answer: Answer<Page<T>> = await page({ limit, ...(cursor === null ? {} : { cursor }) });
    if (!answer.ok) return answer;
    items.push(...answer.value.items);
    cursor = answer.value.nextCursor;
    if (cursor === null || items.length >= most) return ok({ items, more: cursor !== null });
  }
};

/** Reads all pages of a list, up to `most` items. */
export const allPages = async <T>(
  page: (query: Cursor) => Promise<Answer<Page<T>>>,
  most = Infinity,
): Promise<Answer<readonly T[]>> => {
  return mapOk(await firstPages(page, most), (value) => value.items);
};

/** Says what was not found, and where to look. */
export const refused = (what: string, next: string): Answer<never> =>
  fail({ kind: 'refused', what, next });

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
/** Of many names these say enough. */
const namesShown = 10;
const names = (licenses: readonly License[]): string =>
  [
    ...licenses.slice(0, namesShown).map(({ name }) => name),
    ...(licenses.length > namesShown ? [`and ${licenses.length - namesShown} more`] : []),
  ].join(', ');

/** Whom people ask for help, as the operator of the server set it. */
export const contactOf = async (client: Client): Promise<string> => {
  const about = await client.about();
  return (about.ok ? about.value.support.contact : null) ?? 'the operator of this server';
};

/** The licenses that the caller owns or uses; an operator's are all. */
export const findLicense = async (
  client: Client,
  named: string | undefined,
): Promise<Answer<License>> => {
  if (named?.startsWith('lic_')) return client.license(named);
  const all = await allPages((query) => client.licenses(query));
  if (!all.ok) return all;
  const fitting =
    named === undefined ? all.value : all.value.filter(({ name }) => same(name, named));
  const [first] = fitting;
  if (first && fitting.length === 1) return ok(first);
  if (all.value.length === 0)
    return refused(
      'You have no license here.',
      `Ask the owner of the license, or ${await contactOf(client)}.`,
    );
  if (!first) return refused(`There is no license “${named}”.`, `There are: ${names(all.value)}.`);
  return named === undefined
    ? refused('Several licenses fit.', `Name one of them: ${names(fitting)}.`)
    : refused(
        `Several licenses are called “${named}”.`,
        `Give the id of one: ${fitting.map(({ id, owner }) => `${id} (${owner.email})`).join(', ')}.`,
      );
};

/** Which license: by id or name; empty means the only one there is. The action is given the license. */
export const foundLicense = (): FoundField<License> => found(licenseField(), findLicense);

/** The machine of that id, hostname or beginning of a fingerprint (8 digits or more): on the named license, or on any. */
export const findActivation = async (
  client: Client,
  named: string,
  license: string | undefined,
): Promise<Answer<FoundMachine>> => {
  const found = await client.machines({
    name: named,
    ...(license === undefined ? {} : { license }),
  });
  if (!found.ok) return found;
  const [first, ...others] = found.value.items;
  if (first && others.length === 0) return ok(first);
  return first
    ? refused(
        `Several machines are called “${named}”.`,
        `Give the id of one: ${found.value.items.map(({ id, licenseName }) => `${id} (${licenseName})`).join(', ')}${found.value.more ? ', and more' : ''}.`,
      )
    : refused(
        `No machine “${named}” holds a seat of ${license === undefined ? 'your licenses' : 'this license'}.`,
        'See them with: licet activations list.',
      );
};

/** A user of a license, by account id or e-mail. */
export const findUser = async (
  client: Client,
  licenseId: string,
  named: string,
): Promise<Answer<LicenseUser>> => {
  const all = await client.users(licenseId);
  if (!all.ok) return all;
  const user = all.value.items.find(
    ({ account }) => account.id === named || same(account.email, named),
  );
  return user
    ? ok(user)
    : refused(`“${named}” is not a user of this license.`, 'See them all with: licet users list.');
};

/** Any account, by id or e-mail; only operators see all. */
export const findAccount = async (client: Client, named: string): Promise<Answer<Account>> => {
  const all = await allPages((query) => client.accounts(query));
  if (!all.ok) return all;
  const account = all.value.find(({ id, email }) => id === named || same(email, named));
  return account
    ? ok(account)
    : refused(`There is no account “${named}”.`, 'See them all with: licet operator account list.');
};
