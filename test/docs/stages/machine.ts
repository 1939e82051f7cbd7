/** Examples around offline keys: at the server, and on the machine plant-7. */
import type { Stage } from '../../support/examples/example.ts';

const yes = 'yes\r';

export const machineStages: Readonly<Record<string, Stage>> = {
  'offline-key issue': { as: 'ana', files: ['request.txt'], says: /The offline key for plant-8/u },
  'offline-key trust': { as: 'ana', says: /Saved to trust\.json/u },
  'offline-key list': { as: 'ana', says: /plant-7/u },
  'offline-key show': { as: 'ana', says: /The offline key for plant-7/u },
  'offline-key sheet': { as: 'ana', says: /The carry sheet for plant-7/u },
  'offline-key renew': { as: 'ana', says: /BEGIN LICET OFFLINE KEY/u },
  'licet offline-key return proof.txt --license Prod': {
    as: 'ana',
    files: ['proof.txt'],
    says: /The key of plant-7 is given back/u,
  },
  'offline-key return': {
    as: 'ana',
    typed: [[' 1:', ({ proof }) => `${proof.trim()}\r`]],
    says: /The key of plant-7 is given back/u,
  },
  'offline-key lost': { as: 'ana', says: /plant-7 is reported as lost/u },
  'offline-key write-off': {
    as: 'ops',
    typed: [['(yes/no)', yes]],
    says: /plant-7 is written off/u,
  },
  'offline-key request': { says: /BEGIN LICET OFFLINE REQUEST/u },
  'licet offline-key enter plant-7.key.txt --root trust.json': {
    machine: 'asked',
    files: ['plant-7.key.txt', 'trust.json'],
    says: /This machine is licensed until/u,
  },
  'offline-key enter': {
    machine: 'asked',
    files: ['plant-7.key.txt', 'trust.json'],
    before: 'licet offline-key enter plant-7.key.txt --root trust.json > first.txt',
    typed: [[' 1:', ({ keyFile }) => `${keyFile.trim()}\r`]],
    says: /-END LICET OFFLINE KEY-[^]*This machine is licensed until/u,
  },
  'licet offline-key verify': {
    machine: 'asked',
    files: ['plant-7.key.txt', 'trust.json'],
    before: 'licet offline-key enter plant-7.key.txt --root trust.json > first.txt',
    says: /This key is valid on this machine/u,
  },
  'offline-key verify': {
    machine: 'entered',
    files: ['plant-7.key.txt', 'root.jwk'],
    says: /This key is valid on this machine/u,
  },
  'offline-key inspect': { files: ['plant-7.key.txt'], says: /An offline key\. [^]*plant-7/u },
  'offline-key deactivate': { machine: 'entered', says: /BEGIN LICET DEACTIVATION PROOF/u },
};
