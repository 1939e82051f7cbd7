/** Every action, for the palette, the plain mode and the docs. */
import * as account from './accounts/account.ts';
import type { Action } from './action.ts';
import * as activations from './seats/activations.ts';
import * as closeOfflineKeys from './seats/close-offline-keys.ts';
import * as importExport from './licenses/import-export.ts';
import * as insight from './licenses/insight.ts';
import * as journal from './journal.ts';
import * as licenses from './licenses/licenses.ts';
import * as listOfflineKeys from './seats/list-offline-keys.ts';
import * as offlineKeys from './seats/offline-keys.ts';
import * as operatorAccounts from './accounts/operator-accounts.ts';
import * as operatorLicenses from './licenses/operator-licenses.ts';
import * as products from './licenses/products.ts';
import * as publishReleases from './releases/publish-releases.ts';
import * as releases from './releases/releases.ts';
import * as secondFactor from './accounts/second-factor.ts';
import * as session from './accounts/session.ts';
import * as trials from './licenses/trials.ts';
import * as users from './accounts/users.ts';

const isAction = (value: unknown): value is Action =>
  typeof value === 'object' && value !== null && 'run' in value && 'fields' in value;

/** In the order in which they are offered. */
export const allActions: readonly Action[] = [
  session,
  licenses,
  activations,
  users,
  listOfflineKeys,
  offlineKeys,
  closeOfflineKeys,
  releases,
  publishReleases,
  trials,
  account,
  secondFactor,
  operatorLicenses,
  importExport,
  insight,
  products,
  operatorAccounts,
  journal,
].flatMap((module) => Object.values(module).filter(isAction));
