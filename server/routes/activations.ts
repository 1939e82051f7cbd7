/** What products call: activate, check in, deactivate. */
import { createRoute } from '@hono/zod-openapi';
import {
  Activated,
  ActivationRequest,
  CheckedIn,
  CheckInRequest,
} from '../../shared/api/activations.ts';
import { anonymous, idempotencyOf, product } from '../http/callers.ts';
import {
  body,
  IdempotencyHeader,
  IdParam,
  json,
  newApi,
  nothing,
  problems,
  type ActivationEnv,
} from '../http/contract.ts';
import { orRefuse } from '../http/problem.ts';
import { activate } from '../usecases/seats/activate.ts';
import { checkIn, deactivate } from '../usecases/seats/check-in.ts';
import type { Deps } from '../usecases/deps.ts';

export const activationRoutes = (deps: Deps) =>
  newApi<ActivationEnv>()
    .openapi(
      createRoute({
        method: 'post',
        path: '/v1/activations',
        summary:
          'Activate a machine; the same machine again gets a new token that ends the old one',
        request: { headers: IdempotencyHeader, body: body(ActivationRequest) },
        responses: {
          200: json(Activated, 'Activated again'),
          201: json(Activated, 'Activated'),
          ...problems(400, 401, 403, 404, 409),
        },
      }),
      async (c) => {
        const input = c.req.valid('json');
        const key = idempotencyOf(c, input);
        const answer = orRefuse(await activate(deps, anonymous(c), input, key));
        return answer.created ? c.json(answer.body, 201) : c.json(answer.body, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/v1/activations/{id}/check-in',
        summary: 'Renew the lease; after a reset a seat is taken again if one is free',
        ...product(deps),
        request: { params: IdParam, body: { ...body(CheckInRequest), required: false } },
        responses: { 200: json(CheckedIn, 'The new lease'), ...problems(400, 401, 403, 404, 409) },
      }),
      async (c) => {
        const { id } = c.req.valid('param');
        const input = c.req.valid('json') ?? {};
        return c.json(orRefuse(await checkIn(deps, c.var.product, id, input)), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/v1/activations/{id}',
        summary: 'Give the seat up for good',
        ...product(deps),
        request: { params: IdParam },
        responses: { 204: nothing('Its seat is free'), ...problems(401, 403, 404, 409) },
      }),
      async (c) => {
        orRefuse(await deactivate(deps, c.var.product, c.req.valid('param').id));
        return c.body(null, 204);
      },
    );
