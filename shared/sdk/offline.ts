/** Offline keys on the machine that they were made for: entering, and verifying without a network. */
import { z } from 'zod';
import type { OfflineKeyClaims } from '../statements/claims.ts';
import { isTypedForm } from '../statements/codes.ts';
import { expandOfflineKey, readOfflineKey } from '../statements/typed/offline-key.ts';
import { ok } from '../result.ts';
import { showTime, verifyStatement, type VerifyOptions } from '../statements/statements.ts';
import { noteClock, watchClock } from './clock.ts';
import { guarded, missing, rejected, type SdkResult } from './failure.ts';
import { findFingerprint, privateKeyOf, readMachine, type MachineState } from './machine.ts';
import { iso } from '../time.ts';
import { noticesAt, type Permit } from './permit.ts';
import { readTombstones, tombstoneOf } from './returned.ts';
import { nowOf, stateDirOf, type MachineOptions, type TrustOptions } from './settings.ts';
import { keepRevocations, trustHere } from './trust-store.ts';
import { listState, readState, removeState, writeState } from './state.ts';

const prefix = 'offline-key.';
const keyFile = (product: string): string => `${prefix}${encodeURIComponent(product)}.json`;
const KeyState = z.object({
  version: z.literal(1),
  key: z.string(),
  enteredAt: z.string(),
  /** When the newest key that was entered of each license was signed. Seconds. */
  newest: z.record(z.string(), z.number()).optional(),
});

export interface OfflineKeyOptions extends MachineOptions, TrustOptions {
  /** The product that the key must be for; any when left out. */
  readonly product?: string | undefined;
  /** The id of the license that the key must be of; any when left out. */
  readonly licenseId?: string | undefined;
  /** The key: file, bare statement, parts of a QR code, or typed lines. Default: the one that was entered. */
  readonly key?: string | undefined;
}

/** An offline key that holds on this machine. */
export interface HeldKey {
  readonly jws: string;
  readonly claims: OfflineKeyClaims;
  readonly permit: Permit;
}

/** The keys that were entered on this machine, for one product or for all. */
export const enteredKeys = async (folder: string, product?: string): Promise<string[]> => {
  const names = product === undefined ? await listState(folder, prefix) : [keyFile(product)];
  const states = await Promise.all(names.map((name) => readState(folder, name, KeyState)));
  return states.flatMap((state) => (state ? [state.key] : []));
};

export const removeEnteredKey = (folder: string, product: string): Promise<void> =>
  removeState(folder, keyFile(product));

/** Why there is no key: none was entered yet, or the last one was given back. */
const notEntered = async (folder: string, product: string | undefined) => {
  const last = (await readTombstones(folder)).findLast(
    (one) => product === undefined || one.product === product,
  );
  return last
    ? missing(
        `The offline key of this machine was given back on ${last.at.slice(0, 10)}, and none was entered since. Make a new request and ask for a new key.`,
        'request',
      )
    : missing('No offline key was entered on this machine.', 'enter');
};

const noRequest = rejected(
  'no-private-key',
  'This machine has made no request, so no offline key can be for it.',
  'request',
);

/** The whole statement of a key in any form; typed lines are completed by what this machine knows. */
const expandHere = (
  text: string,
  machine: MachineState | undefined,
  options: VerifyOptions,
  certificates: readonly string[],
): SdkResult<string> => {
  const isGenuine = (jws: string) => {
    const verified = verifyStatement('offline-key', jws, options);
    return verified.ok || verified.error.reason !== 'signature';
  };
  const identities = machine?.requests ?? [];
  const whole = expandOfflineKey(text, undefined);
  if (whole.ok || identities.length === 0) {
    return whole.ok ? whole : rejected('unreadable', whole.error);
  }
  const expanded = identities.map((identity) =>
    expandOfflineKey(
      text,
      { machine: { ...identity, key: machine?.key.x ?? '' }, certificates },
      isGenuine,
    ),
  );
  const chosen = expanded.find((one) => one.ok && isGenuine(one.value)) ?? expanded[0] ?? whole;
  return chosen.ok ? chosen : rejected('unreadable', chosen.error);
};

// Each line has its own check: what still doesn't fit was signed for another machine or another key pair.
const typedElsewhere = ({ requests: [last], key }: MachineState) =>
  rejected(
    'wrong-machine',
    `The lines are right, but they are not the key of this machine (${last?.hostname ?? ''}, fingerprint ${last?.fingerprint.slice(0, 12) ?? ''}${key.d === undefined ? ', which gave its key back' : ''}). Compare the machine's name and fingerprint with those on the carry sheet. If it is the right machine, it was set up anew since its request: make a new one and ask for a new key.`,
    'request',
  );

const checkMachine = (
  claims: OfflineKeyClaims,
  fingerprint: string,
  machine: MachineState,
): SdkResult<null> => {
  const bound = claims.licet.machine;
  if (bound.fingerprint !== fingerprint) {
    return rejected(
      'wrong-machine',
      `This offline key is for the machine ${bound.fingerprint.slice(0, 12)} (${bound.hostname}), and this one is ${fingerprint.slice(0, 12)}. Use the key that was made for this machine's request; where the fingerprint is set, set the same one (LICET_FINGERPRINT).`,
    );
  }
  if (bound.key !== machine.key.x || !privateKeyOf(machine)) {
    return rejected(
      'no-private-key',
      'This offline key is bound to a key pair whose private half is not on this machine. A copied key does not work; make a new request here and ask for a new key.',
      'request',
    );
  }
  return ok(null);
};

const checkNotReturned = async (
  folder: string,
  claims: OfflineKeyClaims,
): Promise<SdkResult<null>> => {
  const tombstone = await tombstoneOf(folder, claims);
  return tombstone
    ? rejected(
        'given-back',
        `This offline key was given back on ${tombstone.at.slice(0, 10)} and does not work any more. Make a new request and ask for a new key.`,
        'request',
      )
    : ok(null);
};

const permitOf = (
  claims: OfflineKeyClaims,
  now: number,
  revocations: number | undefined,
): Permit => {
  const { license, machine, administrator } = claims.licet;
  const until = claims.exp * 1000;
  return {
    source: 'offline-key',
    licenseId: claims.sub,
    product: claims.aud,
    license,
    fingerprint: machine.fingerprint,
    hostname: machine.hostname,
    until: iso(until),
    id: claims.jti,
    administrator,
    ...noticesAt(now, { license: license.expiresAt, until, revocations }),
  };
};

/** Verifies a key in any form on this machine, all but the clock's marks, or at `anyTime` all but the clock. */
const checkKey = async (
  text: string,
  options: OfflineKeyOptions,
  anyTime: boolean,
): Promise<SdkResult<HeldKey>> => {
  const folder = stateDirOf(options);
  const now = nowOf(options);
  const trust = await trustHere(options);
  const machine = await readMachine(folder);
  const { roots, revocations, issuer } = trust;
  // Also where the key is refused for it: a newer list is what a technician came to bring.
  if (machine) await keepRevocations(folder, trust);
  const how = { roots, revocations, issuer, audience: options.product, now, anyTime };
  const jws = expandHere(text, machine, how, trust.certificates);
  if (!jws.ok) return jws;
  const verified = verifyStatement('offline-key', jws.value, how);
  if (!verified.ok) {
    const { reason, message } = verified.error;
    if (reason === 'expired') await noteClock(folder, options);
    const elsewhere = reason === 'signature' && machine !== undefined && isTypedForm(text);
    return elsewhere ? typedElsewhere(machine) : rejected(reason, message);
  }
  if (!machine) return noRequest;
  const { claims } = verified.value;
  const { licenseId } = options;
  if (licenseId !== undefined && claims.sub !== licenseId) {
    return rejected(
      'wrong-license',
      `This offline key is of the license ${claims.sub} (${claims.licet.license.name}), not of ${licenseId}. Ask for a key of that license.`,
    );
  }
  const returned = await checkNotReturned(folder, claims);
  if (!returned.ok) return returned;
  const bound = checkMachine(claims, await findFingerprint(options, machine), machine);
  if (!bound.ok) return bound;
  const permit = permitOf(claims, now, revocations && revocations.exp * 1000);
  return ok({ jws: jws.value, claims, permit });
};

const keyText = async (
  options: MachineOptions & Pick<Partial<OfflineKeyOptions>, 'key' | 'product'>,
): Promise<SdkResult<string>> => {
  const text = options.key ?? (await enteredKeys(stateDirOf(options), options.product))[0];
  return text === undefined ? notEntered(stateDirOf(options), options.product) : ok(text);
};

/** The claims of a key that is bound to this machine, whatever the clock says and whoever signed it. */
const readBoundKey = async (
  text: string,
  options: MachineOptions,
): Promise<SdkResult<OfflineKeyClaims>> => {
  const folder = stateDirOf(options);
  const machine = await readMachine(folder);
  const jws = expandOfflineKey(text, undefined);
  if (!jws.ok) return rejected('unreadable', jws.error);
  const claims = readOfflineKey(jws.value);
  if (!claims.ok) return rejected('unreadable', claims.error);
  if (!machine) return noRequest;
  const bound = checkMachine(claims.value, await findFingerprint(options, machine), machine);
  return bound.ok ? claims : bound;
};

/**
 * The claims of a key that this machine holds, for giving it back: the clock doesn't matter, and
 * without roots neither does who signed it, since the machine only signs for itself.
 */
export const findHeldKey = async (
  options: Omit<OfflineKeyOptions, 'roots'> & {
    readonly roots?: OfflineKeyOptions['roots'] | undefined;
  },
): Promise<SdkResult<OfflineKeyClaims>> => {
  const text = await keyText(options);
  if (!text.ok) return text;
  const { roots } = options;
  if (roots === undefined) return readBoundKey(text.value, options);
  const held = await checkKey(text.value, { ...options, roots }, true);
  return held.ok ? ok(held.value.claims) : held;
};

const holdKey = async (options: OfflineKeyOptions): Promise<SdkResult<HeldKey>> => {
  const text = await keyText(options);
  const held = text.ok ? await checkKey(text.value, options, false) : text;
  if (!held.ok) return held;
  const issuedAt = held.value.claims.iat * 1000;
  const watched = await watchClock(stateDirOf(options), options, { issuedAt, isFresh: false });
  return watched.ok ? held : watched;
};

/**
 * Verifies an offline key on this machine, without the network: what it permits, or exactly why not.
 * The key must be for this fingerprint, and the private half of its key pair must be here.
 */
export const verifyOfflineKey = (options: OfflineKeyOptions): Promise<SdkResult<Permit>> =>
  guarded(async () => {
    const held = await holdKey(options);
    return held.ok ? ok(held.value.permit) : held;
  });

/** The newest signing times of what was entered for a product, by license. Keys of licet 0.1 stand alone. */
const newestEntered = async (
  folder: string,
  product: string,
): Promise<Readonly<Record<string, number>>> => {
  const state = await readState(folder, keyFile(product), KeyState);
  if (!state || state.newest) return state?.newest ?? {};
  const claims = readOfflineKey(state.key);
  return claims.ok ? { [claims.value.sub]: claims.value.iat } : {};
};

/** Verifies a key and keeps it in the state folder, where the product finds it. An older key never replaces a newer one. */
export const enterOfflineKey = (
  options: OfflineKeyOptions & { readonly key: string },
): Promise<SdkResult<Permit>> =>
  guarded(async () => {
    const held = await holdKey(options);
    if (!held.ok) return held;
    const { jws, claims, permit } = held.value;
    const folder = stateDirOf(options);
    const newest = await newestEntered(folder, claims.aud);
    const before = newest[claims.sub] ?? 0;
    if (claims.iat < before) {
      return rejected(
        'superseded',
        `This offline key was signed on ${showTime(claims.iat)}, and this machine holds or held a newer one of the same license, signed on ${showTime(before)}. Use the newer one, or ask for a new key.`,
      );
    }
    const state: z.infer<typeof KeyState> = {
      version: 1,
      key: jws,
      enteredAt: iso(nowOf(options)),
      newest: { ...newest, [claims.sub]: claims.iat },
    };
    await writeState(folder, keyFile(claims.aud), state);
    return ok(permit);
  });
