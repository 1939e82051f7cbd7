/** Who this machine is: its fingerprint, and the key pair that its offline keys are bound to. */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { fromBase64url, toBase64url } from '../bytes.ts';
import { generateKey, KeyText, privateKeyFromSeed, type PrivateKey } from '../statements/keys.ts';
import { makeRequest, type RequestForms } from '../statements/typed/offline-request.ts';
import { ok } from '../result.ts';
import { startClock } from './clock.ts';
import { guarded, StateError, type SdkResult } from './failure.ts';
import { platformFingerprint, setFingerprint } from './fingerprint.ts';
import { hostnameOf, nowOf, stateDirOf, type MachineOptions } from './settings.ts';
import { readState, writeState } from './state.ts';

const machineFile = 'machine.json';
const keptRequests = 8;

const MachineState = z.object({
  version: z.literal(1),
  /** The key pair as a JWK (RFC 8037); without `d` once its offline key was given back. */
  key: z.object({
    kty: z.literal('OKP'),
    crv: z.literal('Ed25519'),
    x: KeyText,
    d: KeyText.optional(),
  }),
  /** The fingerprint of the last request, where it was set and not the platform's. */
  fingerprint: z.string().optional(),
  /**
   * The keys of this pair that were given back. Kept beside the private key: who removes this list
   * removes what all keys of the pair need.
   */
  returned: z
    .array(z.object({ keyId: z.string(), licenseId: z.string(), at: z.string() }))
    .optional(),
  /** How the machine named itself in its requests, the last one first. */
  requests: z.array(
    z.object({
      fingerprint: z.string(),
      hostname: z.string(),
      product: z.string().optional(),
    }),
  ),
});
export type MachineState = z.infer<typeof MachineState>;

export const random = (bytes: number): Uint8Array => new Uint8Array(randomBytes(bytes));

/** The state of this machine; undefined before its first request. @throws StateError */
export const readMachine = (folder: string): Promise<MachineState | undefined> =>
  readState(folder, machineFile, MachineState);

/** The private key of the machine; undefined when it has none any more. @throws StateError when it is damaged. */
export const privateKeyOf = (machine: MachineState): PrivateKey | undefined => {
  const seed = machine.key.d === undefined ? undefined : fromBase64url(machine.key.d);
  const key = seed && privateKeyFromSeed(seed);
  if (key && key.x !== machine.key.x) {
    throw new StateError(
      `The key pair in ${machineFile} does not fit together. Make a new request.`,
    );
  }
  return key;
};

/** Lists a key as given back. */
export const listReturned = async (
  folder: string,
  { keyId, licenseId, at }: NonNullable<MachineState['returned']>[number],
): Promise<void> => {
  const machine = await readMachine(folder);
  if (!machine || machine.returned?.some((one) => one.keyId === keyId)) return;
  const returned = [...(machine.returned ?? []), { keyId, licenseId, at }];
  await writeState(folder, machineFile, { ...machine, returned });
};

/** Forgets the private key: no offline key that was bound to it works on any machine from now on. */
export const retireKey = async (folder: string, machine: MachineState): Promise<void> => {
  const { key, returned: _none, ...rest } = machine;
  const { d: _gone, ...publicKey } = key;
  await writeState(folder, machineFile, { ...rest, key: publicKey });
};

/** The fingerprint: as set now, as set for the last request, or the platform's. */
export const findFingerprint = async (
  options: MachineOptions,
  machine: MachineState | undefined,
): Promise<string> =>
  setFingerprint(options) ?? machine?.fingerprint ?? (await platformFingerprint(options));

/**
 * What tells this machine from others, 64 hex digits, the same at each call and after a reboot. Set
 * LICET_FINGERPRINT (or the option) where it must outlive the machine: in a container.
 */
export const machineFingerprint = (options: MachineOptions = {}): Promise<SdkResult<string>> =>
  guarded(async () => ok(await findFingerprint(options, await readMachine(stateDirOf(options)))));

const keyForRequest = (machine: MachineState | undefined, hadClock: boolean): PrivateKey =>
  // Without the clock's marks an old key pair would let an old offline key start anew.
  (hadClock && machine ? privateKeyOf(machine) : undefined) ?? generateKey(random);

export interface RequestOptions extends MachineOptions {
  /** The id of the product that asks, where one does. */
  readonly product?: string | undefined;
}

/**
 * Makes a request code for an offline key, and at the first call the machine's key pair. Asking again
 * keeps the pair, so that a renewed key fits.
 */
export const createRequest = (options: RequestOptions = {}): Promise<SdkResult<RequestForms>> =>
  guarded(async () => {
    const folder = stateDirOf(options);
    const machine = await readMachine(folder);
    const now = nowOf(options);
    const key = keyForRequest(machine, await startClock(folder, options));
    const set = setFingerprint(options);
    const fingerprint = set ?? (await findFingerprint(options, machine));
    const hostname = hostnameOf(options);
    const made = makeRequest({ key, fingerprint, hostname, product: options.product, now, random });
    const { hostname: named, product } = made.request;
    const asked = { fingerprint, hostname: named, ...(product === undefined ? {} : { product }) };
    const before = (machine?.requests ?? []).filter(
      (one) => one.fingerprint !== fingerprint || one.hostname !== named || one.product !== product,
    );
    const kept = set ?? machine?.fingerprint;
    const state: MachineState = {
      version: 1,
      key: { kty: 'OKP', crv: 'Ed25519', x: key.x, d: toBase64url(key.seed) },
      ...(kept === undefined ? {} : { fingerprint: kept }),
      ...(machine?.returned && machine.key.x === key.x ? { returned: machine.returned } : {}),
      requests: [asked, ...before].slice(0, keptRequests),
    };
    await writeState(folder, machineFile, state);
    return ok(made);
  });
