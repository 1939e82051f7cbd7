/** Fills a demo server through its API: everything in it was made as people and products make it. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { activate, checkIn, createRequest } from '../../shared/sdk/index.ts';
import { createClient, type Client } from '../client/api/client.ts';
import { failureText, type Answer } from '../client/api/failure.ts';
import type { DemoClock } from './clock.ts';
import {
  day,
  licenses,
  machines,
  offlineMachine,
  owners,
  people,
  products,
  releases,
  waiting,
  type SampleMachine,
  type SampleRelease,
} from './story.ts';

export interface Stage {
  readonly server: string;
  readonly clock: DemoClock;
  /** Holds the state of the sample machines. */
  readonly folder: string;
  /** The server's public roots, which products embed. */
  readonly roots: string;
}

const must = async <T>(answer: Promise<Answer<T>>): Promise<T> => {
  const settled = await answer;
  if (settled.ok) return settled.value;
  throw new Error(`The sample data could not be made: ${failureText(settled.error).what}`);
};

const signIn = async ({ server }: Stage, email: string, password: string): Promise<Client> => {
  const { token } = await must(createClient({ server }).signIn({ email, password }));
  return createClient({ server, token });
};

const passwordOf = (email: string): string =>
  Object.values(people).find((person) => person.email === email)?.password ?? people.owner.password;

const createAccounts = async (operator: Client): Promise<void> => {
  for (const { phone, ...owner } of owners)
    await must(
      operator.createAccount({
        ...owner,
        ...(phone === null ? {} : { phone }),
        password: passwordOf(owner.email),
      }),
    );
};

const createLicenses = async (operator: Client): Promise<void> => {
  for (const product of products) await must(operator.createProduct(product));
  for (const license of licenses)
    await must(
      operator.createLicense({
        ownerEmail: license.owner,
        name: license.name,
        product: license.product,
        type: license.type,
        maxActivations: license.seats,
        entitlements: license.entitlements,
        expiresAt:
          license.endsIn === null
            ? null
            : new Date(Date.now() + license.endsIn * day).toISOString(),
      }),
    );
};

/** What a sample machine tells the SDK. */
export const machineOptions = (stage: Stage, machine: SampleMachine) => ({
  product: licenses.find(({ name }) => name === machine.license)?.product ?? '',
  roots: stage.roots,
  server: stage.server,
  stateDir: path.join(stage.folder, machine.hostname),
  fingerprint: Buffer.from(machine.hostname.padEnd(32, '.')).toString('hex'),
  hostname: machine.hostname,
  version: machine.version,
  now: stage.clock.now,
});

/** Leo activates his own laptop with his own credentials; that is what users are for. */
export const activateMachine = (stage: Stage, machine: SampleMachine) => {
  const email = machine.hostname.endsWith('-leo') ? people.user.email : machine.owner;
  return activate({
    ...machineOptions(stage, machine),
    email,
    password: passwordOf(email),
    licenseId: machine.license,
  });
};

const startMachine = async (stage: Stage, machine: SampleMachine): Promise<void> => {
  const activated = await activateMachine(stage, machine);
  if (!activated.ok) throw new Error(`${machine.hostname}: ${activated.error.message}`);
};

const addUser = async (stage: Stage): Promise<void> => {
  const owner = await signIn(stage, people.owner.email, people.owner.password);
  const { items } = await must(owner.licenses());
  const dev = items.find(({ name }) => name === 'Dev');
  if (!dev) throw new Error('The license Dev is missing.');
  const added = await must(owner.addUser(dev.id, { email: people.user.email, name: 'Leo Brandt' }));
  await must(
    createClient({ server: stage.server }).setPassword({
      code: added.setPasswordCode ?? '',
      newPassword: people.user.password,
    }),
  );
};

const makeOfflineKey = async (stage: Stage): Promise<void> => {
  const request = await createRequest({
    product: 'meridian-gateway',
    stateDir: path.join(stage.folder, offlineMachine.hostname),
    fingerprint: Buffer.from(offlineMachine.hostname.padEnd(32, '.')).toString('hex'),
    hostname: offlineMachine.hostname,
    now: stage.clock.now,
  });
  if (!request.ok) throw new Error(request.error.message);
  const owner = await signIn(stage, people.owner.email, people.owner.password);
  const { items } = await must(owner.licenses());
  const license = items.find(({ name }) => name === offlineMachine.license);
  await must(owner.issueOfflineKey(license?.id ?? '', { request: request.value.file, days: 90 }));
};

const publish = async (stage: Stage, sample: SampleRelease): Promise<void> => {
  const operator = await signIn(stage, people.operator.email, people.operator.password);
  const { kilobytes, since: _, ...named } = sample;
  const bytes = Buffer.alloc(kilobytes * 1024, `${sample.fileName}\n`);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const announced = await must(operator.announceRelease({ ...named, size: bytes.length, sha256 }));
  await must(operator.sendRelease(announced, new Blob([bytes]).stream(), 0, undefined));
};

interface Event {
  /** Milliseconds before now. */
  readonly before: number;
  readonly happen: () => Promise<unknown>;
}

/** The history of the sample data, oldest first. */
const history = (stage: Stage): readonly Event[] => {
  const events: Event[] = [
    { before: 60 * day, happen: () => makeOfflineKey(stage) },
    { before: 3 * day, happen: () => addUser(stage) },
    {
      before: day / 48,
      happen: () =>
        must(createClient({ server: stage.server }).forgotPassword({ email: 'kofi@demo.example' })),
    },
  ];
  for (const sample of releases)
    events.push({ before: sample.since, happen: () => publish(stage, sample) });
  events.push({ before: waiting.since, happen: () => activateMachine(stage, waiting) });
  for (const machine of machines) {
    events.push({ before: machine.since, happen: () => startMachine(stage, machine) });
    if (machine.lastSeen !== machine.since)
      events.push({
        before: machine.lastSeen,
        happen: () => checkIn(machineOptions(stage, machine)),
      });
  }
  return events.sort((a, b) => b.before - a.before);
};

/** Makes everything; the clock ends at the real time. */
export const seed = async (stage: Stage): Promise<void> => {
  const operator = await signIn(stage, people.operator.email, people.operator.password);
  await createAccounts(operator);
  await createLicenses(operator);
  for (const { before, happen } of history(stage)) {
    stage.clock.moveTo(before);
    await happen();
  }
  stage.clock.moveTo(0);
};
