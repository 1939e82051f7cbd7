/** A server on which every page has something to show, and one account for which each is empty. */
import { mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createRequest } from '../../../shared/sdk/index.ts';
import { must, operatorEmail } from '../server/live-server.ts';
import { publish } from '../server/publish.ts';
import { anaEmail, openPortalServer, type Portal } from './tui.ts';

export const evaEmail = 'eva@harbor.example';

/**
 * Ana's Prod is full, one of its seats held by an offline key, and refused web-3; its user is Leo, who
 * forgot the password. There is a release and a trial. Eva has one license, which ends soon, and nothing else.
 */
export const openPagesServer = async (): Promise<Portal> => {
  const server = await openPortalServer();
  const operator = await server.client(operatorEmail);
  const ana = await server.client(anaEmail);
  const activate = (host: string) =>
    server.activate(host, { email: anaEmail, licenseId: server.prod });
  for (const host of ['web-1', 'web-2']) await activate(host);
  await must(ana.addUser(server.prod, { email: 'leo@acme.example', name: 'Leo', manage: false }));
  await must(ana.forgotPassword({ email: 'leo@acme.example' }));
  const stateDir = await mkdtemp(path.join(os.tmpdir(), 'licet-machine-'));
  const fingerprint = 'fe'.repeat(32);
  const made = await createRequest({ stateDir, hostname: 'plant-1', fingerprint });
  if (!made.ok) throw new Error(made.error.message);
  await must(ana.issueOfflineKey(server.prod, { request: made.value.file }));
  await activate('web-3');
  await publish(server, 4000, 'acme-setup-for-the-long-run-1.4.0.bin');
  await must(operator.createProduct({ id: 'studio', name: 'Acme Studio', trial: { days: 14 } }));
  await server.owner(evaEmail, 'Eva Marin');
  await must(
    operator.createLicense({
      ownerEmail: evaEmail,
      product: 'studio',
      name: 'Harbor',
      type: 'subscription',
      maxActivations: 5,
      expiresAt: new Date(Date.now() + 3.5 * 86_400_000).toISOString(),
    }),
  );
  return server;
};
