/** Forgotten passwords: a request, and the code that an operator issues for it. */
import { createRoute } from '@hono/zod-openapi';
import {
  PasswordReset,
  PasswordSet,
  PasswordResetAccepted,
  PasswordResetRequest,
} from '../../shared/api/accounts.ts';
import { anonymous } from '../http/callers.ts';
import { body, json, newApi, problems } from '../http/contract.ts';
import { orRefuse } from '../http/problem.ts';
import type { Deps } from '../usecases/deps.ts';
import { redeemCode, requestPasswordReset } from '../usecases/accounts/passwords.ts';

export const passwordResetRoutes = (deps: Deps) =>
  newApi()
    .openapi(
      createRoute({
        method: 'post',
        path: '/v1/password-resets',
        summary: 'Ask an operator for a code; the answer is the number to tell them',
        request: { body: body(PasswordResetRequest) },
        responses: { 202: json(PasswordResetAccepted, 'Noted'), ...problems(400) },
      }),
      async (c) => {
        const { email } = c.req.valid('json');
        return c.json(orRefuse(await requestPasswordReset(deps, anonymous(c), email)), 202);
      },
    )
    .openapi(
      createRoute({
        method: 'put',
        path: '/v1/password-resets',
        summary: 'Set a password with a one-time code',
        request: { body: body(PasswordReset) },
        responses: { 200: json(PasswordSet, 'Set; sign in with it'), ...problems(400, 401) },
      }),
      async (c) => {
        const set = orRefuse(await redeemCode(deps, anonymous(c), c.req.valid('json')));
        return c.json(set, 200);
      },
    );
