/**
 * What the examples of the commands speak of, made once and copied for each: a server's data with Ana's
 * licenses Prod and Dev, the people around her, the machine plant-7, and the files that are named.
 */
import { copyFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Secret, TOTP } from 'otpauth';
import { serve, type RunningServer } from '../../../server/main.ts';
import { backup } from '../../../server/store/backup/backup.ts';
import { initData } from '../../../server/system/maintenance/init.ts';
import {
  exportPublicRoots,
  exportTrust,
  listKeys,
} from '../../../server/system/keys/manage-keys.ts';
import { createRequest, enterOfflineKey, giveBackOfflineKey } from '../../../shared/sdk/index.ts';
import { publishRelease } from '../../../tui/client/actions/releases/publish-releases.ts';
import { createClient, type Client } from '../../../tui/client/api/client.ts';
import { thisPlatform } from '../../../tui/client/api/platform.ts';
import { makeFolder, type TestFolder } from '../licet.ts';
import { must } from '../server/live-server.ts';
import { must as mustMachine } from '../machines/machine.ts';

export const rootPassphrase = 'a passphrase for the root';
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Everybody has this password; Tia has a second factor too, and Ben has begun one. */
export const password = 'three green kites over the bay';
const people = {
  ops: 'ops@example.com',
  ana: 'ana@example.com',
  bob: 'bob@example.com',
  ben: 'ben@example.com',
  tia: 'tia@example.com',
} as const;
export type Person = keyof typeof people;
const names = Object.keys(people) as Person[];

export const plant7 = { fingerprint: '77'.repeat(32), hostname: 'plant-7' };

/** Serves a folder on a free port. */
export const serveFolder = (directory: string, tls: boolean): Promise<RunningServer> =>
  serve({
    directory,
    version: '0.0.0-test',
    log: quiet,
    program: null,
    flags: { listen: '127.0.0.1:0', tls },
  });

const authenticator = (secret: string): TOTP => new TOTP({ secret: Secret.fromBase32(secret) });

/** All but the operator, whose accounts these are; each is signed in. */
const makePeople = async (url: string, ops: Client) => {
  const anyone = createClient({ server: url });
  const signIn = async (name: Person, more: { totp?: string } = {}): Promise<Client> => {
    const credentials = { email: people[name], password, ...more };
    const { token } = await must(anyone.signIn(credentials));
    return createClient({ server: url, token });
  };
  for (const name of names) {
    if (name !== 'ops') await must(ops.createAccount({ email: people[name], name, password }));
  }
  const [ana, bob, ben, tia] = [
    await signIn('ana'),
    await signIn('bob'),
    await signIn('ben'),
    await signIn('tia'),
  ];
  const begin = async (client: Client): Promise<TOTP> =>
    authenticator((await must(client.beginSecondFactor({ currentPassword: password }))).secret);
  const [ofBen, ofTia] = [await begin(ben), await begin(tia)];
  await must(tia.confirmSecondFactor({ code: ofTia.generate() }));
  return { clients: { ops, ana, bob, ben, tia }, authenticators: { ben: ofBen, tia: ofTia } };
};

/** Products, Ana's two licenses, and who or what is on them. */
const makeLicenses = async (url: string, { ops, ana, bob }: Readonly<Record<Person, Client>>) => {
  const trial = { days: 14, maxActivations: 1, url: 'https://try.example.com' };
  await must(ops.createProduct({ id: 'acme-server', name: 'Acme Server', trial }));
  const license = (name: string, maxActivations: number) =>
    must(
      ops.createLicense({
        ownerEmail: people.ana,
        name,
        product: 'acme-server',
        type: 'subscription',
        maxActivations,
      }),
    );
  const [prod, dev] = [await license('Prod', 4), await license('Dev', 1)];
  for (const [i, hostname] of ['build-3', 'db-7'].entries()) {
    const machine = {
      fingerprint: `${i + 1}`.repeat(64),
      hostname,
      platform: 'linux-x64',
      version: '1.3.0',
    };
    const body = JSON.stringify({ licenseKey: prod.licenseKey, machine });
    const headers = { 'content-type': 'application/json' };
    const { status } = await fetch(`${url}/v1/activations`, { method: 'POST', headers, body });
    if (status !== 201) throw new Error(`${hostname} was not activated: ${status}`);
  }
  const { items } = await must(ana.activations(prod.id));
  await must(ana.addUser(dev.id, { email: people.bob, name: 'Bob' }));
  const [invitation] = (await must(bob.invitations())).items;
  const { license: tried } = await must(bob.startTrial({ product: 'acme-server' }));
  await must(createClient({ server: url }).forgotPassword({ email: people.bob }));
  const account = (await must(bob.account())).id;
  const { code } = await must(ops.accountCode(account));
  return {
    prod: prod.id,
    dev: dev.id,
    build3: items.find(({ hostname }) => hostname === 'build-3')?.id ?? '',
    invitation: invitation?.id ?? '',
    trial: tried.id,
    code,
  };
};

/** The machine plant-7 before and after it got its key, and the key as a file. */
const makePlant = async (folder: string, ana: Client, prod: string, trust: string) => {
  const machine = (name: string): Machine => ({ ...plant7, stateDir: path.join(folder, name) });
  const [asked, entered, returned] = [machine('asked'), machine('entered'), machine('returned')];
  const request = mustMachine(await createRequest(asked));
  const { id, key } = await must(ana.issueOfflineKey(prod, { request: request.file }));
  await cp(asked.stateDir, entered.stateDir, { recursive: true });
  mustMachine(await enterOfflineKey({ ...entered, roots: trust, key }));
  await cp(entered.stateDir, returned.stateDir, { recursive: true });
  const proof = mustMachine(await giveBackOfflineKey(returned));
  const other = { stateDir: path.join(folder, 'plant-8'), fingerprint: '88'.repeat(32) };
  const next = mustMachine(await createRequest({ ...other, hostname: 'plant-8' }));
  return { id, key, proof: proof.file, request: next.file };
};
type Machine = typeof plant7 & { readonly stateDir: string };

const makeReleases = async (folder: TestFolder, ops: Client) => {
  const published = [
    ['acme-1.3.0.tar.gz', 'acme-server', thisPlatform()],
    ['acme-1.3.0.zip', 'acme-server', 'windows-x64'],
    ['licet-linux-arm64', 'licet', 'linux-arm64'],
  ] as const;
  const ids: string[] = [];
  for (const [name, product, platform] of published) {
    const file = await folder.file(`files/${name}`, `The file ${name}.\n`);
    const values = { file, product, version: '1.3.0', platform, kind: 'product', notes: '' };
    const { data } = await must(publishRelease.run(ops, values));
    ids.push((data as { id: string }).id);
  }
  return ids[0] ?? '';
};

const csv = (
  owner: string,
): string => `ownerEmail,ownerName,name,product,type,maxActivations,expiresAt
${owner},Cleo Park,Plant,acme-server,perpetual,5,never
`;
const json = [
  { ownerEmail: 'ana@example.com', name: 'Lab', product: 'acme-server', type: 'perpetual' },
];

const makeWorldIn = async (folder: TestFolder) => {
  const data = path.join(folder.path, 'data');
  await mkdir(path.join(folder.path, 'files'));
  const init = { directory: data, operatorEmail: people.ops, operatorPassword: password };
  const { spareRoot } = await initData({ ...init, rootPassphrase, environment: {}, log: quiet });
  const trust = JSON.stringify(await exportTrust(data));
  const server = await serveFolder(data, false);
  const first = await must(
    createClient({ server: server.url }).signIn({ email: people.ops, password }),
  );
  const ops = createClient({ server: server.url, token: first.token });
  const { clients, authenticators } = await makePeople(server.url, ops);
  const licenses = await makeLicenses(server.url, clients);
  const plant = await makePlant(folder.path, clients.ana, licenses.prod, trust);
  const release = await makeReleases(folder, ops);
  // A second session of Ana's, elsewhere.
  await must(createClient({ server: server.url }).signIn({ email: people.ana, password }));
  const sessions = (await must(clients.ana.sessions())).items;
  await server.close();
  const files: Readonly<Record<string, string>> = {
    'ana.txt': password,
    'code.txt': licenses.code,
    'guide.pdf': '%PDF-1.4\n',
    'acme-1.4.0.tar.gz': 'Acme 1.4.0\n',
    'licenses.csv': csv(people.ana),
    'new-owners.csv': csv('cleo@example.com'),
    'licenses.json': JSON.stringify(json),
    'request.txt': plant.request,
    'plant-7.key.txt': plant.key,
    'proof.txt': plant.proof,
    'trust.json': trust,
    'vendor-trust.json': trust,
    'root.jwk': JSON.stringify((await exportPublicRoots(data)).jwks),
    'spare-root.pem': spareRoot.pem,
    'root.json': await readFile(path.join(data, 'keys/root.json'), 'utf8'),
    unlock: await readFile(path.join(data, 'keys/unlock'), 'utf8'),
    'checkpoints.jsonl': await readFile(path.join(data, 'checkpoints.jsonl'), 'utf8'),
  };
  for (const [name, text] of Object.entries(files))
    await writeFile(path.join(folder.path, 'files', name), text, { mode: 0o600 });
  const made = await backup({
    directory: data,
    file: path.join(folder.path, 'files', 'licet.tar.gz'),
    now: Date.now,
  });
  await copyFile(made.file, path.join(folder.path, 'files', 'licet-20270131T120000Z-4711.tar.gz'));
  const kids = await listKeys(data);
  return {
    folder: folder.path,
    data,
    tokens: Object.fromEntries(names.map((name) => [name, clients[name].token ?? ''])),
    authenticators,
    ...licenses,
    release,
    key: plant.id,
    proof: plant.proof,
    keyFile: plant.key,
    session: sessions.find(({ current }) => !current)?.id ?? '',
    signingKey: kids.find(({ status }) => status === 'current')?.kid ?? '',
    root: kids.find(({ use }) => use === 'root')?.kid ?? '',
    remove: () => folder.remove(),
  };
};

/** Makes it all. */
export const makeWorld = async () => makeWorldIn(await makeFolder());
export type World = Awaited<ReturnType<typeof makeWorld>>;
