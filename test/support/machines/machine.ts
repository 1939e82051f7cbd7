/** An offline machine for tests: a state folder of its own, a clock that the test sets, and a server's keys. */
import { mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { OfflineKeyClaims } from '../../../shared/statements/claims.ts';
import { offlineKeyFile } from '../../../shared/statements/typed/offline-key.ts';
import { makeTrustFile } from '../../../shared/statements/trust.ts';
import { createRequest, type RequestForms, type SdkResult } from '../../../shared/sdk/index.ts';
import { signStatement } from '../../../shared/statements/statements.ts';
import { day, issuer, makeServerKeys, now, serverClaims } from '../statements.ts';

export const must = <T>(result: SdkResult<T>): T => {
  if (!result.ok) throw new Error(`${result.error.kind}: ${result.error.message}`);
  return result.value;
};

export const temporaryFolder = (): Promise<string> =>
  mkdtemp(path.join(os.tmpdir(), 'licet-test-'));

/** Everything that an offline machine and its server need; `time.now` is the machine's clock. */
export const makeOfflineMachine = async (server = makeServerKeys()) => {
  const stateDir = await temporaryFolder();
  const time = { now };
  const fingerprint = '77'.repeat(32);
  const machine = {
    stateDir,
    fingerprint,
    hostname: 'plc-7',
    now: () => time.now,
    uptime: () => 0,
  };
  const trust = makeTrustFile({
    issuer,
    roots: [server.root],
    certificates: [server.cert],
    revocations: undefined,
  });
  const roots = JSON.stringify(trust);
  const request = async (): Promise<RequestForms> => must(await createRequest(machine));
  /** Issues a key for a request, signed at `at` (milliseconds). */
  const issue = (
    { request }: RequestForms,
    at = time.now,
    change: Partial<OfflineKeyClaims> = {},
  ) => {
    const iat = Math.floor(at / 1000);
    const claims = {
      ...serverClaims['offline-key'],
      iat,
      nbf: iat - day,
      exp: iat + 180 * day,
      ...change,
    };
    const { fingerprint, hostname, key } = request;
    const licet = { ...claims.licet, machine: { fingerprint, hostname, key } };
    const jws = signStatement('offline-key', { ...claims, licet }, server.signer);
    return { jws, file: offlineKeyFile(jws), claims };
  };
  return { server, time, machine, stateDir, roots, request, issue, options: { ...machine, roots } };
};
