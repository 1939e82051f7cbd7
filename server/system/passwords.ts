/**
 * Passwords by argon2id (RFC 9106) of node:crypto, kept as PHC strings. It works on Node's thread
 * pool, which the file system uses too: two at a time leave room for the journal's fdatasync.
 */
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { Refusal } from '../../shared/problems.ts';
import { fail, ok, type Result } from '../../shared/result.ts';
import { addressKey } from '../usecases/accounts/address-key.ts';
import type { Passwords } from '../usecases/deps.ts';
import { createCommonPasswords } from './common-passwords.ts';
import { createWorkQueue } from '../usecases/work-queue.ts';
import { passwordWork, type WorkFactors } from './work-factors.ts';

const derive = promisify(argon2);

const saltLength = 16;
const tagLength = 32;
/** Strings that ask for more are not ours: 1 GiB, ten passes, four lanes. */
const most: WorkFactors = { memory: 1_048_576, passes: 10, parallelism: 4 };

/**
 * About two seconds of work on a machine that has nothing else to do. Addresses take turns: right passwords are
 * not slowed, and cost as much as wrong ones.
 */
const limits = { atOnce: 2, waiting: 144, longestWait: 10_000 };

interface Hashed extends WorkFactors {
  readonly salt: Buffer;
  readonly tag: Buffer;
}

const base64 = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/u, '');

const format = ({ memory, passes, parallelism, salt, tag }: Hashed): string =>
  `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(salt)}$${base64(tag)}`;

const pattern =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d)\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/u;

/** Takes a PHC string of argon2id apart; undefined when it is none or asks for too much. */
const parse = (phc: string): Hashed | undefined => {
  const [, memory, passes, parallelism, salt, tag] = pattern.exec(phc) ?? [];
  if (salt === undefined || tag === undefined) return undefined;
  const parameters = {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
  };
  const bearable =
    parameters.memory <= most.memory &&
    parameters.passes <= most.passes &&
    parameters.parallelism <= most.parallelism;
  if (!bearable) return undefined;
  return { ...parameters, salt: Buffer.from(salt, 'base64'), tag: Buffer.from(tag, 'base64') };
};

/** One text for what looks the same, however a keyboard composes it (NIST SP 800-63B-4, 3.1.1.2). */
const tagOf = (
  password: string,
  { memory, passes, parallelism }: WorkFactors,
  nonce: Buffer,
  length: number,
): Promise<Buffer> =>
  derive('argon2id', {
    message: password.normalize('NFC'),
    nonce,
    memory,
    passes,
    parallelism,
    tagLength: length,
  });

/** @param wait milliseconds until what is waiting now is done */
const full = (wait: number): Refusal => {
  const retryAfter = Math.max(1, Math.ceil(wait / 1000));
  return {
    code: 'too-many-requests',
    detail: `More people are signing in than the server can check at once. Try again in ${retryAfter} s.`,
    retryAfter,
  };
};

/**
 * Makes the password service: argon2id two at a time, at most 144 waiting, none for longer than ten seconds.
 * Addresses take turns.
 * @param today the work that goes into a new hash
 */
export const createPasswords = (today = passwordWork): Passwords => {
  const queue = createWorkQueue(limits);
  const isCommon = createCommonPasswords();
  const nobody: Hashed = { ...today, salt: randomBytes(saltLength), tag: randomBytes(tagLength) };

  const inTurn = async <T>(work: () => Promise<T>, from?: string): Promise<Result<T, Refusal>> => {
    const done = await queue.run(work, from === undefined ? undefined : addressKey(from));
    return done.ok ? ok(done.value) : fail(full(done.error.wait));
  };

  return {
    hash: (password) =>
      inTurn(async () => {
        const salt = randomBytes(saltLength);
        const tag = await tagOf(password, today, salt, tagLength);
        return format({ ...today, salt, tag });
      }),

    verify: (password, phc, from) =>
      inTurn(async () => {
        const known = phc === null ? undefined : parse(phc);
        const expected = known ?? nobody;
        const tag = await tagOf(password, expected, expected.salt, expected.tag.length);
        return timingSafeEqual(tag, expected.tag) && known !== undefined;
      }, from),

    needsRehash: (phc) => {
      const hashed = parse(phc);
      return (
        hashed?.memory !== today.memory ||
        hashed.passes !== today.passes ||
        hashed.parallelism !== today.parallelism ||
        hashed.tag.length !== tagLength
      );
    },

    isCommon,
  };
};
