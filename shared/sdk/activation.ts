/** Online licensing: activate, check in, deactivate, and the lease in between. */
import { z } from 'zod';
import {
  Activated,
  CheckedIn,
  type Administrator,
  type ProductLicense,
} from '../api/activations.ts';
import type { LeaseClaims } from '../statements/claims.ts';
import { fail, ok } from '../result.ts';
import { verifyStatement } from '../statements/statements.ts';
import type { Trust } from '../statements/trust.ts';
import { call, type ServerOptions } from './call.ts';
import { noteClock, watchClock } from './clock.ts';
import { guarded, missing, rejected, type SdkResult } from './failure.ts';
import { findFingerprint, readMachine } from './machine.ts';
import { iso } from '../time.ts';
import { noticesAt, type Permit } from './permit.ts';
import {
  hostnameOf,
  nowOf,
  stateDirOf,
  type MachineOptions,
  type TrustOptions,
} from './settings.ts';
import { readState, removeState, writeState } from './state.ts';
import { refreshRevocations, trustHere } from './trust-store.ts';

const ActivationState = z.object({
  version: z.literal(1),
  server: z.string(),
  pin: z.string().nullable(),
  insecureHttp: z.boolean(),
  activationId: z.string(),
  activationToken: z.string(),
  lease: z.string(),
  /** When the next check-in is due. Milliseconds. */
  checkInAt: z.number(),
});
type ActivationState = z.infer<typeof ActivationState>;

const stateFile = (product: string): string => `activation.${encodeURIComponent(product)}.json`;

/** The product that runs, its roots of trust, and the machine. */
export interface ProductOptions extends MachineOptions, TrustOptions {
  /** The product's id, as the operator created it. */
  readonly product: string;
}

/** A person's e-mail and password, or the key of a license. */
export type Credentials =
  | {
      readonly email: string;
      readonly password: string;
      readonly totp?: string | undefined;
      /** An id or a name, where the person has several licenses. */
      readonly licenseId?: string | undefined;
    }
  | { readonly licenseKey: string };

export type ActivateOptions = ProductOptions &
  ServerOptions &
  Credentials & {
    /** The product's version, shown to the license's owner. */
    readonly version?: string | undefined;
  };

/** The server has less than what this machine saw before: it was restored, or its disk was set back. */
export interface WentBack {
  readonly before: { readonly era: number; readonly seq: number };
  readonly now: { readonly era: number; readonly seq: number };
  /** Whether a restore has announced it, by a new era. */
  readonly announced: boolean;
  readonly message: string;
}

/** A lease that was just taken. */
export interface Leased {
  readonly permit: Permit;
  readonly license: ProductLicense;
  /** When to check in next: RFC 3339 UTC. */
  readonly checkInAt: string;
  readonly wentBack: WentBack | null;
}

export interface ActivatedMachine extends Leased {
  readonly activationId: string;
  readonly administrator: Administrator;
}

interface Here {
  readonly folder: string;
  readonly now: number;
  readonly fingerprint: string;
  readonly trust: Trust;
}

const here = async (options: ProductOptions): Promise<Here> => {
  const folder = stateDirOf(options);
  const fingerprint = await findFingerprint(options, await readMachine(folder));
  return { folder, now: nowOf(options), fingerprint, trust: await trustHere(options) };
};

/** Verifies a lease for this product and machine, against the clock and its marks. */
const acceptLease = async (
  lease: string,
  options: ProductOptions,
  { folder, now, fingerprint, trust }: Here,
  isFresh: boolean,
): Promise<SdkResult<LeaseClaims>> => {
  const verified = verifyStatement('lease', lease, {
    roots: trust.roots,
    revocations: trust.revocations,
    issuer: trust.issuer,
    audience: options.product,
    now,
  });
  if (!verified.ok) {
    if (verified.error.reason === 'expired') await noteClock(folder, options);
    return rejected(verified.error.reason, verified.error.message);
  }
  const { claims } = verified.value;
  if (claims.licet.machine.fingerprint !== fingerprint) {
    return rejected(
      'wrong-machine',
      `This lease is for the machine ${claims.licet.machine.fingerprint.slice(0, 12)} (${claims.licet.machine.hostname}), and this one is ${fingerprint.slice(0, 12)}. Activate this machine.`,
    );
  }
  const watched = await watchClock(folder, options, { issuedAt: claims.iat * 1000, isFresh });
  return watched.ok ? ok(claims) : watched;
};

const permitOf = (claims: LeaseClaims, { now, trust }: Here): Permit => {
  const { license, machine, activation } = claims.licet;
  const until = claims.exp * 1000;
  const revocations = trust.revocations && trust.revocations.exp * 1000;
  return {
    source: 'lease',
    licenseId: claims.sub,
    product: claims.aud,
    license,
    fingerprint: machine.fingerprint,
    hostname: machine.hostname,
    until: iso(until),
    id: activation,
    administrator: null,
    ...noticesAt(now, { license: license.expiresAt, until, revocations }),
  };
};

const lastClaims = (
  state: ActivationState | undefined,
  { trust }: Here,
): LeaseClaims | undefined => {
  if (!state) return undefined;
  // What was accepted before is only compared: an end that has passed doesn't matter.
  const verified = verifyStatement('lease', state.lease, {
    roots: trust.roots,
    now: 0,
    anyTime: true,
  });
  return verified.ok ? verified.value.claims : undefined;
};

/** Whether a new lease comes from an earlier state of the same server than the one before it. */
const findWentBack = (last: LeaseClaims | undefined, next: LeaseClaims): WentBack | null => {
  if (!last || last.iss !== next.iss) return null;
  const before = { era: last.licet.era, seq: last.licet.seq };
  const now = { era: next.licet.era, seq: next.licet.seq };
  if (now.era === before.era && now.seq >= before.seq) return null;
  const announced = now.era > before.era;
  const message = announced
    ? `The server was restored from a backup since the last check-in (era ${before.era} to ${now.era}). What was changed after that backup is lost there.`
    : `The server has gone back in time: its journal was at ${before.seq} and is at ${now.seq} (era ${before.era} to ${now.era}). Tell its operator.`;
  return { before, now, announced, message };
};

interface Taken {
  readonly state: Omit<ActivationState, 'lease' | 'checkInAt' | 'version'>;
  readonly lease: string;
  readonly license: ProductLicense;
  readonly checkInMinutes: number;
}

const keepLease = async (
  taken: Taken,
  options: ProductOptions,
  place: Here,
  last: LeaseClaims | undefined,
): Promise<SdkResult<Leased>> => {
  const accepted = await acceptLease(taken.lease, options, place, true);
  if (!accepted.ok) return accepted;
  const checkInAt = place.now + taken.checkInMinutes * 60_000;
  const state: ActivationState = { version: 1, ...taken.state, lease: taken.lease, checkInAt };
  await writeState(place.folder, stateFile(options.product), state);
  return ok({
    permit: permitOf(accepted.value, place),
    license: taken.license,
    checkInAt: iso(checkInAt),
    wentBack: findWentBack(last, accepted.value),
  });
};

/** `activationToken`: of this machine's activation so far, which another account may have made. */
const activationBody = (
  options: ActivateOptions,
  fingerprint: string,
  activationToken: string | undefined,
): unknown => {
  const { product } = options;
  const machine = {
    fingerprint,
    hostname: hostnameOf(options),
    platform: `${process.platform}-${process.arch}`,
    version: options.version ?? 'unknown',
  };
  const asked = { product, machine, activationToken };
  if ('licenseKey' in options) return { licenseKey: options.licenseKey, ...asked };
  const { email, password, totp, licenseId } = options;
  return { email, password, totp, licenseId, ...asked };
};

/**
 * Takes a seat for this machine and keeps the lease. The same machine again renews it. Refusals come as
 * `problem`: with who holds the seats, or with the licenses to choose from.
 */
export const activate = (options: ActivateOptions): Promise<SdkResult<ActivatedMachine>> =>
  guarded(async () => {
    const place = await here(options);
    const { server, pin, insecureHttp, product } = options;
    const before = await readState(place.folder, stateFile(product), ActivationState);
    const answer = await call(options, {
      method: 'POST',
      path: '/v1/activations',
      body: activationBody(
        options,
        place.fingerprint,
        before?.server === server ? before.activationToken : undefined,
      ),
      answer: Activated,
    });
    if (!answer.ok) return answer;
    const { activation, activationToken, administrator, ...rest } = answer.value;
    const state = {
      server,
      pin: pin ?? null,
      insecureHttp: insecureHttp ?? false,
      activationId: activation.id,
      activationToken,
    };
    const leased = await keepLease({ state, ...rest }, options, place, lastClaims(before, place));
    return leased.ok ? ok({ ...leased.value, activationId: activation.id, administrator }) : leased;
  });

const noActivation = (product: string) =>
  missing(`This machine holds no activation of ${product}. Activate it first.`);

const serverOf = ({ server, pin, insecureHttp }: ActivationState): ServerOptions => ({
  server,
  pin: pin ?? undefined,
  insecureHttp,
});

/** Whether the server wants to hear from this machine by now; false where it holds no activation. */
export const isCheckInDue = async (options: ProductOptions): Promise<boolean> => {
  const state = await readState(stateDirOf(options), stateFile(options.product), ActivationState);
  return state !== undefined && nowOf(options) >= state.checkInAt;
};

/** What a check-in tells the server, and where it is if that has changed. */
export interface CheckInOptions extends ProductOptions, Partial<ServerOptions> {
  readonly version?: string | undefined;
}

const RevocationsAnswer = z.object({ revocations: z.string().nullable() });

/** The server's list of revoked keys: null for none; undefined when it could not be had, which can wait. */
const fetchRevocations = async (server: ServerOptions): Promise<string | null | undefined> => {
  const answer = await call(server, {
    method: 'GET',
    path: '/v1/revocations',
    answer: RevocationsAnswer,
  });
  return answer.ok ? answer.value.revocations : undefined;
};

/** Renews the lease; after a reset it takes a seat again if one is free. The lease before stays until its end. */
export const checkIn = (options: CheckInOptions): Promise<SdkResult<Leased>> =>
  guarded(async () => {
    const place = await here(options);
    const state = await readState(place.folder, stateFile(options.product), ActivationState);
    if (!state) return noActivation(options.product);
    const { version: _, lease: _lease, checkInAt: _at, ...kept } = state;
    const target = {
      server: options.server ?? state.server,
      pin: options.pin ?? state.pin,
      insecureHttp: options.insecureHttp ?? state.insecureHttp,
    };
    const reached = { ...target, pin: target.pin ?? undefined };
    const answer = await call(reached, {
      method: 'POST',
      path: `/v1/activations/${encodeURIComponent(state.activationId)}/check-in`,
      body: { version: options.version, hostname: hostnameOf(options) },
      token: state.activationToken,
      answer: CheckedIn,
    });
    if (!answer.ok) return answer;
    await refreshRevocations(place.folder, place.trust, place.now, () => fetchRevocations(reached));
    const taken = { state: { ...kept, ...target }, ...answer.value };
    const informed = { ...place, trust: await trustHere(options) };
    return keepLease(taken, options, informed, lastClaims(state, informed));
  });

/** Gives the seat back at the server, then forgets the activation here. */
export const deactivate = (
  options: MachineOptions & { readonly product: string },
): Promise<SdkResult<null>> =>
  guarded(async () => {
    const folder = stateDirOf(options);
    const state = await readState(folder, stateFile(options.product), ActivationState);
    if (!state) return noActivation(options.product);
    const answer = await call(serverOf(state), {
      method: 'DELETE',
      path: `/v1/activations/${encodeURIComponent(state.activationId)}`,
      token: state.activationToken,
      answer: null,
    });
    // A token that the server no longer knows has nothing to give back: an earlier call got that far.
    const isGone =
      !answer.ok && answer.error.kind === 'problem' && answer.error.code === 'unauthenticated';
    if (!answer.ok && !isGone) return fail(answer.error);
    await removeState(folder, stateFile(options.product));
    return ok(null);
  });

/** Verifies the lease that this machine holds, without the network: what it permits, or exactly why not. */
export const verifyLease = (options: ProductOptions): Promise<SdkResult<Permit>> =>
  guarded(async () => {
    const place = await here(options);
    const state = await readState(place.folder, stateFile(options.product), ActivationState);
    if (!state) return noActivation(options.product);
    const accepted = await acceptLease(state.lease, options, place, false);
    return accepted.ok ? ok(permitOf(accepted.value, place)) : accepted;
  });
