import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Log } from '../../server/store/log.ts';

export const makeTemporaryFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'licet-store-'));

const nothing = (): void => undefined;
export const silentLog: Log = { info: nothing, warn: nothing, error: nothing };
