/** `licet offline-key request | enter | verify | inspect | deactivate`: on the machine itself, without a server. */
import { Command } from 'commander';
import type { ArmorType } from '../../../shared/statements/armor.ts';
import type { MachineStep, SdkFailure, SdkResult } from '../../../shared/sdk/index.ts';
import type { Done } from '../../client/actions/done.ts';
import { inspectCode } from '../../client/actions/seats/inspect-code.ts';
import {
  enterKey,
  giveBackKey,
  requestCode,
  verifyKey,
} from '../../client/actions/seats/this-machine.ts';
import { CommandError, exitCodes, type ExitCode } from '../failure.ts';
import { isInteractive, type Io } from '../io.ts';
import { addExamples, addJsonOption } from '../options.ts';
import { printDone } from '../print.ts';
import { printCodes } from '../qr.ts';
import { readCodeAtTerminal } from '../read-code.ts';
import { saveText } from '../save.ts';
import { openInput, readText } from '../secrets.ts';

interface MachineFlags {
  readonly stateDir?: string;
  readonly fingerprint?: string;
  readonly hostname?: string;
  readonly product?: string;
  readonly licenseId?: string;
  readonly root?: string;
  readonly out?: string;
  readonly qr?: boolean;
  readonly json?: boolean;
}

const exitOfKind: Record<SdkFailure['kind'], ExitCode> = {
  rejected: exitCodes.invalid,
  missing: exitCodes.invalid,
  state: exitCodes.failed,
  problem: exitCodes.failed,
  unexpected: exitCodes.failed,
  unreachable: exitCodes.unreachable,
  untrusted: exitCodes.unreachable,
};

const nextOf: Record<MachineStep, string> = {
  request: 'Make a request: licet offline-key request',
  enter: 'Enter it: licet offline-key enter',
  trust:
    'Then here: licet offline-key enter FILE --root trust.json. It is remembered from then on.',
};

const toError = (failure: SdkFailure): CommandError => {
  const reason = failure.kind === 'rejected' ? { valid: false, reason: failure.reason } : {};
  const step = 'step' in failure ? failure.step : undefined;
  const next = step === undefined ? '' : nextOf[step];
  return new CommandError(exitOfKind[failure.kind], failure.message, next, reason);
};

const must = (result: SdkResult<Done>): Done => {
  if (result.ok) return result.value;
  throw toError(result.error);
};

const addMachineOptions = (command: Command): Command =>
  command
    .option('--state-dir <folder>', "the machine's state folder (LICET_STATE_DIR)")
    .option(
      '--fingerprint <hex>',
      'the fingerprint of the machine, 64 hex digits (LICET_FINGERPRINT)',
    );

const readFlags = (command: Command): MachineFlags => {
  const flags = command.optsWithGlobals<MachineFlags>();
  if (flags.fingerprint !== undefined && !/^[0-9a-f]{64}$/iu.test(flags.fingerprint)) {
    throw new CommandError(
      exitCodes.usage,
      'A fingerprint has 64 hex digits.',
      'To make one from any name: printf %s NAME | sha256sum',
    );
  }
  return flags;
};

const trustText = async (io: Io, { root }: MachineFlags): Promise<string | undefined> =>
  root === undefined ? undefined : readText(openInput(io), root, true);

/** The code in a file, on standard input, or at the terminal. */
const readCode = async (
  io: Io,
  file: string | undefined,
  type: ArmorType | undefined,
): Promise<string> => {
  if (file !== undefined) return readText(openInput(io), file, true);
  if (isInteractive(io)) return readCodeAtTerminal(io, type);
  if (io.stdin.isTTY !== true) return readText(openInput(io), '-', true);
  throw new CommandError(
    exitCodes.usage,
    'No code is given.',
    'Name its file, or - for standard input.',
  );
};

/** Prints a code that is carried out: saved where `--out` says, drawn where `--qr` asks. */
const printCode = async (io: Io, done: Done, flags: MachineFlags, qr: string): Promise<void> => {
  const [file] = done.blocks;
  if (flags.out !== undefined && file?.kind === 'verbatim')
    await saveText(io, flags.out, `${file.text.trimEnd()}\n`, {
      next: 'Name another file, and run it again: it shows the same.',
    });
  printDone(io, done, flags.json === true);
  if (flags.qr === true && flags.json !== true) await printCodes(io, qr);
};

const qrText = ({ data }: Done): string =>
  typeof data === 'object' && data !== null && 'qr' in data ? String(data.qr) : '';

const addCodeOptions = (command: Command): Command =>
  command
    .option('--out <file>', 'also save it to this file')
    .option('--qr', 'also draw it as a QR code');

const requestCommand = (io: Io): Command => {
  const command = new Command('request').description(
    "Make this machine's request code, and at the first time its key pair.",
  );
  addCodeOptions(addMachineOptions(command))
    .option('--hostname <name>', 'how the machine is called, if not by its hostname')
    .option('--product <id>', 'the product that asks');
  addJsonOption(command);
  addExamples(command, ['offline-key request --out request.txt', 'offline-key request --json']);
  return command.action(async () => {
    const flags = readFlags(command);
    const done = must(await requestCode(flags));
    await printCode(io, done, flags, qrText(done));
  });
};

const addKeyOptions = (command: Command): Command => {
  addMachineOptions(command)
    .option('--root <file>', "the vendor's root key or trust file, if not the one used before")
    .option('--product <id>', 'the product that the key must be for')
    .option('--license-id <id>', 'the license that the key must be of');
  return addJsonOption(command);
};

const enterCommand = (io: Io): Command => {
  const command = new Command('enter')
    .description('Take the offline key of this machine: a file, or typed line by line.')
    .argument('[file]', 'the key; - for standard input');
  addKeyOptions(command);
  addExamples(command, [
    'offline-key enter plant-7.key.txt --root trust.json',
    'offline-key enter',
  ]);
  return command.action(async (file: string | undefined) => {
    const flags = readFlags(command);
    const trust = await trustText(io, flags);
    const key = await readCode(io, file, 'offline-key');
    printDone(io, must(await enterKey({ ...flags, trust, key })), flags.json === true);
  });
};

const verifyCommand = (io: Io): Command => {
  const command = new Command('verify')
    .description('Say what an offline key permits on this machine, or exactly why it does not.')
    .argument('[file]', 'the key, if not the one that was entered; - for standard input');
  addKeyOptions(command);
  addExamples(command, [
    'offline-key verify',
    'offline-key verify plant-7.key.txt --root root.jwk',
  ]);
  return command.action(async (file: string | undefined) => {
    const flags = readFlags(command);
    const trust = await trustText(io, flags);
    const key = file === undefined ? undefined : await readCode(io, file, 'offline-key');
    printDone(io, must(await verifyKey({ ...flags, trust, key })), flags.json === true);
  });
};

const inspectCommand = (io: Io): Command => {
  const command = new Command('inspect')
    .description('Show what an offline key, a request or a proof says, on any machine.')
    .argument('[file]', 'the code; - for standard input')
    .option('--root <file>', "the vendor's root key or trust file, to check the signature by");
  addJsonOption(command);
  addExamples(command, ['offline-key inspect plant-7.key.txt']);
  return command.action(async (file: string | undefined) => {
    const flags = command.optsWithGlobals<MachineFlags>();
    const trust = await trustText(io, flags);
    const done = must(inspectCode(await readCode(io, file, undefined), trust));
    printDone(io, done, flags.json === true);
  });
};

const deactivateCommand = (io: Io): Command => {
  const command = new Command('deactivate')
    .description('Give the offline key back: it stops working here, and a proof is shown.')
    .argument('[file]', 'the key, if not the one that was entered; - for standard input');
  addCodeOptions(addKeyOptions(command));
  addExamples(command, ['offline-key deactivate --out proof.txt', 'offline-key deactivate --json']);
  return command.action(async (file: string | undefined) => {
    const flags = readFlags(command);
    const trust = await trustText(io, flags);
    const key = file === undefined ? undefined : await readCode(io, file, 'offline-key');
    const done = must(await giveBackKey({ ...flags, trust, key }));
    await printCode(io, done, flags, qrText(done));
  });
};

/** The commands of the machine's own side. */
export const machineCommands = (io: Io): readonly Command[] => [
  requestCommand(io),
  enterCommand(io),
  verifyCommand(io),
  inspectCommand(io),
  deactivateCommand(io),
];
