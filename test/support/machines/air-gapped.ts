/** Machines behind an air gap, and their owner at the server, for tests of routes. */
import type { OfflineKeyWithKey } from '../../../shared/api/offline-keys.ts';
import type { License } from '../../../shared/api/licenses.ts';
import { makeProof } from '../../../shared/statements/typed/deactivation.ts';
import { generateKey, type PrivateKey } from '../../../shared/statements/keys.ts';
import { makeRequest } from '../../../shared/statements/typed/offline-request.ts';
import { random } from '../../../server/system/create-deps.ts';
import { fingerprint, type openPortal } from '../server/server.ts';

export type Portal = Awaited<ReturnType<typeof openPortal>>;

/** A machine behind the air gap: its key pair and its request. */
export const machine = (
  portal: Portal,
  hostname: string,
  key: PrivateKey = generateKey(random),
) => {
  const forms = makeRequest({
    key,
    fingerprint: fingerprint(hostname),
    hostname,
    now: portal.time.now,
    random,
  });
  return { key, hostname, ...forms };
};

/** Makes a key as the owner does. */
export const issue = (portal: Portal, request: string, more: object = {}) =>
  portal.ask<OfflineKeyWithKey>('POST', `/v1/licenses/${portal.license.id}/offline-keys`, {
    token: portal.ana,
    json: { request, ...more },
  });

/** Renews, gives back or reports a key, as the owner. */
export const act = <T>(portal: Portal, id: string, verb: string, json: object = {}) =>
  portal.ask<T>('POST', `/v1/licenses/${portal.license.id}/offline-keys/${id}/${verb}`, {
    token: portal.ana,
    json,
  });

/** Seats held, and of these by offline keys. */
export const counter = async (portal: Portal) => {
  const { body } = await portal.ask<License>('GET', `/v1/licenses/${portal.license.id}`, {
    token: portal.ana,
  });
  return [body.counter, body.offline];
};

/** The proof that a machine makes when it gives a key back, by the clock of the test. */
export const proofOf = (
  portal: Portal,
  { key, hostname }: ReturnType<typeof machine>,
  id: string,
) =>
  makeProof(
    key,
    { id, licenseId: portal.license.id, fingerprint: fingerprint(hostname) },
    portal.time.now,
  );
