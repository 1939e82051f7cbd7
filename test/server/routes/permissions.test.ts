/**
 * Who may call what: every route of /openapi.json, asked by everyone. A route that is not in the table
 * fails the test, so that none is added without a thought about who may call it.
 */
import { describe, expect, test } from 'vitest';
import { openCast, roles, type Cast, type CallerRole } from '../../support/examples/cast.ts';

/** What a caller gets: through, or which refusal. */
type Gets = 'in' | 401 | 403 | 404;
type Row = Partial<Record<CallerRole, Gets>>;

const everyone: Row = {};
/** Anybody with a session; `product` has a token of another kind. */
const signedIn: Row = { product: 401, nobody: 401 };
const operators: Row = { ...signedIn, owner: 403, manager: 403, user: 403, other: 403 };
/** Of the license: what is not yours does not exist. */
const readers: Row = { ...signedIn, other: 404 };
const managers: Row = { ...readers, user: 403 };
const owners: Row = { ...managers, manager: 403 };
const product: Row = {
  operator: 401,
  owner: 401,
  manager: 401,
  user: 401,
  other: 401,
  nobody: 401,
};
/** Of the account that asks: what belongs to another does not exist. */
const own: Row = { ...signedIn, operator: 404, manager: 404, user: 404, other: 404 };

const table: Readonly<Record<string, Row>> = {
  'GET /healthz': everyone,
  'GET /readyz': everyone,
  'GET /v1/server': everyone,
  'GET /.well-known/jwks.json': everyone,
  'GET /v1/revocations': everyone,
  'GET /v1/trust': everyone,
  'POST /v1/sessions': everyone,
  'GET /v1/sessions': signedIn,
  'GET /v1/sessions/current': signedIn,
  'DELETE /v1/sessions/current': signedIn,
  'DELETE /v1/sessions/{id}': own,
  'GET /v1/account': signedIn,
  'PATCH /v1/account': signedIn,
  'PUT /v1/account/password': signedIn,
  'POST /v1/account/totp': signedIn,
  'PUT /v1/account/totp': signedIn,
  'DELETE /v1/account/totp': signedIn,
  'GET /v1/invitations': signedIn,
  'POST /v1/invitations/{id}/accept': own,
  'DELETE /v1/invitations/{id}': own,
  'POST /v1/password-resets': everyone,
  'PUT /v1/password-resets': everyone,
  'GET /v1/licenses': signedIn,
  'GET /v1/machines': signedIn,
  'GET /v1/licenses/{id}': readers,
  'GET /v1/licenses/{id}/activations': readers,
  'DELETE /v1/licenses/{id}/activations/{activationId}': managers,
  'POST /v1/licenses/{id}/activations/reset': managers,
  'GET /v1/licenses/{id}/users': owners,
  'POST /v1/licenses/{id}/users': owners,
  'DELETE /v1/licenses/{id}/users/{accountId}': owners,
  'POST /v1/licenses/{id}/users/{accountId}/code': owners,
  'GET /v1/licenses/{id}/offline-keys': readers,
  'POST /v1/licenses/{id}/offline-keys': managers,
  'GET /v1/licenses/{id}/offline-keys/{keyId}': managers,
  'POST /v1/licenses/{id}/offline-keys/{keyId}/renew': managers,
  'POST /v1/licenses/{id}/offline-keys/{keyId}/deactivation': managers,
  'POST /v1/licenses/{id}/offline-keys/{keyId}/lost': managers,
  'POST /v1/operator/offline-keys/{id}/write-off': operators,
  'POST /v1/activations': everyone,
  'POST /v1/activations/{id}/check-in': product,
  'DELETE /v1/activations/{id}': product,
  'GET /v1/operator/accounts': operators,
  'POST /v1/operator/accounts': operators,
  'PATCH /v1/operator/accounts/{id}': operators,
  'POST /v1/operator/accounts/{id}/password-code': operators,
  'GET /v1/operator/password-resets': operators,
  'GET /v1/operator/products': operators,
  'POST /v1/operator/products': operators,
  'GET /v1/operator/licenses': operators,
  'POST /v1/operator/licenses': operators,
  'POST /v1/operator/licenses/import': operators,
  'PATCH /v1/operator/licenses/{id}': operators,
  'POST /v1/operator/licenses/{id}/license-key': operators,
  'GET /v1/operator/journal': operators,
  'POST /v1/operator/backup': operators,
  'GET /v1/releases': signedIn,
  'GET /v1/releases/{id}/file': signedIn,
  'POST /v1/releases/{id}/link': signedIn,
  'GET /v1/downloads/{token}': everyone,
  'GET /v1/operator/releases': operators,
  'POST /v1/operator/releases': operators,
  'PUT /v1/operator/releases/{id}/file': operators,
  'DELETE /v1/operator/releases/{id}': operators,
  'GET /v1/events': signedIn,
  'PATCH /v1/operator/products/{id}': operators,
  'GET /v1/operator/products/{id}/snippet': operators,
  'GET /v1/trials': signedIn,
  // There is no trial here, so whoever gets past the guard hears that: trials.test.ts has them.
  'POST /v1/trial': { ...own, owner: 404, manager: 403, user: 403 },
  'POST /v1/licenses/{id}/trial-login': { ...own, owner: 404 },
  'GET /v1/trial-logins/{token}': { ...own, owner: 404, product: 404, nobody: 404 },
  'GET /v1/licenses/{id}/usage': readers,
  'GET /v1/licenses/{id}/usage.csv': readers,
  'GET /v1/licenses/{id}/refusals': readers,
  'GET /v1/operator/search': operators,
  'GET /metrics': everyone,
};

/** Requests that would end what others need are asked so that they get past the guard and no further. */
const bodies = (cast: Cast): Readonly<Record<string, object>> => ({
  'POST /v1/sessions': { email: 'ana@example.com', password: cast.password },
  'PATCH /v1/account': { company: 'Harbor' },
  'PUT /v1/account/password': { currentPassword: cast.password, newPassword: 'too short' },
  'POST /v1/account/totp': {},
  'PUT /v1/account/totp': { code: 'no' },
  'DELETE /v1/account/totp': { code: 'no' },
  'POST /v1/password-resets': { email: 'ana@example.com' },
  'PUT /v1/password-resets': { code: 'x', newPassword: 'too short' },
  'POST /v1/licenses/{id}/activations/reset': { dryRun: true },
  'POST /v1/licenses/{id}/users': { email: 'uma@example.com', name: 'Uma' },
  'POST /v1/licenses/{id}/offline-keys': { request: cast.request },
  'POST /v1/licenses/{id}/offline-keys/{keyId}/renew': { days: 30 },
  'POST /v1/licenses/{id}/offline-keys/{keyId}/deactivation': { proof: 'no proof' },
  'POST /v1/licenses/{id}/offline-keys/{keyId}/lost': { reason: 'stolen' },
  'POST /v1/activations': { licenseKey: 'none' },
  'POST /v1/activations/{id}/check-in': {},
  'POST /v1/operator/accounts': { email: 'ana@example.com', name: 'Ana' },
  'PATCH /v1/operator/accounts/{id}': { company: 'Harbor' },
  'POST /v1/operator/products': { id: 'suite', name: 'Suite' },
  'POST /v1/operator/licenses': { ownerEmail: 'nobody@example.com', name: 'x', product: 'suite' },
  'PATCH /v1/operator/licenses/{id}': { graceDays: 3 },
  'PATCH /v1/operator/products/{id}': { name: 'Suite' },
  'POST /v1/trial': { product: 'nothing' },
  'POST /v1/operator/releases': { product: 'nothing', version: '1.0.0' },
});

const target = (cast: Cast, path: string): string => {
  const { ids } = cast;
  const byPlace: Readonly<Record<string, string>> = {
    '/v1/sessions/{id}': ids.session,
    '/v1/invitations/{id}': ids.invitation,
    '/v1/activations/{id}': ids.activation,
    '/v1/operator/offline-keys/{id}': ids.offlineKey,
    '/v1/operator/accounts/{id}': ids.user,
    '/v1/operator/products/{id}': ids.product,
    '/v1/releases/{id}': ids.release,
    '/v1/operator/releases/{id}': ids.release,
  };
  const place = Object.keys(byPlace).find((start) => path.startsWith(start));
  return path
    .replace('{id}', place === undefined ? ids.license : (byPlace[place] ?? ''))
    .replace('{activationId}', ids.activation)
    .replace('{accountId}', ids.user)
    .replace('{keyId}', ids.offlineKey)
    .replace('{token}', ids.download);
};

const ask = async (cast: Cast, route: string, role: CallerRole): Promise<number> => {
  const [method = '', path = ''] = route.split(' ');
  const token = cast.tokens[role];
  const body = bodies(cast)[route];
  const answer = await cast.app.request(target(cast, path), {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  await answer.body?.cancel();
  return answer.status;
};

/** What ends something that the next one would need comes last, in this order. */
const endings = [
  'DELETE /v1/sessions/{id}',
  'DELETE /v1/licenses/{id}/users/{accountId}',
  'DELETE /v1/sessions/current',
];
const ending = (route: string): number =>
  route.startsWith('DELETE') ? endings.indexOf(route) + 2 : 0;

describe('every route', () => {
  test('is in the table', async () => {
    const cast = await openCast();
    const { body } = await cast.ask<{ paths: Record<string, object> }>('GET', '/openapi.json');
    const routes = Object.entries(body.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(routes.filter((route) => table[route] === undefined)).toEqual([]);
    expect(Object.keys(table).filter((route) => !routes.includes(route))).toEqual([]);
  });

  test('is described with the token that it takes', async () => {
    const cast = await openCast();
    const { body } = await cast.ask<{
      paths: Record<string, Record<string, { security?: Record<string, string[]>[] }>>;
      components: { securitySchemes: Record<string, { type: string; scheme: string }> };
    }>('GET', '/openapi.json');
    const described = Object.entries(body.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { security = [] }]) => [
        `${method.toUpperCase()} ${path}`,
        security.flatMap((one) => Object.keys(one)),
      ]),
    );
    const tokenOf = ({ nobody, owner }: Row): readonly string[] =>
      nobody === 401 ? [owner === 401 ? 'activation' : 'session'] : [];
    expect(Object.fromEntries(described)).toEqual(
      Object.fromEntries(Object.entries(table).map(([route, row]) => [route, tokenOf(row)])),
    );
    expect(Object.values(body.components.securitySchemes)).toEqual([
      expect.objectContaining({ type: 'http', scheme: 'bearer' }),
      expect.objectContaining({ type: 'http', scheme: 'bearer' }),
    ]);
  });

  test('lets in who may, and refuses everybody else in the way that the table says', async () => {
    const cast = await openCast();
    const routes = Object.keys(table).toSorted((a, b) => ending(a) - ending(b));
    const wrong: string[] = [];
    for (const route of routes) {
      // Whoever is refused asks first: they must not be refused only because it is gone.
      const inLast = roles.toSorted(
        (a, b) => Number(table[route]?.[a] === undefined) - Number(table[route]?.[b] === undefined),
      );
      for (const role of inLast) {
        const expected = table[route]?.[role] ?? 'in';
        const status = await ask(cast, route, role);
        const refused = [401, 403, 404].includes(status);
        const ends = route.startsWith('DELETE') && expected === 'in';
        if (expected === 'in' ? refused && !ends : status !== expected) {
          wrong.push(`${role} at ${route}: ${status} instead of ${expected}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  test('that is another tenant’s license answers as one that does not exist, and is journaled', async () => {
    const cast = await openCast();
    const there = await cast.ask('GET', `/v1/licenses/${cast.ids.license}`, {
      token: cast.tokens.other,
    });
    const notThere = await cast.ask('GET', '/v1/licenses/lic_00000000000000000000000000', {
      token: cast.tokens.other,
    });
    expect(there.status).toBe(404);
    expect(there.body).toEqual(notThere.body);
    const journal = await cast.ask<{
      items: { action: string; outcome: string; target: string }[];
    }>('GET', '/v1/operator/journal', { token: cast.tokens.operator });
    expect(journal.body.items).toContainEqual(
      expect.objectContaining({
        action: 'license.read',
        target: cast.ids.license,
        outcome: 'not-found',
      }),
    );
  });
});
