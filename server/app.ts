/** The HTTP application: all routes, and the one place where errors become answers. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import { HTTPException } from 'hono/http-exception';
import { routePath } from 'hono/route';
import { StoreError } from './store/store.ts';
import { answerHeaders } from './http/answer-headers.ts';
import { listRoute, readBodies } from './http/bodies.ts';
import { allowed, tokenSchemes } from './http/callers.ts';
import { newApi } from './http/contract.ts';
import { correctDocument } from './http/openapi.ts';
import { createMetrics } from './http/metrics.ts';
import { answerRefusal, RefusalError } from './http/problem.ts';
import { accountRoutes } from './routes/account.ts';
import { activationRoutes } from './routes/activations.ts';
import { backupRoutes } from './routes/backup.ts';
import { eventRoutes } from './routes/events.ts';
import { healthRoutes } from './routes/health.ts';
import { journalRoutes } from './routes/journal.ts';
import { licenseUserRoutes } from './routes/license-users.ts';
import { licenseRoutes } from './routes/licenses.ts';
import { offlineKeyRoutes } from './routes/offline-keys.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { operatorAccountRoutes } from './routes/operator-accounts.ts';
import { operatorLicenseRoutes } from './routes/operator-licenses.ts';
import { passwordResetRoutes } from './routes/password-resets.ts';
import { productRoutes } from './routes/products.ts';
import { refusalRoutes } from './routes/refusals.ts';
import { releaseRoutes } from './routes/releases.ts';
import { searchRoutes } from './routes/search.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { trialRoutes } from './routes/trials.ts';
import { usageRoutes } from './routes/usage.ts';
import { CertificateEnded, type Deps } from './usecases/deps.ts';
import type { Refusal } from '../shared/problems.ts';

const refusalOf = (error: Error): Refusal | null => {
  if (error instanceof RefusalError) return error.refusal;
  if (error instanceof StoreError) {
    if (error.code === 'insufficient-storage') {
      return {
        code: 'insufficient-storage',
        detail: 'The disk of the server is full: nothing was changed. Make room, then try again.',
      };
    }
    return {
      code: 'read-only',
      detail: 'The server is read-only: its disk failed. Nothing was changed. Tell its operator.',
    };
  }
  if (error instanceof CertificateEnded) {
    return {
      code: 'unavailable',
      detail: `Nothing can be signed: ${error.message} Its operator certifies a new one with “licet keys rotate” and the passphrase of the root.`,
      retryAfter: 3600,
    };
  }
  // The libraries' own: JSON that is none, another content type (415).
  if (error instanceof HTTPException && error.status < 500) {
    return {
      code: 'invalid-request',
      detail:
        'The body is not JSON that can be read. Send valid JSON with content-type application/json.',
    };
  }
  return null;
};

/** The API as an OpenAPI 3.1 document, made from the routes. */
const describeApi = (app: OpenAPIHono, version: string) => {
  for (const [name, scheme] of Object.entries(tokenSchemes)) {
    app.openAPIRegistry.registerComponent('securitySchemes', name, scheme);
  }
  return correctDocument(
    JSON.parse(
      JSON.stringify(
        app.getOpenAPI31Document({
          openapi: '3.1.0',
          info: { title: 'licet', version, description: 'A self-hosted license portal.' },
        }),
      ),
    ),
  );
};

/** The application over its dependencies; ask it with `app.request()` or serve it. */
export const createApp = (deps: Deps) => {
  const api = newApi();
  const metrics = createMetrics(deps);
  api.use(metrics.measure, answerHeaders);
  // Reading a long list takes time from everybody, so it is read for those who may send one.
  api.use(listRoute, allowed(deps, 'license.import').middleware);
  api.use(readBodies);
  const app = api
    .route('/', healthRoutes(deps))
    .route('/', sessionRoutes(deps))
    .route('/', accountRoutes(deps))
    .route('/', passwordResetRoutes(deps))
    .route('/', licenseRoutes(deps))
    .route('/', licenseUserRoutes(deps))
    .route('/', offlineKeyRoutes(deps))
    .route('/', activationRoutes(deps))
    .route('/', operatorAccountRoutes(deps))
    .route('/', productRoutes(deps))
    .route('/', operatorLicenseRoutes(deps))
    .route('/', releaseRoutes(deps))
    .route('/', trialRoutes(deps))
    .route('/', usageRoutes(deps))
    .route('/', refusalRoutes(deps))
    .route('/', searchRoutes(deps))
    .route('/', journalRoutes(deps))
    .route('/', backupRoutes(deps))
    .route('/', metricsRoutes(metrics))
    .route('/', eventRoutes(deps));
  let description: ReturnType<typeof describeApi> | undefined;
  app.get('/openapi.json', (c) => c.json((description ??= describeApi(app, deps.version))));
  app.notFound((c) =>
    answerRefusal(c, {
      code: 'not-found',
      detail: 'There is nothing at this address. /openapi.json lists what there is.',
    }),
  );
  app.onError((error, c) => {
    const refusal = refusalOf(error);
    if (refusal) return answerRefusal(c, refusal);
    // The pattern, not the path: links carry their token in it.
    const route = `${c.req.method} ${routePath(c, -1)}`;
    deps.log.error({ err: error, route }, 'a request failed unexpectedly');
    return answerRefusal(c, {
      code: 'unavailable',
      detail: 'The server could not do this now. Try again; if it stays so, tell its operator.',
    });
  });
  return app;
};

export type AppType = ReturnType<typeof createApp>;
