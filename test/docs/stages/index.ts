/** What stands before the example of each command, and what it says: by command, or by example where they differ. */
import type { Stage } from '../../support/examples/example.ts';
import { machineStages } from './machine.ts';
import { operatorStages } from './operator.ts';
import { ownerStages } from './owner.ts';
import { serverStages } from './server.ts';

export const stages: Readonly<Record<string, Stage>> = {
  ...serverStages,
  ...ownerStages,
  ...operatorStages,
  ...machineStages,
};

/** Examples that another test runs, as they stand: which. */
export const ranElsewhere: Readonly<Record<string, string>> = {
  'licet service install --data /var/lib/licet': 'test/package/service.long.ts',
  'licet service status': 'test/package/service.long.ts',
  'licet service uninstall': 'test/package/service.long.ts',
};
