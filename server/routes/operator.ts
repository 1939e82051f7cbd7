/** An operator's routes: accounts, password requests, products, licenses, journal. */
import { createRoute } from '@hono/zod-openapi';
import { z } from 'zod';
import {
  Account,
  AccountCreate,
  AccountCreated,
  AccountPage,
  OperatorAccountPatch,
  PasswordResetPage,
} from '../../shared/api/accounts.ts';
import { OneTimeCode, PageQuery } from '../../shared/api/common.ts';
import {
  LicenseChanged,
  LicenseCreate,
  LicenseCreated,
  LicenseKey,
  LicensePage,
  LicensePatch,
  Product,
  ProductCreate,
  ProductPage,
  ProductPatch,
  Snippet,
} from '../../shared/api/licenses.ts';
import { LicenseImport, LicenseImported } from '../../shared/api/import.ts';
import { JournalPage } from '../../shared/api/server.ts';
import { idempotencyOf, allowed } from '../http/callers.ts';
import {
  body,
  IdempotencyHeader,
  IdParam,
  json,
  newApi,
  problems,
  type AccountEnv,
} from '../http/contract.ts';
import { orRefuse } from '../http/problem.ts';
import { beginBackup } from '../usecases/backup.ts';
import { publicUrl } from '../http/public-url.ts';
import type { Deps } from '../usecases/deps.ts';
import { checkImport, importLicenses } from '../usecases/import-licenses.ts';
import { listJournal } from '../usecases/journal.ts';
import { listLicenses } from '../usecases/licenses.ts';
import {
  createAccount,
  issuePasswordCode,
  listAccounts,
  listPasswordRequests,
  patchAccount,
} from '../usecases/operator-accounts.ts';
import { createLicense, patchLicense, rotateLicenseKey } from '../usecases/operator-licenses.ts';
import { createProduct, listProducts, patchProduct, snippetOf } from '../usecases/products.ts';
import { iso } from '../usecases/views.ts';

const BackupQuery = z.object({
  /** `false` leaves the files to download out. */
  releases: z.enum(['true', 'false']).optional(),
});

const accountRoutes = (deps: Deps) =>
  newApi<AccountEnv>()
    .openapi(
      createRoute({
        method: 'get',
        path: '/v1/operator/accounts',
        summary: 'All accounts',
        ...allowed(deps, 'account.list'),
        request: { query: PageQuery },
        responses: { 200: json(AccountPage, 'The accounts'), ...problems(400, 401, 403) },
      }),
      async (c) => c.json(await listAccounts(deps, c.req.valid('query')), 200),
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/v1/operator/accounts',
        summary: 'Create an account, with a password or with a one-time code to hand over',
        ...allowed(deps, 'account.create'),
        request: { headers: IdempotencyHeader, body: body(AccountCreate) },
        responses: { 201: json(AccountCreated, 'Created'), ...problems(400, 401, 403, 409) },
      }),
      async (c) => {
        const input = c.req.valid('json');
        const made = await createAccount(deps, c.var.caller, input, idempotencyOf(c, input));
        return c.json(orRefuse(made), 201);
      },
    )
    .openapi(
      createRoute({
        method: 'patch',
        path: '/v1/operator/accounts/{id}',
        summary: 'Edit, disable or enable an account',
        ...allowed(deps, 'account.change'),
        request: { params: IdParam, body: body(OperatorAccountPatch) },
        responses: { 200: json(Account, 'The account'), ...problems(400, 401, 403, 404, 409) },
      }),
      async (c) => {
        const { id } = c.req.valid('param');
        const patched = await patchAccount(deps, c.var.caller, id, c.req.valid('json'));
        return c.json(orRefuse(patched), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/v1/operator/accounts/{id}/password-code',
        summary: 'A one-time code with which the person sets a new password',
        ...allowed(deps, 'password.code'),
        request: { params: IdParam },
        responses: { 201: json(OneTimeCode, 'The code'), ...problems(401, 403, 404, 409) },
      }),
      async (c) => {
        const { id } = c.req.valid('param');
        const issued = orRefuse(await issuePasswordCode(deps, c.var.caller, id));
        return c.json({ code: issued.code, expiresAt: iso(issued.expiresAt) }, 201);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/v1/operator/password-resets',
        summary: 'Requests of people who forgot their password',
        ...allowed(deps, 'password.list-requests'),
        request: { query: PageQuery },
        responses: { 200: json(PasswordResetPage, 'The requests'), ...problems(400, 401, 403) },
      }),
      async (c) => c.json(await listPasswordRequests(deps, c.req.valid('query')), 200),
    );

const productRoutes = (deps: Deps) =>
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
        request: { params: IdParam, body: body(ProductPatch) },
        responses: { 200: json(Product, 'The product'), ...problems(400, 401, 403, 404) },
      }),
      async (c) => {
        const { id } = c.req.valid('param');
        return c.json(
          orRefuse(await patchProduct(deps, c.var.caller, id, c.req.valid('json'))),
          200,
        );
      },
    );

const snippetRoutes = (deps: Deps) =>
  newApi<AccountEnv>().openapi(
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

const licenseRoutes = (deps: Deps) =>
  newApi<AccountEnv>()
    .openapi(
      createRoute({
        method: 'get',
        path: '/v1/operator/licenses',
        summary: 'All licenses',
        ...allowed(deps, 'license.list-all'),
        request: { query: PageQuery },
        responses: { 200: json(LicensePage, 'The licenses'), ...problems(400, 401, 403) },
      }),
      async (c) => c.json(await listLicenses(deps, c.var.caller, c.req.valid('query')), 200),
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/v1/operator/licenses',
        summary: 'Create a license; its key is shown in this answer only',
        ...allowed(deps, 'license.create'),
        request: { headers: IdempotencyHeader, body: body(LicenseCreate) },
        responses: { 201: json(LicenseCreated, 'Created'), ...problems(400, 401, 403) },
      }),
      async (c) => {
        const input = c.req.valid('json');
        const made = await createLicense(deps, c.var.caller, input, idempotencyOf(c, input));
        return c.json(orRefuse(made), 201);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/v1/operator/licenses/import',
        summary:
          'Create many licenses, all or none; with dryRun only say what is wrong with which row',
        ...allowed(deps, 'license.import'),
        request: { headers: IdempotencyHeader, body: body(LicenseImport) },
        responses: {
          200: json(LicenseImported, 'What was created, or is wrong'),
          ...problems(400, 401, 403),
        },
      }),
      async (c) => {
        const input = c.req.valid('json');
        if (input.dryRun) return c.json(await checkImport(deps, input), 200);
        const done = await importLicenses(deps, c.var.caller, input, idempotencyOf(c, input));
        return c.json(orRefuse(done), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'patch',
        path: '/v1/operator/licenses/{id}',
        summary: 'Change, suspend, resume, revoke or move a license, or say what a change would do',
        ...allowed(deps, 'license.operate'),
        request: { params: IdParam, body: body(LicensePatch) },
        responses: {
          200: json(LicenseChanged, 'The license'),
          ...problems(400, 401, 403, 404, 409),
        },
      }),
      async (c) => {
        const { id } = c.req.valid('param');
        const changed = await patchLicense(deps, c.var.caller, id, c.req.valid('json'));
        return c.json(orRefuse(changed), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/v1/operator/licenses/{id}/license-key',
        summary: 'A new license key; the old one ends',
        ...allowed(deps, 'license.operate'),
        request: { params: IdParam },
        responses: { 201: json(LicenseKey, 'The key'), ...problems(401, 403, 404) },
      }),
      async (c) =>
        c.json(orRefuse(await rotateLicenseKey(deps, c.var.caller, c.req.valid('param').id)), 201),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/v1/operator/journal',
        summary: 'The journal, newest first',
        ...allowed(deps, 'journal.read'),
        request: { query: PageQuery },
        responses: { 200: json(JournalPage, 'The records'), ...problems(400, 401, 403) },
      }),
      async (c) => c.json(await listJournal(deps, c.req.valid('query')), 200),
    );

const gzip = { 'application/gzip': { schema: z.string().meta({ format: 'binary' }) } };

const backupRoutes = (deps: Deps) =>
  newApi<AccountEnv>().openapi(
    createRoute({
      method: 'post',
      path: '/v1/operator/backup',
      summary: 'A backup, as a file; it has everything but the unlock secret',
      ...allowed(deps, 'backup.make'),
      request: { query: BackupQuery },
      responses: {
        200: {
          description: 'The file. One that ends early is refused by a restore',
          content: gzip,
        },
        ...problems(400, 401, 403),
      },
    }),
    async (c) => {
      const withReleases = c.req.valid('query').releases !== 'false';
      const { fileName, bytes } = orRefuse(await beginBackup(deps, c.var.caller, withReleases));
      const headers = {
        'content-type': 'application/gzip',
        'content-disposition': `attachment; filename="${fileName}"`,
      };
      return new Response(bytes, { headers });
    },
  );

export const operatorRoutes = (deps: Deps) =>
  newApi()
    .route('/', backupRoutes(deps))
    .route('/', accountRoutes(deps))
    .route('/', productRoutes(deps))
    .route('/', snippetRoutes(deps))
    .route('/', licenseRoutes(deps));
