/**
 * The request code of a machine that never comes online: who it is, and the public half of a key pair
 * that it made. As a file it is a JWS that the machine signs. The short form to type has the same
 * content with a check in place of the signature: 64 more bytes would make it 104 characters longer,
 * and would prove no more, since whoever can change a request can sign another with a key of their own.
 * What keeps a key from being used elsewhere is that the machine must hold the private half.
 */
import { armor } from '../armor.ts';
import { BitReader, BitsError, BitWriter } from './bits.ts';
import { equalBytes, fromHex, sha256, toHex, utf8 } from '../../bytes.ts';
import { RequestClaims } from '../claims.ts';
import { readCode, typedKinds } from '../codes.ts';
import { characterOf, digitOf } from './crockford.ts';
import { parseJws } from '../jws.ts';
import { publicKeyFromBytes, publicKeyFromText, signerOf, type PrivateKey } from '../keys.ts';
import { fail, ok, type Result } from '../../result.ts';
import { signStatement, verifyStatement } from '../statements.ts';
import { toTypedLines } from './typed-lines.ts';

/** What a request says. */
export interface OfflineRequest {
  /** 64 hex digits. */
  readonly fingerprint: string;
  readonly hostname: string;
  /** The machine's public key, base64url. */
  readonly key: string;
  /** The product that asks, where one does. */
  readonly product: string | undefined;
  /** The machine's clock when it asked: milliseconds since the epoch, whole seconds. */
  readonly clock: number;
  /** Names the request: six characters, the same in all its forms. */
  readonly nonce: string;
}

export interface RequestInput {
  readonly key: PrivateKey;
  readonly fingerprint: string;
  readonly hostname: string;
  readonly product?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly random: (bytes: number) => Uint8Array;
}

/** A request in all its forms. */
export interface RequestForms {
  readonly request: OfflineRequest;
  /** The signed statement, one line. */
  readonly jws: string;
  /** The same as a file. */
  readonly file: string;
  /** To type: numbered lines of groups, each with its check. */
  readonly typed: string;
}

/** 2024-01-01, in seconds: typed times count from here, for 34 years in 30 bits. */
export const typedEpoch = 1_704_067_200;
const timeBits = 30;
const nonceLength = 6;
const checkBytes = 4;
/** A longer hostname is cut, so that the request can be typed. */
export const maxRequestHostname = 32;

/** A hostname as a request carries it: one line, nothing invisible, at most 32 characters. */
export const requestHostname = (hostname: string): string =>
  Array.from(hostname.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '').trim())
    .slice(0, maxRequestHostname)
    .join('');

const typedDigits = (request: OfflineRequest, key: Uint8Array): number[] => {
  const writer = new BitWriter();
  writer.bytes(key).bytes(fromHex(request.fingerprint) ?? new Uint8Array(32));
  writer.number(request.clock / 1000 - typedEpoch, timeBits);
  for (const character of request.nonce) writer.number(digitOf(character) ?? 0, 5);
  writer.text(request.hostname).flag(request.product !== undefined);
  if (request.product !== undefined) writer.text(request.product);
  return writer.bytes(checkOf(request)).toDigits();
};

/** A check over all that a typed request says, as the signature is in a file. */
const checkOf = (request: OfflineRequest): Uint8Array => {
  const { fingerprint, hostname, key, product = null, clock, nonce } = request;
  const text = JSON.stringify(['licet-request', fingerprint, hostname, key, product, clock, nonce]);
  return sha256(utf8(text)).subarray(0, checkBytes);
};

/** Makes a request in all its forms, signed with the machine's key. */
export const makeRequest = (input: RequestInput): RequestForms => {
  const seconds = Math.max(typedEpoch, Math.floor(input.now / 1000));
  const nonce = Array.from(input.random(nonceLength), (byte) => characterOf(byte % 32)).join('');
  const request: OfflineRequest = {
    fingerprint: input.fingerprint.toLowerCase(),
    hostname: requestHostname(input.hostname),
    key: input.key.x,
    product: input.product,
    clock: seconds * 1000,
    nonce,
  };
  const { fingerprint, hostname, key, product } = request;
  const jws = signStatement(
    'request',
    {
      iss: input.key.kid,
      iat: seconds,
      jti: nonce,
      ...(product === undefined ? {} : { aud: product }),
      licet: { machine: { fingerprint, hostname, key } },
    },
    signerOf(input.key),
  );
  const typed = toTypedLines([typedKinds.request, ...typedDigits(request, input.key.bytes)]);
  return { request, jws, file: armor('request', jws), typed };
};

const checkHostname = (request: OfflineRequest): Result<OfflineRequest, string> =>
  request.hostname === requestHostname(request.hostname)
    ? ok(request)
    : fail(
        'The hostname in this request has characters that no hostname has. Make the request again.',
      );

const readSigned = (jws: string): Result<OfflineRequest, string> => {
  const parsed = parseJws(jws);
  // The key that must have signed is in the claims; everything else is verified with it below.
  const claimed = parsed.ok ? RequestClaims.safeParse(parsed.value.payload) : undefined;
  const machineKey = claimed?.success
    ? publicKeyFromText(claimed.data.licet.machine.key)
    : undefined;
  const verified = verifyStatement('request', jws, { roots: [], now: 0, machineKey });
  if (!verified.ok) return fail(verified.error.message);
  const { iat, jti, aud, licet } = verified.value.claims;
  return checkHostname({ ...licet.machine, product: aud, clock: iat * 1000, nonce: jti });
};

const readTyped = (digits: readonly number[]): Result<OfflineRequest, string> => {
  const reader = new BitReader(digits);
  const key = publicKeyFromBytes(reader.bytes(32));
  const fingerprint = toHex(reader.bytes(32));
  const clock = (reader.number(timeBits) + typedEpoch) * 1000;
  const nonce = Array.from({ length: nonceLength }, () => characterOf(reader.number(5))).join('');
  const hostname = reader.text();
  const product = reader.flag() ? reader.text() : undefined;
  const check = reader.bytes(checkBytes);
  reader.end();
  const request = { fingerprint, hostname, key: key?.x ?? '', product, clock, nonce };
  return key && equalBytes(check, checkOf(request))
    ? checkHostname(request)
    : fail('The lines are each right, but do not belong together. Enter the lines of one request.');
};

/**
 * Reads a request in any form: file, bare JWS, parts of a QR code, or typed lines. The error is a
 * sentence; for typed lines it names the wrong one.
 */
export const parseRequestCode = (text: string): Result<OfflineRequest, string> => {
  const code = readCode('request', text);
  if (!code.ok) return code;
  if (code.value.form === 'jws') return readSigned(code.value.jws);
  try {
    return readTyped(code.value.digits);
  } catch (error) {
    if (error instanceof BitsError) return fail(`This request is not readable. ${error.message}`);
    throw error;
  }
};
