/**
 * Giving an offline key back: first it is made unusable on this machine, then the proof is signed, then
 * the private half of the key pair is forgotten. A crash between the steps leaves the key unusable and
 * the proof still to be had: the same call goes on where it stopped.
 */
import { makeProof, proofForms, type ProofForms } from '../statements/typed/deactivation.ts';
import { inspectOfflineKey } from '../statements/typed/offline-key.ts';
import { ok } from '../result.ts';
import { guarded, missing, rejected, type SdkResult } from './failure.ts';
import { privateKeyOf, readMachine, retireKey } from './machine.ts';
import { enteredKeys, removeEnteredKey, findHeldKey, type OfflineKeyOptions } from './offline.ts';
import { iso } from '../time.ts';
import { readTombstones, writeTombstone, type Tombstone } from './returned.ts';
import { nowOf, stateDirOf, type MachineOptions } from './settings.ts';

/** As for verifying; without roots, only the key's bond to this machine is checked. */
export interface GiveBackOptions extends Omit<OfflineKeyOptions, 'roots'> {
  readonly roots?: OfflineKeyOptions['roots'] | undefined;
}

export interface GivenBack extends ProofForms {
  readonly keyId: string;
  readonly licenseId: string;
  readonly product: string;
  /** When it was given back: RFC 3339 UTC. */
  readonly at: string;
}

const shown = (tombstone: Tombstone, proof: string): GivenBack => {
  const { keyId, licenseId, product, at } = tombstone;
  return { ...proofForms(proof), keyId, licenseId, product, at };
};

/** Signs the proof of a tombstone that has none, and forgets the key pair where no other key needs it. */
const finish = async (
  options: MachineOptions,
  tombstone: Tombstone,
): Promise<SdkResult<GivenBack>> => {
  const folder = stateDirOf(options);
  if (tombstone.proof !== null) return ok(shown(tombstone, tombstone.proof));
  const machine = await readMachine(folder);
  const key = machine && privateKeyOf(machine);
  if (!machine || !key) {
    return rejected(
      'no-private-key',
      'The private key of this machine is gone, so the proof can not be signed. Ask the operator to write the key off.',
    );
  }
  const { keyId, licenseId, fingerprint, product, at } = tombstone;
  const { jws } = makeProof(key, { id: keyId, licenseId, fingerprint }, Date.parse(at));
  await writeTombstone(folder, { ...tombstone, proof: jws });
  await removeEnteredKey(folder, product);
  if ((await enteredKeys(folder)).length === 0) await retireKey(folder, machine);
  return ok(shown(tombstone, jws));
};

const findTombstone = async (
  folder: string,
  options: GiveBackOptions,
): Promise<Tombstone | undefined> => {
  const all = await readTombstones(folder);
  const named = options.key === undefined ? undefined : inspectOfflineKey(options.key);
  if (named) return named.ok ? all.find((one) => one.keyId === named.value.id) : undefined;
  // A key that was entered since then is the one to give back; else the last proof is shown again.
  if ((await enteredKeys(folder, options.product)).length > 0) {
    return all.find((one) => one.proof === null);
  }
  return all.findLast((one) => options.product === undefined || one.product === options.product);
};

/** What giving back ends, for the question before it. */
export interface KeyToGiveBack {
  readonly keyId: string;
  readonly license: string;
  readonly product: string;
  /** When the key ends by itself: RFC 3339 UTC. */
  readonly until: string;
}

/** The key that `giveBackOfflineKey` would end; null where it would only show a proof again. Changes nothing. */
export const findKeyToGiveBack = (
  options: GiveBackOptions = {},
): Promise<SdkResult<KeyToGiveBack | null>> =>
  guarded(async () => {
    if (await findTombstone(stateDirOf(options), options)) return ok(null);
    const held = await findClaims(options);
    if (!held.ok) return held;
    const { jti, aud, exp, licet } = held.value;
    return ok({
      keyId: jti,
      license: licet.license.name,
      product: aud,
      until: iso(exp * 1000),
    });
  });

/** The claims of the key to give back, bound to this machine. */
const findClaims = async (options: GiveBackOptions) => {
  const entered = await enteredKeys(stateDirOf(options), options.product);
  if (options.key === undefined && entered.length > 1) {
    return missing('Several offline keys are on this machine. Say which: give its file.');
  }
  // Whatever the clock says: a wrong clock is no reason to keep a seat.
  return findHeldKey(options);
};

/**
 * Gives an offline key back and shows the proof, with which its seat becomes free at the server. The
 * key doesn't work afterwards. Called again, it shows the same proof.
 */
export const giveBackOfflineKey = (options: GiveBackOptions = {}): Promise<SdkResult<GivenBack>> =>
  guarded(async () => {
    const folder = stateDirOf(options);
    const before = await findTombstone(folder, options);
    if (before) return finish(options, before);
    const held = await findClaims(options);
    if (!held.ok) return held;
    const claims = held.value;
    const tombstone: Tombstone = {
      keyId: claims.jti,
      licenseId: claims.sub,
      product: claims.aud,
      fingerprint: claims.licet.machine.fingerprint,
      machineKey: claims.licet.machine.key,
      at: iso(nowOf(options)),
      proof: null,
    };
    await writeTombstone(folder, tombstone);
    return finish(options, tombstone);
  });
