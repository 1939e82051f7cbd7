/**
 * Ids: a prefix that says what it names, then 26 characters of Crockford base32, the first ten for
 * the time in milliseconds and 16 for 80 random bits, as in ULID. Ids of one kind sort by creation.
 */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

export const idPrefixes = {
  account: 'acc',
  session: 'ses',
  license: 'lic',
  activation: 'act',
  membership: 'mem',
  offlineKey: 'key',
  passwordRequest: 'req',
  oneTimeCode: 'otc',
  release: 'rel',
  downloadLink: 'dln',
  receipt: 'rcp',
  issuer: 'iss',
  usage: 'use',
  login: 'lgn',
} as const;

export type IdKind = keyof typeof idPrefixes;

/** Makes an id. `now` in milliseconds since the epoch; `random` gives that many random bytes. */
export const makeId = (
  kind: IdKind,
  now: number,
  random: (bytes: number) => Uint8Array,
): string => {
  let time = '';
  for (let rest = now, i = 0; i < 10; i += 1) {
    time = alphabet.charAt(rest % 32) + time;
    rest = Math.floor(rest / 32);
  }
  let id = `${idPrefixes[kind]}_${time}`;
  // 32 divides 256, so the low five bits of a random byte are uniform.
  for (const byte of random(16)) id += alphabet.charAt(byte % 32);
  return id;
};
