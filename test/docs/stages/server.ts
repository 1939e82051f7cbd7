/** Examples of what runs and keeps a server, and of signing in. */
import { password, rootPassphrase } from '../../support/examples/example-world.ts';
import type { Stage } from '../../support/examples/example.ts';

const ctrlC = '\u{3}';
const yes = 'yes\r';
const secret = `${password}\r`;
const opensRoot = ['The passphrase of the root key:', `${rootPassphrase}\r`] as const;
/** One changed record of a journal whose snapshot has all that it did. */
const damage = `sed -i '3s/"action":"/"action":"X/' data/journal/000000000001.jsonl`;

export const serverStages: Readonly<Record<string, Stage>> = {
  'licet demo': { typed: [['E-mail', ctrlC]], says: /The demo's portal answers/u },
  'licet demo --headless --port 8417': {
    typed: [['"listening"', ctrlC]],
    says: /\{"listening":"http:\/\/127\.0\.0\.1:\d+"\}/u,
  },
  init: {
    words: { '/var/lib/licet': 'new' },
    typed: [
      ['Password:', secret],
      ['Password, again:', secret],
      ['Passphrase:', '\r'],
    ],
    says: /RECOVERY SHEET[^]*ops@example\.com/iu,
  },
  serve: { typed: [['licet answers at', ctrlC]], says: /"listening":"http:\/\/127/u },
  'licet login --server https://licet.example.com': {
    stranger: true,
    typed: [
      ['Is it the one on your card?', yes],
      ['E-mail:', 'ana@example.com\r'],
      ['Password:', secret],
    ],
    says: /Signed in to https:.* as ana@example\.com/u,
  },
  'licet login --server https://licet.example.com --email ana@example.com': {
    stranger: true,
    typed: [
      ['Is it the one on your card?', yes],
      ['Password:', secret],
    ],
    says: /Signed in to https:.* as ana@example\.com/u,
  },
  login: { as: 'ana', files: ['ana.txt'], says: /Signed in to http:.* as ana@example\.com/u },
  logout: { as: 'ana', says: /Signed out/u },
  whoami: { as: 'ana', says: /ana@example\.com/u },
  'keys list': { says: /spare root[^]*signing/u },
  'keys rotate': { files: ['spare-root.pem'], typed: [opensRoot], says: /A new signing key/u },
  'licet keys rotate --root-file spare-root.pem --new-unlock-secret': {
    files: ['spare-root.pem'],
    before: 'rm data/keys/unlock',
    says: /A new signing key/u,
  },
  'licet keys revoke vZ3hY0… --reason "laptop stolen" --from 2027-01-31': {
    typed: [['Revoke it?', yes], opensRoot],
    says: /is revoked/u,
  },
  'keys revoke': {
    files: ['spare-root.pem'],
    typed: [['Revoke it?', yes]],
    says: /is revoked/u,
  },
  'keys export-root': { says: /encrypted by its passphrase: |The public root keys/u },
  'keys export-trust': { says: /The trust file: trust\.json/u },
  'keys check-root': { files: ['root.json'], typed: [opensRoot], says: /it opens/u },
  'licet backup /mnt/backups --server https://licet.example.com': {
    as: 'ops',
    typed: [['Your password:', secret]],
    says: /The backup is made/u,
  },
  'licet backup --move --out /media/usb/licet.tar.gz --data /var/lib/licet': {
    typed: [['Move the server away?', yes]],
    says: /is sealed/u,
  },
  backup: { says: /The backup is made/u },
  'licet restore licet.tar.gz --data /srv/licet --unlock-file /etc/licet/unlock': {
    files: ['licet.tar.gz', 'unlock'],
    says: /all verified/u,
  },
  restore: {
    words: { '/var/lib/licet': 'new' },
    files: ['licet-20270131T120000Z-4711.tar.gz'],
    typed: [opensRoot],
    says: /all verified/u,
  },
  'licet journal tail -f': {
    as: 'ops',
    typed: [['release.', ctrlC]],
    interrupted: true,
    says: /release\./u,
  },
  'journal tail': { as: 'ops', says: /release\./u },
  'licet journal verify --checkpoint /media/usb/checkpoints.jsonl --data /var/lib/licet': {
    before: 'cp data/checkpoints.jsonl usb',
    says: /The journal verifies/u,
  },
  'journal verify': { says: /The journal verifies/u },
  'journal export': { says: /records exported/u },
  'journal archive': { says: /nothing was moved/u },
  'config check': { says: /The settings are good/u },
  'licet service install --data /var/lib/licet --dry-run': { says: /\[Service\]/u },
  licenses: { says: /packages of others/u },
  'licet doctor --repair --give-up 4711-4715 --data /var/lib/licet': {
    before: `${damage}\nrange=$(licet doctor --data data 2>&1 | grep -o 'give-up [0-9-]*' | head -1 | cut -d' ' -f2)`,
    words: { '4711-4715': '$range' },
    says: /goes on without records[^]*is well/u,
  },
  doctor: { says: /is well/u },
};
