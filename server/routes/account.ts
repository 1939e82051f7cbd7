/** The account of whoever is signed in: My Info, password, second factor, invitations. */
import { createRoute } from '@hono/zod-openapi';
import {
  Account,
  AccountPatch,
  PasswordChange,
  TotpBegin,
  TotpCode,
  TotpSecret,
} from '../../shared/api/accounts.ts';
import { InvitationPage } from '../../shared/api/licenses.ts';
import { signedIn } from '../http/callers.ts';
import {
  body,
  IdParam,
  json,
  newApi,
  nothing,
  problems,
  type AccountEnv,
} from '../http/contract.ts';
import { IfMatchHeader, meantFor, versioned, withVersion } from '../http/if-match.ts';
import { orRefuse } from '../http/problem.ts';
import { beginTotp, confirmTotp, editAccount, endTotp } from '../usecases/accounts/account.ts';
import type { Deps } from '../usecases/deps.ts';
import {
  acceptInvitation,
  declineInvitation,
  listInvitations,
} from '../usecases/licenses/license-users.ts';
import { changePassword } from '../usecases/accounts/passwords.ts';
import { viewAccount } from '../usecases/views.ts';

const infoRoutes = (deps: Deps) =>
  newApi<AccountEnv>()
    .openapi(
      createRoute({
        method: 'get',
        path: '/v1/account',
        summary: 'My Info',
        ...signedIn(deps),
        responses: { 200: versioned(json(Account, 'The account')), ...problems(401) },
      }),
      (c) => c.json(withVersion(c, viewAccount(c.var.caller.account)), 200),
    )
    .openapi(
      createRoute({
        method: 'patch',
        path: '/v1/account',
        summary: 'Edit My Info',
        ...signedIn(deps),
        request: { headers: IfMatchHeader, body: body(AccountPatch) },
        responses: {
          200: versioned(json(Account, 'The account')),
          ...problems(400, 401, 404, 412),
        },
      }),
      async (c) => {
        const patch = c.req.valid('json');
        const versions = meantFor(c.req.valid('header'));
        const account = orRefuse(await editAccount(deps, c.var.caller, patch, versions));
        return c.json(withVersion(c, account), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'put',
        path: '/v1/account/password',
        summary: 'Change the password; other sessions end',
        ...signedIn(deps),
        request: { body: body(PasswordChange) },
        responses: { 204: nothing('Changed'), ...problems(400, 401, 409) },
      }),
      async (c) => {
        orRefuse(await changePassword(deps, c.var.caller, c.req.valid('json')));
        return c.body(null, 204);
      },
    );

const totpRoutes = (deps: Deps) =>
  newApi<AccountEnv>()
    .openapi(
      createRoute({
        method: 'post',
        path: '/v1/account/totp',
        summary: 'Begin a second factor',
        ...signedIn(deps),
        request: { body: body(TotpBegin) },
        responses: {
          201: json(TotpSecret, 'The secret for an authenticator'),
          ...problems(400, 401, 404, 409),
        },
      }),
      async (c) => c.json(orRefuse(await beginTotp(deps, c.var.caller, c.req.valid('json'))), 201),
    )
    .openapi(
      createRoute({
        method: 'put',
        path: '/v1/account/totp',
        summary: 'Turn the second factor on with a first code',
        ...signedIn(deps),
        request: { body: body(TotpCode) },
        responses: { 204: nothing('On'), ...problems(400, 401, 404) },
      }),
      async (c) => {
        orRefuse(await confirmTotp(deps, c.var.caller, c.req.valid('json').code));
        return c.body(null, 204);
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/v1/account/totp',
        summary: 'Turn the second factor off with a code',
        ...signedIn(deps),
        request: { body: body(TotpCode) },
        responses: { 204: nothing('Off'), ...problems(400, 401, 404) },
      }),
      async (c) => {
        orRefuse(await endTotp(deps, c.var.caller, c.req.valid('json').code));
        return c.body(null, 204);
      },
    );

const invitationRoutes = (deps: Deps) =>
  newApi<AccountEnv>()
    .openapi(
      createRoute({
        method: 'get',
        path: '/v1/invitations',
        summary: 'Licenses that others offer the account to use',
        ...signedIn(deps),
        responses: { 200: json(InvitationPage, 'The invitations'), ...problems(401) },
      }),
      async (c) =>
        c.json({ items: await listInvitations(deps, c.var.caller), nextCursor: null }, 200),
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/v1/invitations/{id}/accept',
        summary: 'Accept an invitation',
        ...signedIn(deps),
        request: { params: IdParam },
        responses: { 204: nothing('Accepted'), ...problems(401, 403, 404) },
      }),
      async (c) => {
        orRefuse(await acceptInvitation(deps, c.var.caller, c.req.valid('param').id));
        return c.body(null, 204);
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/v1/invitations/{id}',
        summary: 'Decline an invitation',
        ...signedIn(deps),
        request: { params: IdParam },
        responses: { 204: nothing('Declined'), ...problems(401, 404) },
      }),
      async (c) => {
        orRefuse(await declineInvitation(deps, c.var.caller, c.req.valid('param').id));
        return c.body(null, 204);
      },
    );

export const accountRoutes = (deps: Deps) =>
  newApi()
    .route('/', infoRoutes(deps))
    .route('/', totpRoutes(deps))
    .route('/', invitationRoutes(deps));
