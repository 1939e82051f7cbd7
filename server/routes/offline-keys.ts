/** Offline keys of a license. */
import { createRoute } from '@hono/zod-openapi';
import { z } from 'zod';
import { PageQuery } from '../../shared/api/common.ts';
import {
  OfflineKey,
  OfflineKeyDeactivation,
  OfflineKeyLoss,
  OfflineKeyPage,
  OfflineKeyRenewal,
  OfflineKeyRequest,
  OfflineKeyWithKey,
} from '../../shared/api/offline-keys.ts';
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
import type { Deps } from '../usecases/deps.ts';
import { reportLost, returnOfflineKey, writeOff } from '../usecases/seats/close-offline-keys.ts';
import {
  getOfflineKey,
  issueOfflineKey,
  listOfflineKeys,
  renewOfflineKey,
} from '../usecases/seats/offline-keys.ts';

const KeyParam = IdParam.extend({ keyId: z.string().min(1).max(80) });

const issuing = (deps: Deps) =>
  newApi<AccountEnv>()
    .openapi(
      createRoute({
        method: 'get',
        path: '/v1/licenses/{id}/offline-keys',
        summary: 'The offline keys of a license',
        ...signedIn(deps),
        request: { params: IdParam, query: PageQuery },
        responses: { 200: json(OfflineKeyPage, 'The keys'), ...problems(400, 401, 403, 404) },
      }),
      async (c) => {
        const { id } = c.req.valid('param');
        const page = await listOfflineKeys(deps, c.var.caller, id, c.req.valid('query'));
        return c.json(orRefuse(page), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/v1/licenses/{id}/offline-keys',
        summary: 'Make an offline key for the machine of a request code',
        ...signedIn(deps),
        request: { params: IdParam, headers: IdempotencyHeader, body: body(OfflineKeyRequest) },
        responses: {
          201: json(OfflineKeyWithKey, 'The key'),
          ...problems(400, 401, 403, 404, 409),
        },
      }),
      async (c) => {
        const input = c.req.valid('json');
        const { id } = c.req.valid('param');
        const made = await issueOfflineKey(deps, c.var.caller, id, input, idempotencyOf(c, input));
        return c.json(orRefuse(made), 201);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/v1/licenses/{id}/offline-keys/{keyId}',
        summary: 'One key, to show and save again',
        ...signedIn(deps),
        request: { params: KeyParam },
        responses: { 200: json(OfflineKeyWithKey, 'The key'), ...problems(401, 403, 404) },
      }),
      async (c) => {
        const { id, keyId } = c.req.valid('param');
        return c.json(orRefuse(await getOfflineKey(deps, c.var.caller, id, keyId)), 200);
      },
    );

const later = (deps: Deps) =>
  newApi<AccountEnv>()
    .openapi(
      createRoute({
        method: 'post',
        path: '/v1/licenses/{id}/offline-keys/{keyId}/renew',
        summary: 'A new key from the stored request; the old one is superseded',
        ...signedIn(deps),
        request: { params: KeyParam, body: { ...body(OfflineKeyRenewal), required: false } },
        responses: {
          201: json(OfflineKeyWithKey, 'The new key'),
          ...problems(400, 401, 403, 404, 409),
        },
      }),
      async (c) => {
        const { id, keyId } = c.req.valid('param');
        const input = c.req.valid('json') ?? {};
        return c.json(orRefuse(await renewOfflineKey(deps, c.var.caller, id, keyId, input)), 201);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/v1/licenses/{id}/offline-keys/{keyId}/deactivation',
        summary: 'Give a key back with the proof of its machine',
        ...signedIn(deps),
        request: { params: KeyParam, body: body(OfflineKeyDeactivation) },
        responses: { 204: nothing('Its seat is free'), ...problems(400, 401, 403, 404, 409) },
      }),
      async (c) => {
        const { id, keyId } = c.req.valid('param');
        const { proof } = c.req.valid('json');
        orRefuse(await returnOfflineKey(deps, c.var.caller, id, keyId, proof));
        return c.body(null, 204);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/v1/licenses/{id}/offline-keys/{keyId}/lost',
        summary: 'Report a machine lost; an operator writes its key off',
        ...signedIn(deps),
        request: { params: KeyParam, body: body(OfflineKeyLoss) },
        responses: { 202: json(OfflineKey, 'Noted'), ...problems(400, 401, 403, 404, 409) },
      }),
      async (c) => {
        const { id, keyId } = c.req.valid('param');
        const { reason } = c.req.valid('json');
        return c.json(orRefuse(await reportLost(deps, c.var.caller, id, keyId, reason)), 202);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/v1/operator/offline-keys/{id}/write-off',
        summary: 'Write a lost key off: its seat is free',
        ...allowed(deps, 'license.operate'),
        request: { params: IdParam },
        responses: { 200: json(OfflineKey, 'Written off'), ...problems(401, 403, 404, 409) },
      }),
      async (c) =>
        c.json(orRefuse(await writeOff(deps, c.var.caller, c.req.valid('param').id)), 200),
    );

export const offlineKeyRoutes = (deps: Deps) =>
  newApi().route('/', issuing(deps)).route('/', later(deps));
