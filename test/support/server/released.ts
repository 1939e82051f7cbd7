/** Releases as an operator's program publishes them: announced, then sent. */
import { createHash } from 'node:crypto';
import type { Release } from '../../../shared/api/releases.ts';
import type { TestServer } from './server.ts';

/** Hex. */
export const sha256 = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex');
/** So many bytes, each time the same. */
export const bytesOf = (length: number): Uint8Array => {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i += 1) bytes[i] = (i * 31 + (i >> 8)) & 255;
  return bytes;
};

export interface Published {
  readonly product?: string;
  readonly version?: string;
  readonly platform?: string;
  readonly kind?: string;
  readonly fileName?: string;
}

/** Announces a release of this content. */
export const announce = (server: TestServer, content: Uint8Array, named: Published = {}) =>
  server.ask<Release>('POST', '/v1/operator/releases', {
    token: server.operator,
    json: {
      product: 'suite',
      version: '1.0.0',
      platform: 'linux-x64',
      fileName: 'suite.tar.gz',
      size: content.length,
      sha256: sha256(content),
      ...named,
    },
  });

/** Sends the file of an announced release, or a part of it. */
export const upload = (
  server: TestServer,
  id: string,
  content: Uint8Array | ReadableStream,
  range?: string,
) => {
  const sent = {
    method: 'PUT',
    headers: {
      authorization: `Bearer ${server.operator}`,
      'content-type': 'application/octet-stream',
      ...(range === undefined ? {} : { 'content-range': range }),
    },
    body: content,
    duplex: 'half' as const,
  };
  return server.app.request(`/v1/operator/releases/${id}/file`, sent);
};

/** Publishes a release, whole. */
export const publish = async (server: TestServer, content: Uint8Array, named: Published = {}) => {
  const announced = await announce(server, content, named);
  if (announced.status !== 201) throw new Error(JSON.stringify(announced.body));
  const response = await upload(server, announced.body.id, content);
  if (response.status !== 200) throw new Error(await response.text());
  return (await response.json()) as Release;
};
