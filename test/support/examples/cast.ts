/** A server with one of each who may call it, and one of each thing that they may ask for. */
import { generateKey } from '../../../shared/statements/keys.ts';
import { makeRequest } from '../../../shared/statements/typed/offline-request.ts';
import { random } from '../../../server/system/create-deps.ts';
import { fingerprint, goodPassword, openServer } from '../server/server.ts';

export const roles = [
  'operator',
  'owner',
  'manager',
  'user',
  'other',
  'product',
  'nobody',
] as const;
/** `other` is an owner too: of another license. `product` calls with its activation token. */
export type CallerRole = (typeof roles)[number];

interface WithId {
  readonly id: string;
}

/** Opens the server; `atEnd` is given what closes it, else it closes when the test ends. */
export const openCast = async (atEnd?: (close: () => Promise<void>) => void) => {
  const server = await openServer(atEnd);
  const { ask, operator } = server;
  const must = async <T>(method: string, target: string, token: string, json?: object) => {
    const { status, body } = await ask<T>(method, target, { token, json });
    if (status >= 300) throw new Error(`${method} ${target}: ${status} ${JSON.stringify(body)}`);
    return body;
  };
  const ownerAccount = await server.createAccount('ana@example.com');
  const license = await server.createLicense({ maxActivations: 50 });
  const otherAccount = await server.createAccount('otto@example.com');
  const otherLicense = await server.createLicense({ ownerEmail: 'otto@example.com', name: 'Else' });
  const owner = await server.signIn('ana@example.com');
  const other = await server.signIn('otto@example.com');

  const addUser = async (email: string, manage: boolean) => {
    const added = await must<{ account: WithId; setPasswordCode: string }>(
      'POST',
      `/v1/licenses/${license.id}/users`,
      owner,
      { email, name: email, manage },
    );
    await server.redeem(added.setPasswordCode);
    return { id: added.account.id, token: await server.signIn(email) };
  };
  const user = await addUser('uma@example.com', false);
  const manager = await addUser('max@example.com', true);

  const activated = await server.activate('server-1', { licenseId: license.id });
  const { activation, activationToken: product } = activated.body;
  await server.activate('server-2', { licenseId: license.id });
  const request = makeRequest({
    key: generateKey(random),
    fingerprint: fingerprint('plc-7'),
    hostname: 'plc-7',
    now: server.time.now,
    random,
  });
  const offlineKeys = `/v1/licenses/${license.id}/offline-keys`;
  const offlineKey = await must<WithId>('POST', offlineKeys, owner, { request: request.jws });
  const content = 'the installer';
  const sha256 = server.deps.digest(content);
  const release = await must<WithId>('POST', '/v1/operator/releases', operator, {
    product: 'suite',
    version: '1.0.0',
    platform: 'linux-x64',
    kind: 'product',
    fileName: 'suite.tar',
    size: content.length,
    sha256,
  });
  await server.app.request(`/v1/operator/releases/${release.id}/file`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${operator}`, 'content-type': 'application/octet-stream' },
    body: content,
  });
  const link = await must<{ url: string }>('POST', `/v1/releases/${release.id}/link`, owner);
  const invited = await must<{ account: WithId }>(
    'POST',
    `/v1/licenses/${otherLicense.id}/users`,
    other,
    { email: 'ana@example.com', name: 'Ana', manage: false },
  );
  const invitations = await must<{ items: WithId[] }>('GET', '/v1/invitations', owner);
  await ask('POST', '/v1/password-resets', { json: { email: 'ana@example.com' } });
  const session = await must<WithId>('GET', '/v1/sessions/current', owner);

  const tokens: Readonly<Record<CallerRole, string | undefined>> = {
    operator,
    owner,
    manager: manager.token,
    user: user.token,
    other,
    product,
    nobody: undefined,
  };
  return {
    ...server,
    tokens,
    password: goodPassword,
    request: request.jws,
    ids: {
      license: license.id,
      otherLicense: otherLicense.id,
      owner: ownerAccount.id,
      other: otherAccount.id,
      user: user.id,
      manager: manager.id,
      invited: invited.account.id,
      activation: activation.id,
      offlineKey: offlineKey.id,
      release: release.id,
      download: new URL(link.url).pathname.split('/').at(-1) ?? '',
      invitation: invitations.items[0]?.id ?? '',
      session: session.id,
      product: 'suite',
    },
  };
};

export type Cast = Awaited<ReturnType<typeof openCast>>;
