/** `licet licenses`: the licenses of the packages that are bundled into the program. */
import { readFile } from 'node:fs/promises';
import { isSea } from 'node:sea';
import { Command } from 'commander';
import { readInside } from '../../inside.ts';
import { jsonLine } from '../../state/cells.ts';
import type { Io } from '../io.ts';
import { addExamples, addJsonOption, type CommonOptions } from '../options.ts';

const file = 'licenses.txt';

/** Beside the program's chunks, or inside the executable. */
const readLicenses = (): Promise<string> | string =>
  isSea() ? readInside(file) : readFile(new URL(`../${file}`, import.meta.url), 'utf8');

/** The command. */
export const licensesCommand = (io: Io): Command => {
  const command = new Command('licenses').description(
    'Print the licenses of the packages that licet contains.',
  );
  addExamples(addJsonOption(command), ['licenses']);
  return command.action(async () => {
    const text = await readLicenses();
    const { json } = command.optsWithGlobals<CommonOptions>();
    io.stdout.write(json === true ? jsonLine({ licenses: text }) : text);
  });
};
