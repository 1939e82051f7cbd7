/**
 * The claims of an offline key in as few bits as they take: what the machine knows (its fingerprint,
 * key and hostname, and who `iss` is) is left out. Reading gives the very claims that were written.
 */
import type { BitReader, BitWriter } from './bits.ts';
import type { Entitlements, LicenseClaim, OfflineKeyClaims } from './claims.ts';
import { characterOf, digitOf } from './crockford.ts';
import { typedEpoch } from './offline-request.ts';
import { offlineKeyHeadStart } from './statements.ts';

/** What the machine knows of itself. */
export interface KnownMachine {
  readonly fingerprint: string;
  readonly hostname: string;
  readonly key: string;
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

/** Null, a midnight as days, or any other text as it is. */
const writeExpiry = (writer: BitWriter, expiresAt: string | null): void => {
  writer.flag(expiresAt !== null);
  if (expiresAt === null) return;
  const days = daysOfIso(expiresAt);
  writer.flag(days !== undefined);
  if (days === undefined) writer.text(expiresAt);
  else writer.varint(days, 7);
};

const readExpiry = (reader: BitReader): string | null => {
  if (!reader.flag()) return null;
  return reader.flag() ? isoDay(reader.varint(7)) : reader.text();
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

/** @throws RangeError for times that the short form can't say (before 2024, after 2058). */
export const writeShortClaims = (writer: BitWriter, claims: OfflineKeyClaims): void => {
  writeTimes(writer, claims);
  writeId(writer, 'lic', claims.sub);
  writeFreshId(writer, 'key', claims.jti, claims.iat);
  writer.text(claims.aud);
  writeLicense(writer, claims.licet.license);
  const { email, name, password } = claims.licet.administrator;
  writer.text(email).text(name).number(passwords.indexOf(password), 1);
};

export const readShortClaims = (
  reader: BitReader,
  known: { readonly iss: string; readonly machine: KnownMachine },
): OfflineKeyClaims => {
  const { iat, nbf, exp } = readTimes(reader);
  const sub = readId(reader, 'lic');
  const jti = readFreshId(reader, 'key', iat);
  const aud = reader.text();
  const license = readLicense(reader);
  const administrator = {
    email: reader.text(),
    name: reader.text(),
    password: passwords[reader.number(1)] ?? 'choose',
  };
  const { fingerprint, hostname, key } = known.machine;
  const machine = { fingerprint, hostname, key };
  return {
    iss: known.iss,
    iat,
    nbf,
    exp,
    sub,
    jti,
    aud,
    licet: { license, administrator, machine },
  };
};
