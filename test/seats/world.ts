/** One license in the portal as the sequences act on it: use cases by name, and what must hold after each. */
import { activate } from '../../server/usecases/seats/activate.ts';
import {
  authenticateActivation,
  checkIn,
  deactivate,
} from '../../server/usecases/seats/check-in.ts';
import {
  reportLost,
  returnOfflineKey,
  writeOff,
} from '../../server/usecases/seats/close-offline-keys.ts';
import { issueOfflineKey, renewOfflineKey } from '../../server/usecases/seats/offline-keys.ts';
import {
  releaseActivation,
  resetActivations,
} from '../../server/usecases/seats/reset-activations.ts';
import { getLicense } from '../../server/usecases/licenses/licenses.ts';
import { patchLicense } from '../../server/usecases/licenses/operator-licenses.ts';
import type { Deps } from '../../server/usecases/deps.ts';
import { holdsSeat } from '../../server/domain/seats.ts';
import { seatOf } from '../../server/usecases/seats/seats.ts';
import type { OfflineKeyWithKey } from '../../shared/api/offline-keys.ts';
import type { ActivationRequest } from '../../shared/api/activations.ts';
import type { LicenseCreated, LicensePatch } from '../../shared/api/licenses.ts';
import type { Refusal } from '../../shared/problems.ts';
import { fail, type Result } from '../../shared/result.ts';
import { generateKey, type PrivateKey } from '../../shared/statements/keys.ts';
import { makeProof } from '../../shared/statements/typed/deactivation.ts';
import { makeRequest } from '../../shared/statements/typed/offline-request.ts';
import { random } from '../../server/system/create-deps.ts';
import { fingerprint } from '../support/server/server.ts';
import type { EnteredKey, HeldToken, Model } from './model.ts';
import type { Person, SeatPortal } from './portal.ts';

export const hosts = 5;
export const pairs = 3;
const nothing = { key: undefined, route: '', content: '' };

/** Key pairs and request codes of machines are the same in all sequences: each has a license of its own. */
const machines: { readonly key: PrivateKey; readonly request: string }[] = [];
for (let at = 0; at < hosts * pairs; at += 1) {
  const key = generateKey(random);
  const hostname = `host-${Math.floor(at / pairs)}`;
  const now = Date.parse('2026-03-01T08:00:00Z');
  const request = makeRequest({ key, fingerprint: fingerprint(hostname), hostname, now, random });
  machines.push({ key, request: request.jws });
}

const machineOf = (host: number, pair: number) => {
  const machine = machines[host * pairs + pair];
  if (!machine) throw new Error(`no machine ${host}/${pair}`);
  return machine;
};

const noToken: Refusal = { code: 'unauthenticated', detail: 'the machine was never activated' };

export class World {
  readonly portal: SeatPortal;
  readonly license: LicenseCreated;
  readonly model: Model;
  /** Steps done. */
  steps = 0;
  readonly #deps: Deps;

  constructor(portal: SeatPortal, license: LicenseCreated, model: Model) {
    this.portal = portal;
    this.license = license;
    this.model = model;
    this.#deps = portal.depsAt(() => model.time - model.behind);
  }

  get deps(): Deps {
    return { ...this.#deps, store: this.portal.server.deps.store };
  }

  activate(host: number, by: Person | 'key', more: object = {}) {
    const machine = {
      fingerprint: fingerprint(`host-${host}`),
      hostname: `host-${host}`,
      platform: 'linux',
      version: '1',
    };
    const who =
      by === 'key'
        ? { licenseKey: this.license.licenseKey }
        : {
            email: this.portal.accounts[by].email,
            password: 'quiet harbor lantern',
            licenseId: this.license.id,
          };
    const input: ActivationRequest = { ...who, machine, ...more };
    return activate(this.deps, { from: 'local', agent: 'test' }, input, nothing);
  }

  async checkIn(host: number) {
    const held = this.model.tokens.get(host);
    if (!held) return fail(noToken);
    const caller = await authenticateActivation(this.deps, held.token, 'local');
    return caller.ok ? checkIn(this.deps, caller.value, held.activation, {}) : caller;
  }

  async deactivate(host: number) {
    const held = this.model.tokens.get(host);
    if (!held) return fail(noToken);
    const caller = await authenticateActivation(this.deps, held.token, 'local');
    return caller.ok ? deactivate(this.deps, caller.value, held.activation) : caller;
  }

  release(host: number, by: Person) {
    const id = this.model.tokens.get(host)?.activation ?? 'act_none';
    return releaseActivation(this.deps, this.portal.caller(by), this.license.id, id);
  }

  reset(by: Person, unseenDays: number | undefined) {
    const input = unseenDays === undefined ? {} : { unseenDays };
    return resetActivations(this.deps, this.portal.caller(by), this.license.id, input);
  }

  issue(host: number, pair: number, by: Person, days: number) {
    const input = { request: machineOf(host, pair).request, days };
    return issueOfflineKey(this.deps, this.portal.caller(by), this.license.id, input, nothing);
  }

  renew(key: EnteredKey, by: Person, days: number) {
    return renewOfflineKey(this.deps, this.portal.caller(by), this.license.id, key.id, { days });
  }

  /** Enters the proof of one key as the return of another of the same host. */
  return(key: EnteredKey, proven: EnteredKey, by: Person, ahead: number) {
    const given = {
      id: proven.id,
      licenseId: this.license.id,
      fingerprint: fingerprint(`host-${proven.host}`),
    };
    const at = this.deps.now() + ahead;
    const { jws } = makeProof(machineOf(proven.host, proven.pair).key, given, at);
    return returnOfflineKey(this.deps, this.portal.caller(by), this.license.id, key.id, jws);
  }

  lost(key: EnteredKey, by: Person) {
    return reportLost(this.deps, this.portal.caller(by), this.license.id, key.id, 'lost');
  }

  writeOff(key: EnteredKey) {
    return writeOff(this.deps, this.portal.caller('operator'), key.id);
  }

  patch(patch: LicensePatch) {
    return patchLicense(
      this.deps,
      this.portal.caller('operator'),
      this.license.id,
      patch,
      undefined,
    );
  }

  /** Notes a key that was made and entered on its machine. */
  keep(host: number, pair: number, made: OfflineKeyWithKey): void {
    this.model.entered({ id: made.id, host, pair }, Date.parse(made.expiresAt));
  }

  /** Whether an activation holds a seat or still runs on a lease. */
  async holds({ activation }: HeldToken): Promise<boolean> {
    const document = await this.deps.store.read((reader) => reader.activations.get(activation));
    const license = await this.deps.store.read((reader) => reader.licenses.get(this.license.id));
    if (!document || !license || document.tokenHash === null) return false;
    const seat = seatOf(this.deps, license, document);
    return holdsSeat(license, seat, this.deps.now()) || seat.leaseUntil > this.deps.now();
  }

  /** Seats used, as the owner sees it. */
  async used(): Promise<number> {
    const seen = await getLicense(this.deps, this.portal.caller('owner'), this.license.id);
    return must(seen).counter;
  }

  /** What must hold at all times. @throws where it doesn't */
  async check(): Promise<void> {
    const { model } = this;
    const used = await this.used();
    if (used > model.most) throw new Error(`${used} seats are held of ${model.seats}`);
    const { seated, left } = model.count();
    const what = JSON.stringify(Object.fromEntries(model.running));
    if (seated > model.most)
      throw new Error(`${seated} machines run as if on a seat, of ${model.seats}: ${what}`);
    if (left > model.seats)
      throw new Error(`${left} machines run without a seat, of ${model.seats}: ${what}`);
  }
}

/** The value. @throws for a refusal that can't be */
export const must = <T>(result: Result<T, Refusal>): T => {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.detail}`);
  return result.value;
};

/** @throws unless it was refused */
export const mustRefuse = (result: Result<unknown, Refusal>, why: string): void => {
  if (result.ok) throw new Error(`not refused: ${why}`);
};
