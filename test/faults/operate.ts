/** The process that the fault tests kill while an operator's work is done on a folder: a restore, or giving up. */
import { repair } from '../../server/store/doctor/repair.ts';
import { restore } from '../../server/store/backup/restore.ts';
import { silentLog } from '../server/store/support.ts';
import type { Operation } from './operations.ts';

const operation = JSON.parse(process.argv[2] ?? '') as Operation;
const { directory } = operation;
// A fixed time, so that the folder of what is set aside is known.
const now = (): number => operation.at;

if (operation.what === 'restore') {
  await restore({ file: operation.file, directory, now, log: silentLog });
} else {
  const { first, last } = operation;
  await repair({ directory, now, log: silentLog, giveUp: { first, last } });
}
