/** Which sections there are: for owners and users, for operators, and for a license that an operator opened. */
import type { ReactNode } from 'react';
import type { License } from '../../shared/api/licenses.ts';
import type { SearchHit } from '../../shared/api/search.ts';
import { ok } from '../../shared/result.ts';
import type { Client } from '../client/api/client.ts';
import type { Answer } from '../client/api/failure.ts';
import { AccountScreen } from './account.tsx';
import { ActivationsScreen } from './license/activations.tsx';
import { DownloadsScreen } from './license/downloads.tsx';
import { JournalScreen } from './operator/journal.tsx';
import { LicenseScreen } from './license/license.tsx';
import { OfflineKeysScreen } from './license/offline-keys.tsx';
import { OperatorAccountsScreen } from './operator/operator-accounts.tsx';
import { OperatorLicensesScreen } from './operator/operator-licenses.tsx';
import { PasswordRequestsScreen } from './operator/password-requests.tsx';
import { ProductsScreen } from './operator/products.tsx';
import { TrialsScreen } from './license/trials.tsx';
import { UsersScreen } from './license/users.tsx';

export interface Section {
  readonly name: string;
  readonly draw: () => ReactNode;
}

const ofLicense: readonly Section[] = [
  { name: 'License', draw: () => <LicenseScreen /> },
  { name: 'Activations', draw: () => <ActivationsScreen /> },
  { name: 'Users', draw: () => <UsersScreen /> },
  { name: 'Offline keys', draw: () => <OfflineKeysScreen /> },
];

const downloads: Section = { name: 'Downloads', draw: () => <DownloadsScreen /> };
const trials: Section = { name: 'Trials', draw: () => <TrialsScreen /> };
const account: Section = { name: 'Account', draw: () => <AccountScreen /> };

const ofOperator = (openLicense: (license: License) => void): readonly Section[] => [
  { name: 'Licenses', draw: () => <OperatorLicensesScreen open={openLicense} /> },
  { name: 'Accounts', draw: () => <OperatorAccountsScreen /> },
  { name: 'Products', draw: () => <ProductsScreen /> },
  { name: 'Requests', draw: () => <PasswordRequestsScreen /> },
  { name: 'Journal', draw: () => <JournalScreen /> },
];

/** The sections in their order. */
export const sectionsFor = (
  operator: boolean,
  opened: boolean,
  openLicense: (license: License) => void,
): readonly Section[] => {
  if (operator) {
    return opened
      ? ofLicense
      : [...ofOperator(openLicense), { ...downloads, name: 'Releases' }, account];
  }
  return [...ofLicense, downloads, account, trials];
};

/** A section, what its list is filtered by, and the license that is open, if it is one of a license. */
export interface Place {
  readonly license: License | undefined;
  readonly section: number;
  readonly text: string;
}

const placesOfLicense: Readonly<Partial<Record<SearchHit['kind'], string>>> = {
  license: 'License',
  machine: 'Activations',
  'offline-key': 'Offline keys',
};
const placesOfOperator: Readonly<Partial<Record<SearchHit['kind'], string>>> = {
  account: 'Accounts',
  product: 'Products',
  release: 'Releases',
};

const sectionNamed = (sections: readonly Section[], name: string | undefined): number =>
  Math.max(
    0,
    sections.findIndex((section) => section.name === name),
  );

/** Where an operator is taken to see what was found. */
export const placeOf = async (client: Client, hit: SearchHit): Promise<Answer<Place>> => {
  const { kind, title, id } = hit;
  if (!hit.license) {
    const sections = sectionsFor(true, false, () => undefined);
    const text = kind === 'product' ? id : title;
    return ok({
      license: undefined,
      section: sectionNamed(sections, placesOfOperator[kind]),
      text,
    });
  }
  const license = await client.license(hit.license.id);
  if (!license.ok) return license;
  // A machine without a seat is in no list of those that hold one.
  const name = hit.seat === false ? 'License' : placesOfLicense[kind];
  const section = sectionNamed(ofLicense, name);
  return ok({ license: license.value, section, text: section === 0 ? '' : title });
};
