/** Every action, for the palette, the plain mode and the docs. */
import * as account from './account.ts';
import type { Action } from './action.ts';
import * as activations from './activations.ts';
import * as closeOfflineKeys from './close-offline-keys.ts';
import * as importExport from './import-export.ts';
import * as insight from './insight.ts';
import * as journal from './journal.ts';
import * as licenses from './licenses.ts';
import * as listOfflineKeys from './list-offline-keys.ts';
import * as offlineKeys from './offline-keys.ts';
import * as operatorAccounts from './operator-accounts.ts';
import * as operatorLicenses from './operator-licenses.ts';
import * as products from './products.ts';
import * as publishReleases from './publish-releases.ts';
import * as releases from './releases.ts';
import * as secondFactor from './second-factor.ts';
import * as session from './session.ts';
import * as trials from './trials.ts';
import * as users from './users.ts';

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
