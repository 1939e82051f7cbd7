/** A release as an operator publishes it. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { publishRelease } from '../../../tui/client/actions/releases/publish-releases.ts';
import { must, operatorEmail } from './live-server.ts';
import type { Portal } from '../terminal/tui.ts';

/** Publishes a file of so many bytes, each time the same; gives the bytes. */
export const publish = async (
  server: Portal,
  size: number,
  name = 'acme-setup.bin',
): Promise<Buffer> => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'licet-release-'));
  const file = path.join(folder, name);
  const bytes = Buffer.alloc(size, 'acme');
  await writeFile(file, bytes);
  const values = {
    file,
    product: 'acme-server',
    version: '1.4.0',
    platform: 'linux-x64',
    kind: 'product',
  };
  await must(publishRelease.run(await server.client(operatorEmail), values));
  return bytes;
};
