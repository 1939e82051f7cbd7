import { argon2Sync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createPasswords } from '../../../server/system/passwords.ts';

// As shipped: what the program hashes with is looked at by test/attacks/flood.test.ts.
const passwords = createPasswords({ memory: 19_456, passes: 2, parallelism: 1 });
const password = 'three green kites over the bay';

const hashed = async (text: string): Promise<string> => {
  const result = await passwords.hash(text);
  if (!result.ok) throw new Error(result.error.detail);
  return result.value;
};

describe('passwords', () => {
  test('are kept as PHC strings of argon2id with 19 MiB, two passes, one lane, salted anew', async () => {
    const [first, second] = await Promise.all([hashed(password), hashed(password)]);
    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
    expect(second).not.toBe(first);
  });

  test('verify against what they were hashed to, and against nothing else', async () => {
    const phc = await hashed(password);
    expect(await passwords.verify(password, phc)).toEqual({ ok: true, value: true });
    expect(await passwords.verify(`${password} `, phc)).toEqual({ ok: true, value: false });
    expect(await passwords.verify(password, null)).toEqual({ ok: true, value: false });
    expect(await passwords.verify(password, '$argon2id$v=19$damaged')).toEqual({
      ok: true,
      value: false,
    });
  });

  test('are not cut: 64 characters of Unicode count to the last', async () => {
    const long = '🗝️'.repeat(31) + 'né';
    expect(Array.from(long)).toHaveLength(64);
    const phc = await hashed(long);
    expect(await passwords.verify(long, phc)).toEqual({ ok: true, value: true });
    expect(await passwords.verify(long.slice(0, -1), phc)).toEqual({ ok: true, value: false });
    expect(await passwords.verify(long.normalize('NFD'), phc)).toEqual({ ok: true, value: true });
  });

  test('hashed with older parameters verify, and ask to be hashed anew', async () => {
    const nonce = Buffer.from('0123456789abcdef');
    const parameters = { nonce, memory: 4096, passes: 3, parallelism: 1, tagLength: 32 };
    const tag = argon2Sync('argon2id', { ...parameters, message: password });
    const phc = `$argon2id$v=19$m=4096,t=3,p=1$${nonce.toString('base64').slice(0, 22)}$${tag.toString('base64').slice(0, 43)}`;
    expect(await passwords.verify(password, phc)).toEqual({ ok: true, value: true });
    expect(passwords.needsRehash(phc)).toBe(true);
    expect(passwords.needsRehash(await hashed(password))).toBe(false);
  });

  test('beyond what can be checked at once are refused at once, with a time to try again', async () => {
    const tries = await Promise.all(
      Array.from({ length: 160 }, () => passwords.verify(password, null)),
    );
    const refused = tries.flatMap((result) => (result.ok ? [] : [result.error]));
    // A slow machine refuses more.
    expect(refused.length).toBeGreaterThanOrEqual(10);
    expect(refused[0]).toMatchObject({ code: 'too-many-requests' });
    expect(refused[0]?.retryAfter).toBeGreaterThan(0);
    expect(await passwords.verify(password, null)).toEqual({ ok: true, value: false });
  });

  test.each([
    'passwordpassword',
    'PasswordPassword',
    '1qaz2wsx3edc4rfv',
    'monkeymonkeymonkey',
    '123456789012345',
    'aaaaaaaaaaaaaaaaaaaa',
    'abcabcabcabcabca',
  ])('%s is a common one', (common) => {
    expect(passwords.isCommon(common)).toBe(true);
  });

  test.each(['my password is a river stone', password, 'correct horse battery staple'])(
    '%s is not',
    (uncommon) => {
      expect(passwords.isCommon(uncommon)).toBe(false);
    },
  );
});
