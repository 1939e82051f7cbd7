/** Examples of what operators do with licenses, products and accounts. */
import type { Stage } from '../../support/examples/example.ts';

const yes = 'yes\r';
const addLeo = 'as ana licet users add leo@example.com --name "Leo Brandt" --license Dev --json';

export const operatorStages: Readonly<Record<string, Stage>> = {
  'license list': { as: 'ana', says: /Prod[^]*Dev|Dev[^]*Prod/u },
  'license show': { as: 'ana', says: /Acme Server/u },
  'license create': {
    as: 'ops',
    words: { Prod: 'Test' },
    says: /The license Test of ana@example\.com is created/u,
  },
  'licet license renew lic_01j... never': { as: 'ops', says: /Prod is perpetual/u },
  'license renew': { as: 'ops', says: /Prod now expires at/u },
  'license suspend': { as: 'ops', typed: [['(yes/no)', yes]], says: /Prod is suspended\./u },
  'license resume': {
    as: 'ops',
    before: 'licet license suspend Prod --yes --reason "The invoice of May is open"',
    says: /Prod works again/u,
  },
  'license revoke': { as: 'ops', typed: [['(yes/no)', yes]], says: /Prod is revoked/u },
  'licet license seats Prod 5': {
    as: 'ops',
    typed: [['(yes/no)', yes]],
    says: /Prod now permits 5 machines/u,
  },
  'license seats': { as: 'ops', says: /2 machines would be hit/u },
  'license edit': { as: 'ops', says: /users: 50/u },
  'licet license move Prod bob@example.com --dry-run': {
    as: 'ops',
    says: /Prod goes from ana@example\.com to bob/u,
  },
  'license move': {
    as: 'ops',
    typed: [['(yes/no)', yes]],
    says: /Prod is bob@example\.com’s now/u,
  },
  'license key': { as: 'ops', typed: [['(yes/no)', yes]], says: /Prod has a new license key/u },
  'license usage': { as: 'ana', says: /Usage of Prod/u },
  'licet license import licenses.csv --dry-run': {
    as: 'ops',
    files: ['licenses.csv'],
    says: /1 license would be created/u,
  },
  'licet license import licenses.csv --create-owners': {
    as: 'ops',
    files: ['new-owners.csv'],
    words: { 'licenses.csv': 'new-owners.csv' },
    typed: [['(yes/no)', yes]],
    says: /cleo@example\.com/u,
  },
  'license import': { as: 'ops', files: ['licenses.json'], says: /1 license created/u },
  'license export': { as: 'ops', says: /3 licenses/u },
  'licet search db-7': { as: 'ops', says: /db-7/u },
  search: { as: 'ops', says: /ana@example\.com/u },
  'product list': { as: 'ops', says: /acme-server/u },
  'product create': {
    as: 'ops',
    words: { 'acme-server': 'acme-two' },
    says: /The product Acme .* is created/u,
  },
  'product edit': { as: 'ops', says: /The product Acme Server is changed/u },
  'product snippet': { as: 'ops', says: /Put this into Acme Server/u },
  'operator password-requests': { as: 'ops', says: /bob@example\.com/u },
  'operator account create': {
    as: 'ops',
    words: { 'ana@example.com': 'cleo@example.com' },
    says: /cleo@example\.com is created[^]*Code /u,
  },
  'operator account list': { as: 'ops', says: /ana@example\.com/u },
  'operator account disable': {
    as: 'ops',
    before: addLeo,
    typed: [['(yes/no)', yes]],
    says: /leo@example\.com is disabled/u,
  },
  'operator account enable': {
    as: 'ops',
    before: `${addLeo}\nlicet operator account disable leo@example.com --yes`,
    says: /leo@example\.com may sign in again/u,
  },
  'operator account remove-second-factor': {
    as: 'ops',
    words: { 'ana@example.com': 'tia@example.com' },
    typed: [['(yes/no)', yes]],
    says: /tia@example\.com signs in with the password alone/u,
  },
  'operator account code': { as: 'ops', says: /A code for ana@example\.com/u },
  'operator account erase': {
    words: { 'leo@example.com': 'tia@example.com' },
    typed: [['Erase it?', yes]],
    says: /The account tia@example\.com is erased/u,
  },
  'operator recover': { says: /A one-time code for the operator ops@example\.com/u },
};
