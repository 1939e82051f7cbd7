/** Examples of what owners and users do. */
import type { TOTP } from 'otpauth';
import { password } from '../../support/examples/example-world.ts';
import type { Stage } from '../../support/examples/example.ts';

const yes = 'yes\r';
const secret = `${password}\r`;
const another = 'seven slow boats at dawn\r';
const addLeo = 'as ana licet users add leo@example.com --name "Leo Brandt" --license Dev --json';
const tried = 'licet trial start acme-server --json';

/** A code counts once, and the half minute that it is of; the next one is taken already. */
const nextCode = (authenticator: TOTP): string =>
  authenticator.generate({ timestamp: Date.now() + 30_000 });

export const ownerStages: Readonly<Record<string, Stage>> = {
  'activations list': { as: 'ana', says: /build-3/u },
  'licet activations reset Prod': {
    as: 'ana',
    typed: [['(yes/no)', yes]],
    says: /2 machines released/u,
  },
  'licet activations reset Prod --unseen-days 7': {
    as: 'ana',
    typed: [['(yes/no)', yes]],
    says: /Prod: 0 machines released/u,
  },
  'activations reset': { as: 'ana', says: /2 machines of \S+ give/u },
  'activations release': { as: 'ana', typed: [['(yes/no)', yes]], says: /build-3 is released/u },
  'users list': { as: 'ana', before: addLeo, says: /leo@example\.com/u },
  'users add': { as: 'ana', says: /leo@example\.com is now a user of Dev[^]*Code /u },
  'users remove': {
    as: 'ana',
    before: addLeo,
    typed: [['(yes/no)', yes]],
    says: /leo@example\.com is removed/u,
  },
  'users code': { as: 'ana', before: addLeo, says: /A new code for leo@example\.com/u },
  'account show': { as: 'ana', says: /ana@example\.com/u },
  'account edit': { as: 'ana', says: /Example Ltd/u },
  'account password': {
    as: 'ana',
    typed: [
      ['Current password:', secret],
      ['New password:', another],
      ['again:', another],
    ],
    says: /Your password is changed/u,
  },
  'account second-factor': {
    as: 'ana',
    typed: [['assword:', secret]],
    says: /otpauth:/u,
  },
  'account confirm-second-factor': {
    as: 'ben',
    typed: [['One-time password:', ({ authenticators }) => `${authenticators.ben.generate()}\r`]],
    says: /signing in asks for the six digits/u,
  },
  'account end-second-factor': {
    as: 'tia',
    typed: [['One-time password:', ({ authenticators }) => `${nextCode(authenticators.tia)}\r`]],
    says: /Signing in asks for the password alone/u,
  },
  'account forgot': { as: 'ana', says: /The operator sees your request/u },
  'licet account set-password': {
    as: 'bob',
    typed: [
      ['Code:', ({ code }) => `${code}\r`],
      ['assword:', another],
      ['again:', another],
    ],
    says: /Your password is set/u,
  },
  'account set-password': {
    as: 'bob',
    files: ['code.txt'],
    typed: [
      ['assword:', another],
      ['again:', another],
    ],
    says: /Your password is set/u,
  },
  'account sessions': { as: 'ana', says: /ses_/u },
  'account end-session': { as: 'ana', says: /That session has ended/u },
  'account invitations': { as: 'bob', says: /mem_/u },
  'account accept': { as: 'bob', says: /Accepted/u },
  'account decline': { as: 'bob', says: /Declined/u },
  'release list': { as: 'ana', says: /acme-1\.3\.0\.tar\.gz/u },
  'release download': { as: 'ana', files: ['vendor-trust.json'], says: /has arrived whole/u },
  'release link': { as: 'ana', says: /\/v1\/downloads\//u },
  'licet release publish guide.pdf --product acme-server --version 1.4.0 --kind document': {
    as: 'ops',
    files: ['guide.pdf'],
    says: /licet release download acme-server --kind document\./u,
  },
  'release publish': {
    as: 'ops',
    files: ['acme-1.4.0.tar.gz'],
    says: /is published as Acme Server 1\.4\.0/u,
  },
  'release withdraw': { as: 'ops', typed: [['(yes/no)', yes]], says: /is withdrawn/u },
  'trial list': { as: 'ana', says: /acme-server/u },
  'trial start': { as: 'ana', says: /Acme Server trial/u },
  'trial open': { as: 'ana', before: tried, says: /takes you in[^]*\/v1\/trial-logins\//u },
  'trial purchase': {
    as: 'ops',
    words: { 'lic_01j...': ({ trial }) => trial },
    says: /of bob@example\.com is a license now/u,
  },
};
