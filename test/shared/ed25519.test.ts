import {
  createPrivateKey,
  createPublicKey,
  sign as nodeSign,
  verify as nodeVerify,
} from 'node:crypto';
import * as ed from '@noble/ed25519';
import { sha512 } from '@noble/hashes/sha2.js';
import { describe, expect, it } from 'vitest';
import { concatBytes, fromHex, toHex, utf8 } from '../../shared/bytes.ts';
import { isPublicKey, publicKeyBytes, sign, verify } from '../../shared/statements/ed25519.ts';
import vectors from '../golden/rfc8032.json' with { type: 'json' };
import { random } from '../support/statements.ts';

const bytes = (hex: string): Uint8Array => {
  const read = fromHex(hex);
  if (!read) throw new Error(`no hex: ${hex}`);
  return read;
};

const order = 2n ** 252n + 27742317777372353535851937790883648493n;

const littleEndian = (value: bigint): Uint8Array =>
  bytes(value.toString(16).padStart(64, '0')).toReversed();
const fromLittleEndian = (data: Uint8Array): bigint => BigInt(`0x${toHex(data.toReversed())}`);

describe('Ed25519', () => {
  it.each(vectors)('makes and verifies the vector $name of RFC 8032', (vector) => {
    const secret = bytes(vector.secret);
    const message = bytes(vector.message);
    expect(toHex(publicKeyBytes(secret))).toBe(vector.public);
    expect(toHex(sign(message, secret))).toBe(vector.signature);
    expect(verify(bytes(vector.signature), message, bytes(vector.public))).toBe(true);
    expect(verify(bytes(vector.signature), utf8('other'), bytes(vector.public))).toBe(false);
  });

  it('signs the same bytes as node:crypto, and each verifies the other', () => {
    const pkcs8 = bytes('302e020100300506032b657004220420');
    const spki = bytes('302a300506032b6570032100');
    for (let round = 0; round < 20; round += 1) {
      const seed = random(32);
      const message = random(round * 7);
      const privateKey = createPrivateKey({
        key: Buffer.from(concatBytes(pkcs8, seed)),
        format: 'der',
        type: 'pkcs8',
      });
      const publicKey = createPublicKey({
        key: Buffer.from(concatBytes(spki, publicKeyBytes(seed))),
        format: 'der',
        type: 'spki',
      });
      const signature = sign(message, seed);
      expect(toHex(nodeSign(null, message, privateKey))).toBe(toHex(signature));
      expect(nodeVerify(null, message, publicKey, signature)).toBe(true);
    }
  });
});

/** The eight points of small order, and encodings of them that are not canonical. */
const degenerate = [
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0000000000000000000000000000000000000000000000000000000000000080',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
  '0100000000000000000000000000000000000000000000000000000000000080',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
];

describe('what a lax verifier would accept', () => {
  const seed = random(32);
  const publicKey = publicKeyBytes(seed);
  const message = utf8('a license for everything');
  const signature = sign(message, seed);

  it('a forged signature under a degenerate key is refused; ZIP-215 would take it', () => {
    const identity = bytes(degenerate[0] ?? '');
    const forged = concatBytes(identity, new Uint8Array(32));
    expect(ed.verify(forged, message, identity, { zip215: true })).toBe(true);
    expect(verify(forged, message, identity)).toBe(false);
  });

  it.each(degenerate)('the degenerate key %s is no key', (hex) => {
    const key = bytes(hex);
    expect(isPublicKey(key)).toBe(false);
    const forged = concatBytes(key, new Uint8Array(32));
    expect(verify(forged, message, key)).toBe(false);
  });

  it('a key with a torsion part is no key, whoever holds its private half', () => {
    const small = ed.Point.fromBytes(bytes(degenerate[4] ?? ''));
    const mixed = ed.Point.fromBytes(publicKey).add(small).toBytes();
    expect(isPublicKey(mixed)).toBe(false);
  });

  it('S + L in place of S is refused', () => {
    const s = fromLittleEndian(signature.subarray(32));
    const again = concatBytes(signature.subarray(0, 32), littleEndian(s + order));
    expect(verify(signature, message, publicKey)).toBe(true);
    expect(verify(again, message, publicKey)).toBe(false);
  });

  it('an R that is not canonical is refused, also of a signer who knows the key; ZIP-215 would take it', () => {
    const one = bytes('eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f');
    const { scalar } = ed.utils.getExtendedPublicKey(seed);
    const k = fromLittleEndian(sha512(concatBytes(one, publicKey, message))) % order;
    const made = concatBytes(one, littleEndian((k * scalar) % order));
    expect(ed.verify(made, message, publicKey, { zip215: true })).toBe(true);
    expect(verify(made, message, publicKey)).toBe(false);
  });

  it('an R with a torsion part is refused, as OpenSSL refuses it, though its signer knows the key', () => {
    const nonce = fromLittleEndian(random(31));
    const small = ed.Point.fromBytes(bytes(degenerate[6] ?? ''));
    const { scalar } = ed.utils.getExtendedPublicKey(seed);
    const made = (point: Uint8Array): Uint8Array => {
      const k = fromLittleEndian(sha512(concatBytes(point, publicKey, message))) % order;
      return concatBytes(point, littleEndian((nonce + k * scalar) % order));
    };
    const honest = ed.Point.BASE.multiply(nonce);
    expect(verify(made(honest.toBytes()), message, publicKey)).toBe(true);
    const mixed = made(honest.add(small).toBytes());
    expect(ed.verify(mixed, message, publicKey, { zip215: false })).toBe(true);
    expect(verify(mixed, message, publicKey)).toBe(false);
    const spki = concatBytes(bytes('302a300506032b6570032100'), publicKey);
    const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
    expect(nodeVerify(null, message, key, mixed)).toBe(false);
  });

  it('other lengths are refused, and nothing throws', () => {
    for (const length of [0, 31, 33, 63, 65, 128]) {
      expect(verify(random(length), message, publicKey)).toBe(false);
      expect(verify(signature, message, random(length))).toBe(false);
    }
    expect(verify(signature, message, new Uint8Array(32).fill(255))).toBe(false);
  });
});
