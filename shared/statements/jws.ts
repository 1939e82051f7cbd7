/**
 * Compact JWS (RFC 7515) with one algorithm, EdDSA over Ed25519 (RFC 8037), and the precautions of
 * RFC 8725: the type is checked, the algorithm is not the sender's choice, nothing is fetched.
 */
import { z } from 'zod';
import { fromBase64url, fromUtf8, toBase64url, utf8 } from '../bytes.ts';
import { canonicalJson, type Json } from './canonical-json.ts';
import { fail, ok, type Result } from '../result.ts';
import { parseStrictJson } from './strict-json.ts';

/** No statement comes near this many characters. */
export const maxJwsLength = 65_536;

const Header = z.strictObject({
  alg: z.literal('EdDSA'),
  typ: z.string().max(64),
  /** Shown as it is, also of what is not verified: visible ASCII. */
  kid: z.string().regex(/^[!-~]{1,128}$/u),
  cert: z.string().max(8192).optional(),
});
export type JwsHeader = z.infer<typeof Header>;

export interface Jws {
  readonly header: JwsHeader;
  readonly payload: unknown;
  readonly signature: Uint8Array;
  /** What the signature covers: the first two parts with the dot between them. */
  readonly signed: Uint8Array;
}

export interface JwsProblem {
  readonly reason: 'malformed' | 'algorithm';
  /** A clause that goes on after "It ...". */
  readonly what: string;
}

const malformed = (what: string) => fail<JwsProblem>({ reason: 'malformed', what });

const readJson = (part: string, name: string): Result<unknown, JwsProblem> => {
  const bytes = fromBase64url(part);
  const text = bytes && fromUtf8(bytes);
  if (text === undefined) return malformed(`has a ${name} that is not base64url of text`);
  const json = parseStrictJson(text);
  return json.ok ? json : malformed(`has a ${name} that is refused: ${json.error}`);
};

const describeAlgorithm = (header: unknown): string => {
  const alg = z.looseObject({ alg: z.string() }).safeParse(header);
  return alg.success
    ? `the algorithm ${JSON.stringify(alg.data.alg.slice(0, 20))}`
    : 'no algorithm';
};

const readHeader = (part: string): Result<JwsHeader, JwsProblem> => {
  const json = readJson(part, 'header');
  if (!json.ok) return json;
  const header = Header.safeParse(json.value);
  if (header.success) return ok(header.data);
  if (header.error.issues.some((issue) => issue.path[0] === 'alg')) {
    const named = describeAlgorithm(json.value);
    return fail({ reason: 'algorithm', what: `names ${named}, and only EdDSA is accepted` });
  }
  return malformed('has a header with members that do not belong there, or lacks some');
};

/** Takes a compact JWS apart without verifying anything. */
export const parseJws = (text: string): Result<Jws, JwsProblem> => {
  if (text.length > maxJwsLength) return malformed('is far too long');
  const [first, second, third, ...more] = text.split('.');
  if (first === undefined || second === undefined || third === undefined || more.length > 0) {
    return malformed('does not have the three parts of a signed text');
  }
  const header = readHeader(first);
  if (!header.ok) return header;
  const payload = readJson(second, 'content');
  if (!payload.ok) return payload;
  const signature = fromBase64url(third);
  if (signature?.length !== 64) return malformed('has a signature that is not 64 bytes');
  return ok({
    header: header.value,
    payload: payload.value,
    signature,
    signed: utf8(`${first}.${second}`),
  });
};

const encodePart = (value: Json): string => toBase64url(utf8(canonicalJson(value)));

/** The first part of a JWS. */
export const headerPart = (header: JwsHeader): string => encodePart({ ...header });

/** The first two parts, the first of which is made already. */
export const inputOf = (header: string, payload: Json): string =>
  `${header}.${encodePart(payload)}`;

/** The first two parts of a JWS, in canonical JSON: what is to be signed. */
export const signingInput = (header: JwsHeader, payload: Json): string =>
  inputOf(headerPart(header), payload);

/** Joins what was signed and its signature. */
export const joinJws = (input: string, signature: Uint8Array): string =>
  `${input}.${toBase64url(signature)}`;
