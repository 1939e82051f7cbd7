/** `licet license ...`: reading for everybody, the life of a license for operators. */
import type { Command } from 'commander';
import { listLicenses, showLicense } from '../../client/actions/licenses/licenses.ts';
import { exportLicenses, importLicenses } from '../../client/actions/licenses/import-export.ts';
import { showUsage } from '../../client/actions/licenses/insight.ts';
import * as life from '../../client/actions/licenses/operator-licenses.ts';
import { group } from '../group.ts';
import type { Io } from '../io.ts';

export const licenseCommand = (io: Io): Command =>
  group(io, 'license', 'Licenses: what they permit, and their life', [
    { name: 'list', action: listLicenses, examples: ['license list', 'license list --json'] },
    { name: 'show', action: showLicense, places: ['license'], examples: ['license show Prod'] },
    {
      name: 'create',
      action: life.createLicense,
      examples: [
        'license create --owner-email ana@example.com --name Prod --product acme-server --type subscription --max-activations 3 --expires-at 2027-12-31',
      ],
    },
    {
      name: 'renew',
      action: life.renewLicense,
      places: ['license', 'expiresAt'],
      examples: ['license renew Prod 2028-12-31', 'license renew lic_01j... never'],
    },
    {
      name: 'suspend',
      action: life.suspendLicense,
      places: ['license'],
      examples: ['license suspend Prod --reason "The invoice of May is open"'],
    },
    {
      name: 'resume',
      action: life.resumeLicense,
      places: ['license'],
      examples: ['license resume Prod'],
    },
    {
      name: 'revoke',
      action: life.revokeLicense,
      places: ['license'],
      examples: ['license revoke Prod --reason "Refunded"'],
    },
    {
      name: 'seats',
      action: life.changeSeats,
      places: ['license', 'maxActivations'],
      examples: ['license seats Prod 5', 'license seats Prod 1 --dry-run'],
    },
    {
      name: 'edit',
      action: life.editLicense,
      places: ['license'],
      examples: ['license edit Prod --entitlements "exports, users=50"'],
    },
    {
      name: 'move',
      action: life.moveLicense,
      places: ['license', 'ownerEmail'],
      examples: [
        'license move Prod bob@example.com --dry-run',
        'license move Prod bob@example.com',
      ],
    },
    {
      name: 'key',
      action: life.rotateLicenseKey,
      places: ['license'],
      examples: ['license key Prod'],
    },
    {
      name: 'usage',
      action: showUsage,
      places: ['license'],
      examples: ['license usage Prod', 'license usage Prod --from 2026-01-01 --csv > usage.csv'],
    },
    {
      name: 'import',
      action: importLicenses,
      places: ['list'],
      files: ['list'],
      examples: [
        'license import licenses.csv --dry-run',
        'license import licenses.csv --create-owners',
        'license import - --yes < licenses.json',
      ],
    },
    {
      name: 'export',
      action: exportLicenses,
      examples: ['license export > licenses.csv', 'license export --format json'],
    },
  ]);
