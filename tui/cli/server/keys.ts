/** `licet keys`: what a data folder's keys are good for, and their copies for elsewhere. */
import type { Command } from 'commander';
import { time, type Done } from '../../client/actions/done.ts';
import { dataFolder } from './data-folder.ts';
import { group } from '../group.ts';
import type { Io } from '../io.ts';
import { revokeCommand, rotateCommand } from './keys-change.ts';
import { localCommand, type LocalOptions } from '../local-command.ts';
import { addRootOptions, rootPassphrase, type RootFlags } from './root-options.ts';
import { saveText } from '../save.ts';

const manage = () => import('../../../server/system/keys/manage-keys.ts');

const month = 30 * 86_400_000;
const endsSoon = (at: string): boolean => Date.parse(at) < Date.now() + month;

const list = async (directory: string): Promise<Done> => {
  const [{ listKeys }, { readKeyring, readRevocations }] = await Promise.all([
    manage(),
    import('../../../server/system/keys/keyring.ts'),
  ]);
  const keys = await listKeys(directory);
  const keyring = await readKeyring(directory);
  const claims = readRevocations(keyring);
  const revocations = {
    number: claims.licet.number,
    endsAt: new Date(claims.exp * 1000).toISOString(),
  };
  const current = keys.find(({ status }) => status === 'current');
  const warnings = [
    ...(current?.certifiedUntil && endsSoon(current.certifiedUntil)
      ? [
          `The certificate of the signing key ends on ${current.certifiedUntil.slice(0, 10)}: from then on nothing can be signed. Run “licet keys rotate”.`,
        ]
      : []),
    ...(endsSoon(revocations.endsAt)
      ? [
          `A newer revocation list is due by ${revocations.endsAt.slice(0, 10)}. “licet keys rotate” signs one.`,
        ]
      : []),
  ];
  return {
    message: `The keys of ${keyring.issuer}; revocation list ${revocations.number}, fresh until ${revocations.endsAt.slice(0, 10)}.`,
    data: { issuer: keyring.issuer, keys, revocations },
    blocks: [
      {
        kind: 'table',
        columns: ['Key', 'Use', 'Status', 'Certified until', 'Good for'],
        rows: keys.map((key) => [
          key.kid,
          key.use,
          key.status,
          time(key.certifiedUntil),
          key.revokedReason === null ? key.goodFor : `${key.goodFor} (${key.revokedReason})`,
        ]),
        empty: 'There are no keys.',
      },
    ],
    warnings,
  };
};

const listCommand = (io: Io): Command =>
  localCommand(io, {
    name: 'list',
    description: 'All keys: what each is good for, and until when.',
    examples: ['keys list --data /var/lib/licet', 'keys list --json'],
    run: (flags) => list(dataFolder(io, flags)),
  });

interface ExportFlags extends LocalOptions {
  readonly out?: string;
  readonly public?: boolean;
  readonly pem?: boolean;
}

const addOut = (command: Command): Command =>
  command.option('--out <file>', 'save it to this file instead of printing it');

interface Export {
  readonly title: string;
  readonly fileName: string;
  readonly text: string;
  readonly data: unknown;
  readonly mode: number;
  readonly next: string;
}

/** Prints what is exported, or says where it was saved. */
const exported = async (io: Io, made: Export, flags: ExportFlags): Promise<Done> => {
  const { title, fileName, text, data, next } = made;
  if (flags.out === undefined) {
    const blocks = [{ kind: 'verbatim', title, text: text.trimEnd(), fileName } as const];
    return { message: `${title}.`, data, blocks, next };
  }
  await saveText(io, flags.out, text, { mode: made.mode, isNew: true });
  return { message: `${title}: ${flags.out}`, data: { file: flags.out }, blocks: [], next };
};

const exportRoot = async (io: Io, flags: ExportFlags): Promise<Done> => {
  const { exportEncryptedRoot, exportPublicRoots } = await manage();
  const directory = dataFolder(io, flags);
  if (flags.public === true || flags.pem === true) {
    const { jwks, pem } = await exportPublicRoots(directory);
    const made = {
      title: 'The public root keys',
      fileName: flags.pem === true ? 'roots.pem' : 'roots.json',
      text: flags.pem === true ? pem : `${JSON.stringify(jwks, null, 2)}\n`,
      data: { jwks, pem },
      mode: 0o644,
      next: 'Products embed them. They are no secret.',
    };
    return exported(io, made, flags);
  }
  const text = await exportEncryptedRoot(directory);
  const made = {
    title: 'The root key, encrypted by its passphrase',
    fileName: 'root.json',
    text,
    data: JSON.parse(text) as unknown,
    mode: 0o600,
    next: `Keep it in another place; “licet keys check-root --root-file FILE” tries it. Then ${directory}/keys/root.json may be removed: rotate and revoke take --root-file.`,
  };
  return exported(io, made, flags);
};

const exportRootCommand = (io: Io): Command =>
  localCommand<ExportFlags>(io, {
    name: 'export-root',
    description:
      'The root key, encrypted by its passphrase, to be kept elsewhere. With --public: the public roots, for products to embed.',
    options: (command) =>
      addOut(command)
        .option('--public', 'the public halves of all roots, as a JSON Web Key Set')
        .option('--pem', 'the public halves of all roots, as OpenSSL reads them'),
    examples: ['keys export-root --out /media/safe/root.json', 'keys export-root --public'],
    run: (flags) => exportRoot(io, flags),
  });

const exportTrustCommand = (io: Io): Command =>
  localCommand<ExportFlags>(io, {
    name: 'export-trust',
    description:
      'Public roots, certificates and revocations in one file, to be carried to machines without a network. It holds no secret.',
    options: addOut,
    examples: ['keys export-trust --out trust.json'],
    run: async (flags) => {
      const trust = await (await manage()).exportTrust(dataFolder(io, flags));
      const made = {
        title: 'The trust file',
        fileName: 'trust.json',
        text: `${JSON.stringify(trust, null, 2)}\n`,
        data: trust,
        mode: 0o644,
        next: 'On the machine: licet offline-key enter KEY --root trust.json.',
      };
      return exported(io, made, flags);
    },
  });

const checkRootCommand = (io: Io): Command =>
  localCommand<RootFlags>(io, {
    name: 'check-root',
    description:
      'Whether the passphrase opens the root key, and products trust it. It changes nothing.',
    options: addRootOptions,
    examples: ['keys check-root --data /var/lib/licet', 'keys check-root --root-file root.json'],
    run: async (flags) => {
      const { checkRoot } = await manage();
      const directory = dataFolder(io, flags);
      const passphrase = await rootPassphrase(io, flags);
      const root = await checkRoot({ directory, rootFile: flags.rootFile, passphrase });
      return {
        message: `This is the ${root.use} root ${root.kid}: it opens, and it is one that products trust.`,
        data: root,
        blocks: [],
      };
    },
  });

export const keysCommand = (io: Io): Command =>
  group(
    io,
    'keys',
    "A server's keys, on its own machine",
    [],
    [
      listCommand(io),
      rotateCommand(io),
      revokeCommand(io),
      exportRootCommand(io),
      exportTrustCommand(io),
      checkRootCommand(io),
    ],
  );
