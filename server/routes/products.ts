/** Products: what licenses are for. */
import { createRoute } from '@hono/zod-openapi';
import { PageQuery } from '../../shared/api/common.ts';
import {
  Product,
  ProductCreate,
  ProductPage,
  ProductPatch,
  Snippet,
} from '../../shared/api/licenses.ts';
import { allowed, idempotencyOf } from '../http/callers.ts';
import {
  body,
  IdempotencyHeader,
  IdParam,
  json,
  newApi,
  problems,
  type AccountEnv,
} from '../http/contract.ts';
import { IfMatchHeader, meantFor, versioned, withVersion } from '../http/if-match.ts';
import { orRefuse } from '../http/problem.ts';
import { publicUrl } from '../http/public-url.ts';
import type { Deps } from '../usecases/deps.ts';
import {
  createProduct,
  listProducts,
  patchProduct,
  snippetOf,
} from '../usecases/licenses/products.ts';

export const productRoutes = (deps: Deps) =>
  newApi<AccountEnv>()
    .openapi(
      createRoute({
        method: 'get',
        path: '/v1/operator/products',
        summary: 'All products',
        ...allowed(deps, 'product.list'),
        request: { query: PageQuery },
        responses: { 200: json(ProductPage, 'The products'), ...problems(400, 401, 403) },
      }),
      async (c) => c.json(await listProducts(deps, c.req.valid('query')), 200),
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/v1/operator/products',
        summary: 'Create a product, with a template for its licenses',
        ...allowed(deps, 'product.create'),
        request: { headers: IdempotencyHeader, body: body(ProductCreate) },
        responses: { 201: json(Product, 'Created'), ...problems(400, 401, 403, 409) },
      }),
      async (c) => {
        const input = c.req.valid('json');
        const made = await createProduct(deps, c.var.caller, input, idempotencyOf(c, input));
        return c.json(orRefuse(made), 201);
      },
    )
    .openapi(
      createRoute({
        method: 'patch',
        path: '/v1/operator/products/{id}',
        summary:
          'Change name, template or trial of a product; licenses that exist keep their terms',
        ...allowed(deps, 'product.change'),
        request: { params: IdParam, headers: IfMatchHeader, body: body(ProductPatch) },
        responses: {
          200: versioned(json(Product, 'The product')),
          ...problems(400, 401, 403, 404, 412),
        },
      }),
      async (c) => {
        const { id } = c.req.valid('param');
        const versions = meantFor(c.req.valid('header'));
        const changed = await patchProduct(deps, c.var.caller, id, c.req.valid('json'), versions);
        return c.json(withVersion(c, orRefuse(changed)), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/v1/operator/products/{id}/snippet',
        summary: 'What the product embeds: server, product id and public root keys',
        ...allowed(deps, 'product.snippet'),
        request: { params: IdParam },
        responses: { 200: json(Snippet, 'The values'), ...problems(401, 403, 404) },
      }),
      async (c) => {
        const values = orRefuse(await snippetOf(deps, c.req.valid('param').id));
        return c.json({ ...values, server: publicUrl(deps, c) }, 200);
      },
    );
