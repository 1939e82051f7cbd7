/** What stands in for server/system/work-factors.ts in tests: enough to run the code, too little to protect. */
import type { WorkFactors } from '../../server/system/work-factors.ts';

export const passwordWork: WorkFactors = { memory: 1024, passes: 1, parallelism: 1 };
export const passphraseWork: WorkFactors = { memory: 2048, passes: 1, parallelism: 1 };
