/** Reads request bodies before any route does: none too large, none that two readers could understand differently. */
import type { Context, MiddlewareHandler } from 'hono';
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

/** The text of bytes. Broken ones are not made into question marks: two passwords would be the same. */
const decode = (bytes: Uint8Array | ArrayBuffer): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new RefusalError(notUtf8);
  }
};

const read = async (c: Context): Promise<string> => {
  const length = c.req.header('content-length');
  if (length !== undefined && Number(length) > limit) throw new RefusalError(tooLarge);
  try {
    // With a length the connection ends the body there, so nothing needs counting.
    if (length !== undefined) return decode(await c.req.arrayBuffer());
    const { body } = c.req.raw;
    if (body === null) return '';
    const text = await readLimited(body);
    // A text of its own would get a content type; an empty body has none, and optional ones may be empty.
    c.req.raw =
      text === ''
        ? new Request(c.req.url, { method: c.req.method, headers: c.req.raw.headers })
        : new Request(c.req.raw, { method: c.req.method, body: text });
    return text;
  } catch (error) {
    throw error instanceof RefusalError ? error : new RefusalError(notWhole);
  }
};

const isJson = (c: Context): boolean =>
  /^application\/(?:[a-z.-]+\+)?json(?:\s*;|$)/iu.test(c.req.header('content-type') ?? '');

const bodyMethods = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/**
 * Refuses bodies over 1 MB (413), and JSON that is malformed, nested deeper than 32 levels, has too many values, a member
 * twice or one named `__proto__` (400). Routes find the text read already.
 */
export const readBodies: MiddlewareHandler = async (c, next) => {
  if (bodyMethods.has(c.req.method) && !isUpload(c)) {
    const text = await read(c);
    if (text !== '' && isJson(c)) {
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
    }
  }
  await next();
};
