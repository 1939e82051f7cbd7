/** Reads request bodies before any route does: none too large, none that two readers could understand differently. */
import type { Context, Env, MiddlewareHandler } from 'hono';
import { parseStrictJson } from '../../shared/statements/strict-json.ts';
import type { Refusal } from '../../shared/problems.ts';
import { RefusalError } from './problem.ts';

/** Bytes. The longest list that can be imported at once stays below it. */
const limit = 1024 * 1024;
/** Values in a body: a megabyte of single digits would take a third of a second from everybody. */
const maxValues = 5000;
/** Takes more of them, and is asked only once it is clear that an operator asks. */
export const listRoute = '/v1/operator/licenses/import';
const maxListValues = 100_000;

/** The largest schema of the API is four levels deep; what JSON nests beyond is an attack. */
const maxDepth = 32;

/** Bodies that are files: their routes stream them, and check their size against what was announced. */
const isUpload = (c: Context): boolean =>
  c.req.method === 'PUT' && /^\/v1\/operator\/releases\/[^/]+\/file$/u.test(c.req.path);

const tooLarge: Refusal = {
  code: 'payload-too-large',
  detail: 'This request is larger than 1 MB, the most that is taken here.',
};

const notWhole: Refusal = {
  code: 'invalid-request',
  detail: 'The body of the request did not arrive whole.',
};

/** Text of a stream, read no further than the limit. @throws RefusalError */
const readLimited = async (stream: ReadableStream<Uint8Array>): Promise<string> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop by a throw cancels the stream: the rest is never read.
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > limit) throw new RefusalError(tooLarge);
    chunks.push(chunk);
  }
  return decode(Buffer.concat(chunks));
};

const notUtf8: Refusal = {
  code: 'invalid-request',
  detail: 'The body is not UTF-8. Send text as UTF-8.',
};

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The text of bytes. Broken ones are not made into question marks: two passwords would be the same. */
const decode = (bytes: Uint8Array | ArrayBuffer): string => {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new RefusalError(notUtf8);
  }
};

const read = async (c: Context): Promise<string> => {
  const length = c.req.header('content-length');
  if (length !== undefined && Number(length) > limit) throw new RefusalError(tooLarge);
  try {
    // With a length the connection ends the body there, so nothing needs counting.
    if (length !== undefined) return decode(await c.req.raw.arrayBuffer());
    const { body } = c.req.raw;
    return body === null ? '' : await readLimited(body);
  } catch (error) {
    throw error instanceof RefusalError ? error : new RefusalError(notWhole);
  }
};

const isJson = (c: Context): boolean =>
  /^application\/(?:[a-z.-]+\+)?json(?:\s*;|$)/iu.test(c.req.header('content-type') ?? '');

const bodyMethods = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/** A body that was read: its text, and the value where that is JSON. */
export interface ReadBody {
  readonly text: string;
  readonly json?: unknown;
}

interface BodyEnv extends Env {
  readonly Variables: { body: ReadBody };
}

const noBody: ReadBody = { text: '' };

/** The body of a request as `readBodies` found it. */
export const bodyOf = (c: Context): ReadBody => (c as Context<BodyEnv>).get('body') ?? noBody;

const readBody = async (c: Context<BodyEnv>): Promise<void> => {
  const text = await read(c);
  if (text === '') return;
  if (!isJson(c)) {
    c.set('body', { text });
    return;
  }
  const json = parseStrictJson(text, {
    maxDepth,
    maxValues: c.req.path === listRoute ? maxListValues : maxValues,
  });
  if (!json.ok) {
    throw new RefusalError({
      code: 'invalid-request',
      detail: `The body is not JSON that is taken here: ${json.error}.`,
    });
  }
  c.set('body', { text, json: json.value });
};

/**
 * Refuses bodies over 1 MB (413), and JSON that is malformed, nested deeper than 32 levels, has too many values, a member
 * twice or one named `__proto__` (400). Reads and parses a body once, for `bodyOf`.
 */
export const readBodies: MiddlewareHandler<BodyEnv> = async (c, next) => {
  if (bodyMethods.has(c.req.method) && !isUpload(c)) await readBody(c);
  await next();
};
