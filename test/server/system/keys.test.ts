import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { generateKey, publicKeyFromText, signerOf } from '../../../shared/statements/keys.ts';
import { sign as nobleSign } from '../../../shared/statements/ed25519.ts';
import { verifyStatement } from '../../../shared/statements/statements.ts';
import { parseTrust } from '../../../shared/statements/trust.ts';
import { createKeys, type CreatedKeys } from '../../../server/system/keys/create-keys.ts';
import { keyPaths, readKeyring, rootsOf } from '../../../server/system/keys/keyring.ts';
import { loadKeys } from '../../../server/system/keys/load-keys.ts';
import {
  checkRoot,
  exportEncryptedRoot,
  exportPublicRoots,
  exportTrust,
  listKeys,
  revokeKey,
  rotateSigningKey,
} from '../../../server/system/keys/manage-keys.ts';
import { toPem } from '../../../server/system/keys/root-key.ts';
import { createFastSigner } from '../../../server/system/keys/signing-key.ts';

const now = Date.UTC(2026, 10, 24);
const passphrase = 'a quiet harbour at noon';

// Keys are made once, since a passphrase is slow on purpose; each test works on a copy.
let template = '';
let created: CreatedKeys;
let directory = '';
beforeAll(async () => {
  template = await mkdtemp(join(tmpdir(), 'licet-keys-'));
  created = await createKeys({ directory: template }, passphrase, now);
});
afterAll(() => rm(template, { recursive: true, force: true }));
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'licet-keys-'));
  await cp(template, directory, { recursive: true });
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const checkpoint = (iat: number) => ({
  iat,
  licet: { seq: 1, hash: '0'.repeat(64), era: 1 },
});

const verifyNow = async (jws: string, at: number) => {
  const keyring = await readKeyring(directory);
  const list = verifyStatement('revocations', keyring.revocations, {
    roots: rootsOf(keyring),
    now: at,
  });
  if (!list.ok) throw new Error(list.error.message);
  return verifyStatement('checkpoint', jws, {
    roots: rootsOf(keyring),
    now: at,
    revocations: list.value.claims,
    issuer: created.issuer,
  });
};

const signed = async (at: number): Promise<string> => {
  const { signer } = await loadKeys({ directory });
  return signer.sign('checkpoint', checkpoint(at / 1000));
};

const keyFiles = (): string[] => readdirSync(join(directory, 'keys')).toSorted();

describe('the keys of a new data folder', () => {
  test('sign statements that the roots vouch for', async () => {
    const { signer } = await loadKeys({ directory });
    const verified = await verifyNow(await signed(now), now);
    expect(verified).toMatchObject({ ok: true, value: { claims: { iss: created.issuer } } });
    expect(signer.certificateEndsAt).toBe(now + 365 * 86_400_000);
    expect(signer.jwks().keys).toMatchObject([{ kty: 'OKP', crv: 'Ed25519', use: 'sig' }]);
  });

  test('lie in files that only their owner reads, and nowhere in clear', async () => {
    const folder = join(directory, 'keys');
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(keyFiles()).toHaveLength(5);
    const { spare } = created;
    for (const name of keyFiles()) {
      expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
      const text = readFileSync(join(folder, name), 'utf8');
      expect(text).not.toContain(Buffer.from(spare.seed).toString('base64url'));
      expect(text).not.toContain(passphrase);
    }
  });

  test('seal text so that only they open it again, unchanged', async () => {
    const { seal, unseal } = await loadKeys({ directory });
    const sealed = seal('second factor: ключ');
    expect(sealed).not.toContain('factor');
    expect(unseal(sealed)).toBe('second factor: ключ');
    // A bit in the middle: the last character of base64url may have bits that say nothing.
    const bytes = Buffer.from(sealed, 'base64url');
    bytes[20] = (bytes[20] ?? 0) ^ 1;
    expect(() => unseal(bytes.toString('base64url'))).toThrow('does not open');
  });

  test('sign by node:crypto, here and aside, to the same bytes as the reference implementation', async () => {
    for (let i = 0; i < 50; i += 1) {
      const key = generateKey((bytes) => randomBytes(bytes));
      const message = randomBytes(i * 7);
      const { sign, signAside } = createFastSigner(key);
      const expected = Buffer.from(nobleSign(message, key.seed)).toString('hex');
      expect(Buffer.from(sign(message)).toString('hex')).toBe(expected);
      expect(Buffer.from(await signAside(message)).toString('hex')).toBe(expected);
      expect(signerOf(key).kid).toBe(publicKeyFromText(key.x)?.kid);
    }
  });
});

describe('a server does not start', () => {
  test.each([
    ['the signing key', (name: string) => name.startsWith('signing-')],
    ['the keyring', (name: string) => name === 'keyring.json'],
    ['the seal key', (name: string) => name === 'seal.json'],
    ['the unlock secret', (name: string) => name === 'unlock'],
  ])('when others can read %s, and names the file and the remedy', async (_what, matches) => {
    const name = keyFiles().find(matches) ?? '';
    const path = join(directory, 'keys', name);
    chmodSync(path, 0o640);
    await expect(loadKeys({ directory })).rejects.toThrow(`${path} can be read by others`);
    await expect(loadKeys({ directory })).rejects.toThrow(`chmod 600 ${path}`);
  });

  test.each([
    ['the signing key', (name: string) => name.startsWith('signing-'), 'is missing'],
    ['the keyring', (name: string) => name === 'keyring.json', 'is missing'],
    ['the seal key', (name: string) => name === 'seal.json', 'is missing'],
    ['the unlock secret', (name: string) => name === 'unlock', 'is not at'],
  ])('without %s, and makes no new one', async (_what, matches, text) => {
    const name = keyFiles().find(matches) ?? '';
    rmSync(join(directory, 'keys', name));
    const left = keyFiles();
    await expect(loadKeys({ directory })).rejects.toThrow(text);
    expect(keyFiles()).toEqual(left);
  });

  test('when a key file is damaged', async () => {
    const path = keyPaths(directory).keyring;
    writeFileSync(path, readFileSync(path, 'utf8').slice(0, 100));
    await expect(loadKeys({ directory })).rejects.toThrow(`${path} is damaged`);
  });

  test('with an unlock secret of another folder', async () => {
    writeFileSync(keyPaths(directory).unlock, `${'x'.repeat(43)}\n`);
    await expect(loadKeys({ directory })).rejects.toThrow('does not open');
  });
});

describe('the unlock secret', () => {
  test('is taken from a named file, an environment variable or a credential of systemd', async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'licet-unlock-'));
    const unlockFile = join(elsewhere, 'unlock');
    writeFileSync(unlockFile, readFileSync(keyPaths(directory).unlock), { mode: 0o600 });
    rmSync(keyPaths(directory).unlock);
    const places = [
      { directory, unlockFile },
      { directory, environment: { LICET_UNLOCK_FILE: unlockFile } },
      { directory, environment: { CREDENTIALS_DIRECTORY: elsewhere } },
    ];
    for (const place of places) {
      expect((await loadKeys(place)).signer.issuer).toBe(created.issuer);
    }
    await rm(elsewhere, { recursive: true });
  });

  test('is refused where a backup would have it: anywhere in the data folder but its own place', async () => {
    const own = keyPaths(directory).unlock;
    expect((await loadKeys({ directory, unlockFile: own })).signer.issuer).toBe(created.issuer);
    const elsewhere = await mkdtemp(join(tmpdir(), 'licet-unlock-'));
    const link = join(elsewhere, 'link');
    symlinkSync(directory, link);
    const named = ['unlock.txt', 'keys/my-unlock', 'releases/unlock'].map((name) =>
      join(directory, name),
    );
    for (const unlockFile of [...named, join(link, 'unlock.txt')]) {
      const moved = () => loadKeys({ directory, unlockFile });
      await expect(moved()).rejects.toThrow(/backups have all.*Move it to a place outside/u);
    }
    const same = await loadKeys({ directory: link, unlockFile: own });
    expect(same.signer.issuer).toBe(created.issuer);
    await rm(elsewhere, { recursive: true });
  });
});

describe('rotating', () => {
  const rotate = (at: number) => rotateSigningKey({ directory, passphrase, now: at });

  test('certifies a new key; what the old one signed still verifies, and the key set has both', async () => {
    const old = await signed(now);
    const later = now + 300 * 86_400_000;
    const { kid, former } = await rotate(later);
    const fresh = await signed(later);
    expect((await verifyNow(old, later)).ok).toBe(true);
    expect(await verifyNow(fresh, later)).toMatchObject({ ok: true, value: { kid } });
    const { signer } = await loadKeys({ directory });
    expect(signer.jwks().keys.map((key) => key['kid'])).toEqual([former, kid]);
    expect(signer.certificateEndsAt).toBe(later + 365 * 86_400_000);
    expect(keyFiles().filter((name) => name.startsWith('signing-'))).toEqual([
      `signing-${kid}.json`,
    ]);
  });

  test('after the loss of the unlock secret makes a new one, and sealed text opens as before', async () => {
    const { seal } = await loadKeys({ directory });
    const sealed = seal('kept');
    rmSync(keyPaths(directory).unlock);
    for (const name of keyFiles().filter((file) => file.startsWith('signing-'))) {
      rmSync(join(directory, 'keys', name));
    }
    await rotate(now);
    const { unseal } = await loadKeys({ directory });
    expect(unseal(sealed)).toBe('kept');
  });

  test('works with the spare root of the recovery sheet, without the passphrase', async () => {
    const rootFile = join(directory, 'spare.pem');
    writeFileSync(rootFile, toPem(created.spare), { mode: 0o600 });
    rmSync(keyPaths(directory).unlock);
    rmSync(keyPaths(directory).root);
    await rotateSigningKey({ directory, passphrase: '', rootFile, now });
    expect((await verifyNow(await signed(now), now)).ok).toBe(true);
  });

  test('refuses a wrong passphrase and the root of another server, and changes nothing', async () => {
    const before = readFileSync(keyPaths(directory).keyring, 'utf8');
    const foreign = join(directory, 'foreign.pem');
    writeFileSync(foreign, toPem(generateKey((bytes) => randomBytes(bytes))), { mode: 0o600 });
    await expect(
      rotateSigningKey({ directory, passphrase: 'not this one, sorry', now }),
    ).rejects.toThrow('This is not the passphrase');
    await expect(
      rotateSigningKey({ directory, passphrase, rootFile: foreign, now }),
    ).rejects.toThrow('another server');
    expect(readFileSync(keyPaths(directory).keyring, 'utf8')).toBe(before);
  });
});

describe('revoking', () => {
  const revoke = (kid: string, from?: number) =>
    revokeKey({ directory, passphrase, now }, { kid, from, reason: 'laptop stolen' });

  test('the key in use replaces it, and what it signed is refused', async () => {
    const old = await signed(now);
    const { kid } = await loadKeys({ directory });
    const { number, replacedBy } = await revoke(kid);
    expect(number).toBe(2);
    expect(await verifyNow(old, now)).toMatchObject({
      ok: false,
      error: { reason: 'revoked-key' },
    });
    const loaded = await loadKeys({ directory });
    expect(loaded.kid).toBe(replacedBy);
    expect(loaded.signer.jwks().keys.map((key) => key['kid'])).toEqual([replacedBy]);
    expect((await verifyNow(await signed(now), now)).ok).toBe(true);
  });

  test('from a time on keeps what was signed before', async () => {
    const early = await signed(now);
    const late = await signed(now + 3_600_000);
    const { kid } = await loadKeys({ directory });
    await revoke(kid, now + 60_000);
    expect((await verifyNow(early, now)).ok).toBe(true);
    expect((await verifyNow(late, now + 3_600_000)).ok).toBe(false);
  });

  test('a root takes the other root', async () => {
    await expect(revoke(created.rootKid)).rejects.toThrow('cannot revoke itself');
    await revoke(created.spare.kid);
    const spare = (await listKeys(directory)).find(({ use }) => use === 'spare root');
    expect(spare).toMatchObject({ status: 'revoked', revokedReason: 'laptop stolen' });
  });

  test('an unknown key is refused', async () => {
    await expect(revoke('A'.repeat(43))).rejects.toThrow('There is no key');
  });
});

describe('exporting', () => {
  test('public roots and trust are read by whoever verifies', async () => {
    const { jwks, pem } = await exportPublicRoots(directory);
    const kids = [created.rootKid, created.spare.kid];
    expect(jwks.keys.map(({ kid }) => kid)).toEqual(kids);
    expect(pem.match(/BEGIN PUBLIC KEY/gu)).toHaveLength(2);
    const trust = parseTrust(JSON.stringify(await exportTrust(directory)));
    expect(trust).toMatchObject({ ok: true, value: { issuer: created.issuer } });
    const roots = parseTrust(JSON.stringify(jwks));
    expect(roots.ok && roots.value.roots.map(({ kid }) => kid)).toEqual(kids);
  });

  test('the encrypted root opens elsewhere by its passphrase', async () => {
    const rootFile = join(directory, 'exported.json');
    writeFileSync(rootFile, await exportEncryptedRoot(directory), { mode: 0o600 });
    rmSync(keyPaths(directory).root);
    expect(await checkRoot({ directory, passphrase, rootFile })).toMatchObject({
      kid: created.rootKid,
      use: 'main',
    });
    await expect(exportEncryptedRoot(directory)).rejects.toThrow('was taken elsewhere');
  });
});

test('the list says what each key is good for, and until when', async () => {
  await rotateSigningKey({ directory, passphrase, now });
  expect(await listKeys(directory)).toMatchObject([
    { use: 'root', status: 'trusted', certifiedUntil: null },
    { use: 'spare root', status: 'trusted', certifiedUntil: null },
    { use: 'signing', status: 'former', certifiedUntil: '2027-11-24T00:00:00.000Z' },
    { use: 'signing', status: 'current', certifiedUntil: '2027-11-24T00:00:00.000Z' },
  ]);
});
