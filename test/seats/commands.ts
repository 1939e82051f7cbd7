/** The steps of a sequence: each acts on the world by a use case, and tells the model what that means. */
import * as fc from 'fast-check';
import { day, hour } from '../support/server/server.ts';
import { keyOf, type EnteredKey } from './model.ts';
import { mayFree, people, type Person } from './portal.ts';
import { hosts, must, mustRefuse, pairs, type World } from './world.ts';

/** A step with its name, for the sequence that a failed run prints. */
export class Step implements fc.AsyncCommand<object, World> {
  readonly #name: string;
  readonly #act: (world: World) => Promise<void>;

  constructor(name: string, act: (world: World) => Promise<void>) {
    this.#name = name;
    this.#act = act;
  }

  check(): boolean {
    return true;
  }

  async run(_: object, world: World): Promise<void> {
    await this.#act(world);
    await world.check();
    world.steps += 1;
  }

  toString(): string {
    return this.#name;
  }
}

const aHost = fc.integer({ min: 0, max: hosts - 1 });
const aPair = fc.integer({ min: 0, max: pairs - 1 });
const aPerson = fc.constantFrom<Person[]>(...people, 'owner', 'owner');
const someDays = fc.constantFrom(1, 30, 180, 180);

/** One of the keys that were ever made; undefined where there is none. */
const aKey = fc.nat(7);
const keyAt = (world: World, at: number): EnteredKey | undefined =>
  world.model.keys.at(-1 - (at % Math.max(1, world.model.keys.length)));

const activate = fc
  .tuple(aHost, fc.constantFrom<(Person | 'key')[]>('key', 'owner', ...people), fc.boolean())
  .map(
    ([host, by, withToken]) =>
      new Step(`activate(${host}, ${by}${withToken ? ', with its token' : ''})`, async (world) => {
        const { model } = world;
        const before = model.tokens.get(host);
        const activationToken = withToken ? before?.token : undefined;
        const wasHeld = before !== undefined && (await world.holds(before));
        const done = await world.activate(host, by, {
          product: 'suite',
          ...(activationToken === undefined ? {} : { activationToken }),
        });
        const email = by === 'key' ? 'license key' : world.portal.accounts[by].email;
        const isOwn = before === undefined || before.by === email;
        const mayTake = isOwn || withToken || (by !== 'key' && mayFree(by));
        if (wasHeld && !mayTake) mustRefuse(done, `${by} takes over the machine of ${before.by}`);
        if (!done.ok) return;
        const { activation, activationToken: token, lease } = done.value.body;
        model.tokens.set(host, { activation: activation.id, token, by: email });
        model.leased(host, lease);
      }),
  );

const activateWrongProduct = aHost.map(
  (host) =>
    new Step(`activate(${host}, for another product)`, async (world) => {
      mustRefuse(await world.activate(host, 'key', { product: 'other' }), 'another product');
    }),
);

const checkIn = fc.tuple(aHost, fc.integer({ min: 1, max: 3 })).map(
  ([host, times]) =>
    new Step(`check-in(${host}, ${times} at once)`, async (world) => {
      const all = await Promise.all(Array.from({ length: times }, () => world.checkIn(host)));
      for (const one of all) if (one.ok) world.model.leased(host, one.value.lease);
      if (all.some(({ ok }) => ok)) for (const one of all) must(one);
    }),
);

const deactivate = aHost.map(
  (host) =>
    new Step(`deactivate(${host})`, async (world) => {
      const done = await world.deactivate(host);
      if (!done.ok) return;
      world.model.left(`lease of host ${host}`);
      world.model.tokens.delete(host);
    }),
);

const release = fc.tuple(aHost, aPerson).map(
  ([host, by]) =>
    new Step(`release(${host}, ${by})`, async (world) => {
      const done = await world.release(host, by);
      if (!mayFree(by)) mustRefuse(done, 'a user releases');
      if (done.ok) world.model.left(`lease of host ${host}`);
    }),
);

const reset = fc.tuple(aPerson, fc.constantFrom(undefined, undefined, 0, 7)).map(
  ([by, unseenDays]) =>
    new Step(`reset(${by}, ${unseenDays ?? 'all'})`, async (world) => {
      const done = await world.reset(by, unseenDays);
      if (!mayFree(by)) mustRefuse(done, 'a user resets');
      if (!done.ok) return;
      for (const { hostname } of done.value.released)
        world.model.left(`lease of host ${hostname.slice('host-'.length)}`);
    }),
);

const issue = fc.tuple(aHost, aPair, aPerson, someDays).map(
  ([host, pair, by, days]) =>
    new Step(`move offline(${host}, pair ${pair}, ${by}, ${days} d)`, async (world) => {
      const done = await world.issue(host, pair, by, days);
      if (!mayFree(by)) mustRefuse(done, 'a user makes a key');
      if (done.ok) world.keep(host, pair, done.value);
    }),
);

const renew = fc.tuple(aKey, aPerson, someDays).map(
  ([at, by, days]) =>
    new Step(`renew(key ${at}, ${by}, ${days} d)`, async (world) => {
      const key = keyAt(world, at);
      if (!key) return;
      const done = await world.renew(key, by, days);
      if (!mayFree(by)) mustRefuse(done, 'a user renews');
      if (done.ok) world.keep(key.host, key.pair, done.value);
    }),
);

const returnKey = fc.tuple(aKey, aKey, aPerson, fc.constantFrom(0, 0, 0, 300 * day)).map(
  ([at, about, by, ahead]) =>
    new Step(
      `return(key ${at}, proof of ${about}, ${by}, dated +${ahead / day} d)`,
      async (world) => {
        const key = keyAt(world, at);
        const proven = world.model.keys.findLast(
          (one, index) => one.host === key?.host && index % 8 === about,
        );
        if (!key) return;
        const done = await world.return(key, proven ?? key, by, ahead);
        if (!mayFree(by)) mustRefuse(done, 'a user returns');
        if (!done.ok) return;
        if (ahead > 0) throw new Error('a proof from the future was taken');
        world.model.returned(proven ?? key);
      },
    ),
);

const lost = fc.tuple(aKey, aPerson).map(
  ([at, by]) =>
    new Step(`lost(key ${at}, ${by})`, async (world) => {
      const key = keyAt(world, at);
      const done = key && (await world.lost(key, by));
      if (done && !mayFree(by)) mustRefuse(done, 'a user reports a loss');
    }),
);

const writeOff = aKey.map(
  (at) =>
    new Step(`write off(key ${at})`, async (world) => {
      const key = keyAt(world, at);
      const done = key && (await world.writeOff(key));
      if (!key || !done?.ok) return;
      const { keys } = world.model;
      const gone = keys.slice(0, keys.indexOf(key) + 1).filter((one) => one.host === key.host);
      const names = new Set(gone.map((one) => keyOf(one.host, one.pair)));
      world.model.excuse((name) => names.has(name));
    }),
);

const seats = fc.integer({ min: 1, max: 4 }).map(
  (count) =>
    new Step(`seats(${count})`, async (world) => {
      const { model } = world;
      const { hit } = must(await world.patch({ maxActivations: count }));
      const hosts = new Set(hit.map(({ hostname }) => `lease of ${hostname.replace('-', ' ')}`));
      if (count < model.seats) {
        model.excuse((name, one) => one.left || hosts.has(name));
        model.excuseBeside();
      }
      model.most = Math.max(count, await world.used());
      model.seats = count;
    }),
);

const floating = fc.boolean().map(
  (is) =>
    new Step(`floating(${is})`, async (world) => {
      must(await world.patch({ policy: { floating: is } }));
    }),
);

const wait = fc
  .constantFrom(1000, 59 * 60_000, 2 * hour, 23 * hour, 73 * hour, 31 * day, 181 * day)
  .map(
    (time) =>
      new Step(`wait(${time / hour} h)`, async ({ model }) => {
        model.time += time;
        model.behind = 0;
      }),
  );

const stepBack = fc.constantFrom(2 * hour, 80 * hour).map(
  (time) =>
    new Step(`clock back(${time / hour} h)`, async ({ model }) => {
      model.behind = time;
    }),
);

/** What a sequence is made of; what happens oftenest comes more than once. */
export const steps: readonly fc.Arbitrary<Step>[] = [
  activate,
  activate,
  activate,
  activateWrongProduct,
  checkIn,
  checkIn,
  deactivate,
  release,
  reset,
  issue,
  issue,
  issue,
  renew,
  returnKey,
  returnKey,
  lost,
  writeOff,
  seats,
  floating,
  wait,
  wait,
  stepBack,
];
