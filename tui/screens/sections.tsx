/** Which sections there are: for owners and users, for operators, and for a license that an operator opened. */
import type { ReactNode } from 'react';
import type { License } from '../../shared/api/licenses.ts';
import { AccountScreen } from './account.tsx';
import { ActivationsScreen } from './activations.tsx';
import { DownloadsScreen } from './downloads.tsx';
import { JournalScreen } from './journal.tsx';
import { LicenseScreen } from './license.tsx';
import { OfflineKeysScreen } from './offline-keys.tsx';
import { OperatorAccountsScreen } from './operator-accounts.tsx';
import { OperatorLicensesScreen } from './operator-licenses.tsx';
import { PasswordRequestsScreen } from './password-requests.tsx';
import { ProductsScreen } from './products.tsx';
import { TrialsScreen } from './trials.tsx';
import { UsersScreen } from './users.tsx';

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
