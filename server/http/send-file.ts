/** Sends a file: whole, in part, or not at all because the client has it. */
import type { Context } from 'hono';
import { chooseRange, namesTag } from './byte-range.ts';
import { problemOf } from './problem.ts';

export interface SentFile {
  readonly fileName: string;
  /** Bytes. */
  readonly size: number;
  /** Hex; the entity tag is made of it. */
  readonly sha256: string;
  /** The bytes from `from` up to, without, `to`. */
  readonly read: (from: number, to: number) => ReadableStream<Uint8Array>;
}

/** A header's value for a name in any script (RFC 6266, RFC 8187). */
const disposition = (fileName: string): string => {
  const plain = fileName.replaceAll(/[^\x20-\x7e]|["\\%]/gu, '_');
  const encoded = encodeURIComponent(fileName).replaceAll(
    /['()*]/gu,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
};

const base64 = (hex: string): string => Buffer.from(hex, 'hex').toString('base64');

const unsatisfiable = (size: number): Response => {
  const detail = `The file has ${size} bytes: there is nothing from there on. What you have may be whole; compare its checksum.`;
  return Response.json(problemOf({ code: 'invalid-request', detail }, 416), {
    status: 416,
    headers: { 'content-type': 'application/problem+json', 'content-range': `bytes */${size}` },
  });
};

/** The part of a file that is about to be sent; `from` is 0 for its beginning. */
export interface FileAnswer {
  readonly response: Response;
  /** Whether bytes from the beginning are sent: a download starts. */
  readonly starts: boolean;
}

/** Answers with a file, by Range, If-Range and If-None-Match (RFC 9110). */
export const sendFile = (c: Context, file: SentFile): FileAnswer => {
  const tag = `"${file.sha256}"`;
  // Also told to who has the file already (RFC 9110, 15.4.5).
  const cached = { etag: tag, 'cache-control': 'private, no-cache' };
  const headers = {
    ...cached,
    'accept-ranges': 'bytes',
    // RFC 9530: of the whole file, whatever part of it is sent.
    'repr-digest': `sha-256=:${base64(file.sha256)}:`,
    'content-disposition': disposition(file.fileName),
    'content-type': 'application/octet-stream',
  };
  if (namesTag(c.req.header('if-none-match'), tag)) {
    return { response: new Response(null, { status: 304, headers: cached }), starts: false };
  }
  const asked = { range: c.req.header('range'), ifRange: c.req.header('if-range') };
  const range = chooseRange(asked, tag, file.size);
  if (range.kind === 'unsatisfiable') return { response: unsatisfiable(file.size), starts: false };
  const { from, to } = range.kind === 'part' ? range : { from: 0, to: file.size };
  const length = { 'content-length': String(to - from) };
  const body = to > from && c.req.method !== 'HEAD' ? file.read(from, to) : null;
  const response =
    range.kind === 'part'
      ? new Response(body, {
          status: 206,
          headers: {
            ...headers,
            ...length,
            'content-range': `bytes ${from}-${to - 1}/${file.size}`,
          },
        })
      : new Response(body, { status: 200, headers: { ...headers, ...length } });
  return { response, starts: from === 0 && c.req.method !== 'HEAD' };
};
