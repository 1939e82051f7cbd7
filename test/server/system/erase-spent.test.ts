/** What credentials were is taken out of the journal; what they are stays, and the chain verifies. */
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { collections } from '../../../server/collections.ts';
import type { AccountDoc, MembershipDoc } from '../../../server/domain/documents.ts';
import { openStore } from '../../../server/store/folder/open-store.ts';
import { verifyJournal } from '../../../server/store/journal/verify-journal.ts';
import { createSpentEraser } from '../../../server/system/erase-spent.ts';
import { quietLog } from '../../support/server/data-folder.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'licet-spent-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const open = () =>
  openStore({ directory, schema: collections, now: Date.now, log: quietLog, create: true });
type Store = Awaited<ReturnType<typeof open>>;

const account = (hash: string): AccountDoc => ({
  id: 'acc_1',
  email: 'ana@example.com',
  name: 'Ana',
  company: null,
  phone: null,
  role: 'owner',
  disabled: false,
  createdAt: 0,
  createdBy: 'operator',
  password: { hash, origin: 'operator', changedAt: 0 },
  totp: null,
});

const membership: MembershipDoc = {
  id: 'the-membership',
  licenseId: 'lic_1',
  accountId: 'acc_1',
  manage: false,
  status: 'active',
  addedAt: 0,
  addedBy: 'operator',
  createdAccount: false,
};

const change = (store: Store, work: Parameters<Store['transact']>[1]) =>
  store.transact({ id: 'system', from: 'local' }, async (tx) => {
    await work(tx);
    tx.record({ action: 'test', target: 'x', outcome: 'ok' });
  });

const journal = async (): Promise<string> => {
  const folder = join(directory, 'journal');
  const texts = (await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8'));
  return (await Promise.all(texts)).join('');
};

test('old password hashes and spent codes go, the hash in use and all else stay', async () => {
  const store = await open();
  const erase = createSpentEraser(store, Date.now);
  await change(store, async (tx) => {
    tx.accounts.put(account('the-old-hash'));
    tx.codes.put({
      id: 'cod_1',
      hash: 'the-code-hash',
      accountId: 'acc_1',
      origin: 'operator',
      createdAt: 0,
      expiresAt: 1,
      passwordRequestId: null,
    });
    tx.memberships.put(membership);
  });
  await change(store, async (tx) => {
    tx.accounts.put(account('the-new-hash'));
    tx.codes.delete('cod_1');
  });
  expect(await journal()).toContain('the-old-hash');
  await erase();
  const erased = await journal();
  expect(erased).not.toMatch(/the-old-hash|the-code-hash/u);
  expect(erased).toMatch(/the-new-hash/u);
  expect(erased).toMatch(/the-membership/u);
  const seq = store.seq();
  await erase();
  expect(store.seq()).toBe(seq);
  await store.close();
  expect(await verifyJournal({ directory })).toMatchObject({ ok: true, erased: 2 });
  const again = await open();
  const stored = await again.read((reader) => reader.accounts.get('acc_1'));
  await again.close();
  expect(stored?.password?.hash).toBe('the-new-hash');
});

test('a day is counted from the last time, however often the server starts', async () => {
  const hour = 3_600_000;
  let clock = Date.now();
  const start = async (): Promise<{ store: Store; erase: () => Promise<void> }> => {
    const store = await open();
    return { store, erase: createSpentEraser(store, () => clock) };
  };
  /** Sets a new password, asks for the erasure, and says whether the one before is gone. */
  const erases = async (hash: string, next: string): Promise<boolean> => {
    const { store, erase } = await start();
    await change(store, async (tx) => tx.accounts.put(account(hash)));
    await change(store, async (tx) => tx.accounts.put(account(next)));
    await erase();
    await store.close();
    return !(await journal()).includes(hash);
  };
  expect(await erases('hash-a', 'hash-b')).toBe(true);
  clock += 12 * hour;
  expect(await erases('hash-c', 'hash-d')).toBe(false);
  clock += 12 * hour;
  expect(await erases('hash-e', 'hash-f')).toBe(true);
  expect(await journal()).not.toContain('hash-c');
  clock -= 1000 * hour;
  expect(await erases('hash-g', 'hash-h')).toBe(true);
});
