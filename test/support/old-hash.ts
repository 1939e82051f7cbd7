/** Passwords as an older program kept them. */
import { argon2Sync } from 'node:crypto';
import { goodPassword, type TestServer } from './server/server.ts';

const plain = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/u, '');

/** Keeps the good password of an account hashed with 8 MiB and one pass; gives the hash. */
export const keepOldHash = async ({ deps }: TestServer, accountId: string): Promise<string> => {
  const salt = Buffer.alloc(16, 7);
  const tag = argon2Sync('argon2id', {
    message: goodPassword,
    nonce: salt,
    memory: 8192,
    passes: 1,
    parallelism: 1,
    tagLength: 32,
  });
  const hash = `$argon2id$v=19$m=8192,t=1,p=1$${plain(salt)}$${plain(tag)}`;
  await deps.store.transact({ id: 'system', from: 'local' }, async (tx) => {
    const account = await tx.accounts.get(accountId);
    if (!account?.password) throw new Error('this account has no password');
    tx.accounts.put({ ...account, password: { ...account.password, hash } });
    tx.record({ action: 'password.change', target: accountId, outcome: 'ok' });
  });
  return hash;
};
