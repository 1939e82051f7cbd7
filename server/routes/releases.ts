/** Downloads for owners and users; publishing for operators. */
import { createRoute } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { z } from 'zod';
import { PageQuery } from '../../shared/api/common.ts';
import {
  DownloadLink,
  Release,
  ReleaseAnnounced,
  ReleaseCreate,
  ReleaseFilter,
  ReleasePage,
} from '../../shared/api/releases.ts';
import { idempotencyOf, allowed, signedIn } from '../http/callers.ts';
import {
  body,
  IdempotencyHeader,
  IdParam,
  json,
  newApi,
  nothing,
  problems,
  type AccountEnv,
} from '../http/contract.ts';
import { orRefuse } from '../http/problem.ts';
import { publicUrl } from '../http/public-url.ts';
import { remoteAddress } from '../http/remote-address.ts';
import { parseContentRange } from '../http/byte-range.ts';
import { sendFile } from '../http/send-file.ts';
import type { Deps } from '../usecases/deps.ts';
import {
  createLink,
  listReleases,
  noteDownload,
  openDownload,
  openLink,
  type Download,
} from '../usecases/releases/downloads.ts';
import { announceRelease, receiveRelease, withdrawRelease } from '../usecases/releases/releases.ts';
import { iso } from '../../shared/time.ts';

const ReleaseQuery = PageQuery.extend(ReleaseFilter.shape);
const bytes = { 'application/octet-stream': { schema: z.string().meta({ format: 'binary' }) } };
const fileResponses = {
  200: { description: 'The file; its entity tag is its SHA-256', content: bytes },
  206: { description: 'The part that Range asked for', content: bytes },
  304: nothing('The client has it'),
  416: nothing('There is nothing from there on'),
};

const send = async (deps: Deps, c: Context, download: Download): Promise<Response> => {
  const { response, starts } = sendFile(c, {
    ...download,
    read: (from, to) => deps.releaseFiles.read(download.sha256, from, to),
  });
  if (starts) await noteDownload(deps, { from: remoteAddress(c) }, download);
  return response;
};

const downloadRoutes = (deps: Deps) =>
  newApi<AccountEnv>()
    .openapi(
      createRoute({
        method: 'get',
        path: '/v1/releases',
        summary: 'What may be downloaded, the latest for each platform first',
        ...signedIn(deps),
        request: { query: ReleaseQuery },
        responses: { 200: json(ReleasePage, 'The releases'), ...problems(400, 401) },
      }),
      async (c) => c.json(await listReleases(deps, c.var.caller, c.req.valid('query')), 200),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/v1/releases/{id}/file',
        summary: 'The file (Range, If-Range, If-None-Match)',
        ...signedIn(deps),
        request: { params: IdParam },
        responses: { ...fileResponses, ...problems(401, 403, 404) },
      }),
      async (c) => {
        const { id } = c.req.valid('param');
        return send(deps, c, orRefuse(await openDownload(deps, c.var.caller, id)));
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/v1/releases/{id}/link',
        summary: 'An address that needs no sign-in for an hour, to fetch the file elsewhere',
        ...signedIn(deps),
        request: { params: IdParam },
        responses: { 201: json(DownloadLink, 'The link'), ...problems(401, 403, 404) },
      }),
      async (c) => {
        const { id } = c.req.valid('param');
        const { token, expiresAt } = orRefuse(await createLink(deps, c.var.caller, id));
        const url = `${publicUrl(deps, c)}/v1/downloads/${token}`;
        return c.json({ url, expiresAt: iso(expiresAt) }, 201);
      },
    );

const linkRoutes = (deps: Deps) =>
  newApi().openapi(
    createRoute({
      method: 'get',
      path: '/v1/downloads/{token}',
      summary: 'The file that a link is to',
      request: { params: z.object({ token: z.string().min(1).max(100) }) },
      responses: { ...fileResponses, ...problems(403, 404) },
    }),
    async (c) => send(deps, c, orRefuse(await openLink(deps, c.req.valid('param').token))),
  );

const publishRoutes = (deps: Deps) =>
  newApi<AccountEnv>()
    .openapi(
      createRoute({
        method: 'get',
        path: '/v1/operator/releases',
        summary: 'All releases, those whose file has not arrived too',
        ...allowed(deps, 'release.list-all'),
        request: { query: ReleaseQuery },
        responses: { 200: json(ReleasePage, 'The releases'), ...problems(400, 401, 403) },
      }),
      async (c) => c.json(await listReleases(deps, c.var.caller, c.req.valid('query')), 200),
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/v1/operator/releases',
        summary: 'Announce a release with the checksum of its file, which is sent next',
        ...allowed(deps, 'release.publish'),
        request: { headers: IdempotencyHeader, body: body(ReleaseCreate) },
        responses: {
          201: json(ReleaseAnnounced, 'Announced; published already if the file is here'),
          ...problems(400, 401, 403, 409),
        },
      }),
      async (c) => {
        const input = c.req.valid('json');
        const made = await announceRelease(deps, c.var.caller, input, idempotencyOf(c, input));
        return c.json(orRefuse(made), 201);
      },
    )
    .openapi(
      createRoute({
        method: 'put',
        path: '/v1/operator/releases/{id}/file',
        summary:
          'Send the file of an announced release, or its rest (Content-Range); published when it is the one announced',
        ...allowed(deps, 'release.publish'),
        request: { params: IdParam, body: { required: true as const, content: bytes } },
        responses: { 200: json(Release, 'Published'), ...problems(400, 401, 403, 404, 409) },
      }),
      async (c) => {
        const { id } = c.req.valid('param');
        const range = c.req.header('content-range');
        // What can't be read is no part of any file.
        const none = { from: 0, last: 0, size: -1 };
        const part = range === undefined ? null : (parseContentRange(range) ?? none);
        const source = c.req.raw.body;
        return c.json(orRefuse(await receiveRelease(deps, c.var.caller, id, source, part)), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/v1/operator/releases/{id}',
        summary: 'Withdraw a release: nobody can download it any more',
        ...allowed(deps, 'release.withdraw'),
        request: { params: IdParam },
        responses: { 204: nothing('Withdrawn'), ...problems(401, 403, 404) },
      }),
      async (c) => {
        orRefuse(await withdrawRelease(deps, c.var.caller, c.req.valid('param').id));
        return c.body(null, 204);
      },
    );

export const releaseRoutes = (deps: Deps) =>
  newApi()
    .route('/', downloadRoutes(deps))
    .route('/', linkRoutes(deps))
    .route('/', publishRoutes(deps));
