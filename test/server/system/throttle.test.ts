import { beforeEach, describe, expect, test } from 'vitest';
import { addressKey } from '../../../server/usecases/accounts/address-key.ts';
import { createThrottle } from '../../../server/usecases/accounts/throttle.ts';
import type { Throttle } from '../../../server/usecases/deps.ts';

const owner = 'ana@example.com';
const attacker = '203.0.113.7';
const home = '198.51.100.4';

let time = 0;
let throttle: Throttle;
beforeEach(() => {
  time = 1_800_000_000_000;
  throttle = createThrottle(() => time);
});

const fail = (times: number, account: string | null, address: string): void => {
  for (let i = 0; i < times; i += 1) throttle.failed({ account, address });
};

describe('the throttle', () => {
  test('lets a few wrong passwords pass, then asks for delays that double up to 15 minutes', () => {
    const attempt = { account: owner, address: attacker };
    fail(9, owner, attacker);
    expect(throttle.delay(attempt)).toBe(0);
    const delays = Array.from({ length: 12 }, () => {
      fail(1, owner, attacker);
      return throttle.delay(attempt);
    });
    expect(delays).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
  });

  test('does not hold anybody up for hours because the clock was wrong and is set back', () => {
    const attempt = { account: owner, address: attacker };
    time += 3 * 3_600_000;
    fail(12, owner, attacker);
    time -= 3 * 3_600_000;
    expect(throttle.delay(attempt)).toBe(4);
    time += 4000;
    expect(throttle.delay(attempt)).toBe(0);
  });

  test('lets the next try come when the delay is over', () => {
    const attempt = { account: owner, address: attacker };
    fail(12, owner, attacker);
    expect(throttle.delay(attempt)).toBe(4);
    time += 3001;
    expect(throttle.delay(attempt)).toBe(1);
    time += 999;
    expect(throttle.delay(attempt)).toBe(0);
  });

  test('does not hold up the owner on another address, however many wrong passwords came', () => {
    fail(101, owner, attacker);
    expect(throttle.delay({ account: owner, address: attacker })).toBe(900);
    expect(throttle.delay({ account: owner, address: home })).toBe(0);
  });

  test('does not lock an account out that is guessed at from a thousand addresses', () => {
    for (let i = 0; i < 1000; i += 1) fail(1, owner, `10.0.${i >> 8}.${i & 255}`);
    expect(throttle.delay({ account: owner, address: home })).toBe(0);
    fail(2, owner, home);
    expect(throttle.delay({ account: owner, address: home })).toBe(1);
  });

  test('gives an account under attack all its tries on an address that it signed in from before', () => {
    throttle.succeeded({ account: owner, address: home });
    for (let i = 0; i < 1000; i += 1) fail(1, owner, `10.0.${i >> 8}.${i & 255}`);
    fail(9, owner, home);
    expect(throttle.delay({ account: owner, address: home })).toBe(0);
  });

  test('slows one address that tries one password on many accounts', () => {
    for (let i = 0; i < 50; i += 1) fail(1, `person${i}@example.com`, attacker);
    expect(throttle.delay({ account: 'another@example.com', address: attacker })).toBe(1);
  });

  test('does not hold up a colleague behind the same address who signed in from it before', () => {
    throttle.succeeded({ account: owner, address: attacker });
    for (let i = 0; i < 60; i += 1) fail(1, `person${i}@example.com`, attacker);
    expect(throttle.delay({ account: owner, address: attacker })).toBe(0);
  });

  test('counts codes and license keys by address', () => {
    fail(52, null, attacker);
    expect(throttle.delay({ account: null, address: attacker })).toBe(4);
    expect(throttle.delay({ account: null, address: home })).toBe(0);
  });

  test('counts failures only: a success clears the pair', () => {
    fail(9, owner, home);
    throttle.succeeded({ account: owner, address: home });
    fail(9, owner, home);
    expect(throttle.delay({ account: owner, address: home })).toBe(0);
  });

  test('forgets failures after an hour without one', () => {
    fail(30, owner, attacker);
    time += 3_600_000;
    fail(1, owner, attacker);
    expect(throttle.delay({ account: owner, address: attacker })).toBe(0);
  });

  test('keeps a bounded number of entries', () => {
    fail(30, owner, attacker);
    for (let i = 0; i < 20_000; i += 1) {
      throttle.failed({ account: `e${i}@example.com`, address: `fd00:0:0:${i.toString(16)}::1` });
    }
    expect(throttle.delay({ account: owner, address: attacker })).toBe(0);
  });

  test('forgets first what was not touched for longest, so that nobody is forgotten by going on', () => {
    fail(30, owner, attacker);
    for (let i = 0; i < 19_999; i += 1) fail(1, owner, `fd00:0:0:${i.toString(16)}::1`);
    fail(1, owner, attacker);
    fail(1, owner, 'fd00:0:1:0::1');
    expect(throttle.delay({ account: owner, address: attacker })).toBeGreaterThan(0);
  });
});

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002::9', '2001:db8:1:2::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
])('the address %s counts as %s', (address, key) => {
  expect(addressKey(address)).toBe(key);
});
