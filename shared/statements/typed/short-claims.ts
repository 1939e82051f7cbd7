/**
 * The claims of an offline key in as few bits as they take: what the machine knows (its fingerprint,
 * key and hostname, the product of its request, and who `iss` is) is left out. Reading gives the very
 * claims that were written.
 */
import { BitsError, type BitReader, type BitWriter } from './bits.ts';
import type { Entitlements, LicenseClaim, OfflineKeyClaims } from '../claims.ts';
import { characterOf, digitOf } from './crockford.ts';
import { typedEpoch } from './offline-request.ts';
import { offlineKeyHeadStart } from '../statements.ts';

/** What the machine knows of itself. */
export interface KnownMachine {
  readonly fingerprint: string;
  readonly hostname: string;
  readonly key: string;
  /** The product that its request named. */
  readonly product?: string | undefined;
}

const day = 86_400;
const timeBits = 30;
const idDigits = 26;
const idTimeDigits = 10;
const licenseTypes = ['perpetual', 'subscription', 'trial'] as const;
const passwords = ['activating', 'choose'] as const;

const idPattern = (prefix: string) => new RegExp(`^${prefix}_[0-9a-hjkmnp-tv-z]{${idDigits}}$`);

const digitsOfId = (id: string): number[] =>
  Array.from(id.slice(-idDigits), (c) => digitOf(c) ?? 0);
const idOfDigits = (prefix: string, digits: readonly number[]): string =>
  `${prefix}_${digits.map(characterOf).join('').toLowerCase()}`;

const timeDigits = (milliseconds: number): number[] =>
  Array.from(
    { length: idTimeDigits },
    (_, index) => Math.floor(milliseconds / 32 ** (idTimeDigits - 1 - index)) % 32,
  );

const timeOfDigits = (digits: readonly number[]): number =>
  digits.slice(0, idTimeDigits).reduce((time, digit) => time * 32 + digit, 0);

/** Writes an id: 130 bits where it is made as ids are, else as text. */
export const writeId = (writer: BitWriter, prefix: string, id: string): void => {
  const isPlain = idPattern(prefix).test(id);
  writer.flag(isPlain);
  if (!isPlain) writer.text(id);
  else for (const digit of digitsOfId(id)) writer.number(digit, 5);
};

const readDigits = (reader: BitReader, count: number): number[] =>
  Array.from({ length: count }, () => reader.number(5));

/** Reads what `writeId` wrote. */
export const readId = (reader: BitReader, prefix: string): string =>
  reader.flag() ? idOfDigits(prefix, readDigits(reader, idDigits)) : reader.text();

/** An id made in the second `iat`: its time is written as the milliseconds in that second. */
const writeFreshId = (writer: BitWriter, prefix: string, id: string, iat: number): void => {
  const isFresh =
    idPattern(prefix).test(id) && Math.floor(timeOfDigits(digitsOfId(id)) / 1000) === iat;
  writer.flag(isFresh);
  if (!isFresh) {
    writeId(writer, prefix, id);
    return;
  }
  writer.number(timeOfDigits(digitsOfId(id)) % 1000, 10);
  for (const digit of digitsOfId(id).slice(idTimeDigits)) writer.number(digit, 5);
};

const readFreshId = (reader: BitReader, prefix: string, iat: number): string => {
  if (!reader.flag()) return readId(reader, prefix);
  const time = timeDigits(iat * 1000 + reader.number(10));
  return idOfDigits(prefix, [...time, ...readDigits(reader, idDigits - idTimeDigits)]);
};

const isoDay = (days: number): string => new Date((typedEpoch + days * day) * 1000).toISOString();

const daysOfIso = (text: string): number | undefined => {
  const days = (Date.parse(text) / 1000 - typedEpoch) / day;
  return Number.isInteger(days) && days >= 0 && isoDay(days) === text ? days : undefined;
};

const lastSecond = 'T23:59:59.000Z';
/** Milliseconds since 2024 for 69 years. */
const timeInMilliseconds = 41;

/** How an end is written, in two bits: what people give is a day, what is counted any time. */
const expiryKinds = { midnight: 0, lastSecond: 1, time: 2, text: 3 } as const;

const millisecondsOf = (text: string): number | undefined => {
  const at = Date.parse(text);
  const since = at - typedEpoch * 1000;
  const fits = since >= 0 && since < 2 ** timeInMilliseconds;
  return fits && new Date(at).toISOString() === text ? since : undefined;
};

const writeExpiry = (writer: BitWriter, expiresAt: string | null): void => {
  writer.flag(expiresAt !== null);
  if (expiresAt === null) return;
  const atMidnight = daysOfIso(expiresAt);
  const atLast = expiresAt.endsWith(lastSecond)
    ? daysOfIso(`${expiresAt.slice(0, 10)}T00:00:00.000Z`)
    : undefined;
  const milliseconds = millisecondsOf(expiresAt);
  if (atMidnight !== undefined) writer.number(expiryKinds.midnight, 2).varint(atMidnight, 7);
  else if (atLast !== undefined) writer.number(expiryKinds.lastSecond, 2).varint(atLast, 7);
  else if (milliseconds !== undefined)
    writer.number(expiryKinds.time, 2).number(milliseconds, timeInMilliseconds);
  else writer.number(expiryKinds.text, 2).text(expiresAt);
};

const readExpiry = (reader: BitReader): string | null => {
  if (!reader.flag()) return null;
  const kind = reader.number(2);
  if (kind === expiryKinds.midnight) return isoDay(reader.varint(7));
  if (kind === expiryKinds.lastSecond)
    return `${isoDay(reader.varint(7)).slice(0, 10)}${lastSecond}`;
  if (kind === expiryKinds.text) return reader.text();
  return new Date(typedEpoch * 1000 + reader.number(timeInMilliseconds)).toISOString();
};

const writeEntitlements = (writer: BitWriter, entitlements: Entitlements): void => {
  const entries = Object.entries(entitlements);
  writer.varint(entries.length, 3);
  for (const [name, value] of entries) {
    writer.text(name).flag(typeof value === 'boolean');
    if (typeof value === 'boolean') writer.flag(value);
    else if (Number.isSafeInteger(value) && Number(value) >= 0)
      writer.flag(true).varint(Number(value));
    else writer.flag(false).text(JSON.stringify(value));
  }
};

const readEntitlement = (reader: BitReader): boolean | number | string => {
  if (reader.flag()) return reader.flag();
  if (reader.flag()) return reader.varint();
  const value: unknown = JSON.parse(reader.text());
  return typeof value === 'number' ? value : String(value);
};

const readEntitlements = (reader: BitReader): Entitlements => {
  const entitlements: Entitlements = {};
  for (let left = reader.varint(3); left > 0; left -= 1) {
    entitlements[reader.text()] = readEntitlement(reader);
  }
  return entitlements;
};

const writeLicense = (writer: BitWriter, license: LicenseClaim): void => {
  writer.text(license.name).number(licenseTypes.indexOf(license.type), 2);
  writer.varint(license.maxActivations === null ? 0 : license.maxActivations + 1);
  writeExpiry(writer, license.expiresAt);
  writeEntitlements(writer, license.entitlements);
};

const readLicense = (reader: BitReader): LicenseClaim => {
  const name = reader.text();
  const type = licenseTypes[reader.number(2)] ?? 'perpetual';
  const seats = reader.varint();
  const expiresAt = readExpiry(reader);
  const entitlements = readEntitlements(reader);
  return { name, type, maxActivations: seats === 0 ? null : seats - 1, expiresAt, entitlements };
};

/** The end, counted from the start in days where it comes out even, and the time before the start. */
const writeTimes = (writer: BitWriter, { iat, nbf, exp }: OfflineKeyClaims): void => {
  writer.number(iat - typedEpoch, timeBits);
  const span = exp - iat;
  const isWhole = span % day === 0;
  writer.flag(isWhole).varint(isWhole ? span / day : span, isWhole ? 8 : 12);
  writer.flag(iat - nbf === offlineKeyHeadStart);
  if (iat - nbf !== offlineKeyHeadStart) writer.varint(iat - nbf, 8);
};

const readTimes = (reader: BitReader): { iat: number; nbf: number; exp: number } => {
  const iat = reader.number(timeBits) + typedEpoch;
  const span = reader.flag() ? reader.varint(8) * day : reader.varint(12);
  return {
    iat,
    nbf: iat - (reader.flag() ? offlineKeyHeadStart : reader.varint(8)),
    exp: iat + span,
  };
};

/** The name that an address gives its owner: `ana.ruiz@example.com` is Ana Ruiz. */
const nameOfEmail = (email: string): string =>
  (email.split('@')[0] ?? '')
    .split(/[._+-]+/)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join(' ');

const writeAdministrator = (
  writer: BitWriter,
  { email, name, password }: OfflineKeyClaims['licet']['administrator'],
): void => {
  const isTold = nameOfEmail(email) === name;
  writer.text(email).flag(isTold);
  if (!isTold) writer.text(name);
  writer.number(passwords.indexOf(password), 1);
};

const readAdministrator = (reader: BitReader): OfflineKeyClaims['licet']['administrator'] => {
  const email = reader.text();
  const name = reader.flag() ? nameOfEmail(email) : reader.text();
  return { email, name, password: passwords[reader.number(1)] ?? 'choose' };
};

const readProduct = (reader: BitReader, known: string | undefined): string => {
  if (!reader.flag()) return reader.text();
  if (known !== undefined) return known;
  throw new BitsError('It is for another request of this machine, one that named a product.');
};

/**
 * Writes them for a machine whose request named `product`, if it did.
 * @throws RangeError for times that the short form can't say (before 2024, after 2058).
 */
export const writeShortClaims = (
  writer: BitWriter,
  claims: OfflineKeyClaims,
  product: string | undefined,
): void => {
  writeTimes(writer, claims);
  writeId(writer, 'lic', claims.sub);
  writeFreshId(writer, 'key', claims.jti, claims.iat);
  writer.flag(claims.aud === product);
  if (claims.aud !== product) writer.text(claims.aud);
  writeLicense(writer, claims.licet.license);
  writeAdministrator(writer, claims.licet.administrator);
};

/** @throws BitsError for what was not written by `writeShortClaims`. */
export const readShortClaims = (
  reader: BitReader,
  known: { readonly iss: string; readonly machine: KnownMachine },
): OfflineKeyClaims => {
  const { iat, nbf, exp } = readTimes(reader);
  const sub = readId(reader, 'lic');
  const jti = readFreshId(reader, 'key', iat);
  const aud = readProduct(reader, known.machine.product);
  const license = readLicense(reader);
  const administrator = readAdministrator(reader);
  const { fingerprint, hostname, key } = known.machine;
  const licet = { license, administrator, machine: { fingerprint, hostname, key } };
  return { iss: known.iss, iat, nbf, exp, sub, jti, aud, licet };
};
