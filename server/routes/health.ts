/** Whether it runs, whether it takes changes, and what it says of itself. */
import { createRoute } from '@hono/zod-openapi';
import { z } from 'zod';
import { Readiness, ServerInfo } from '../../shared/api/server.ts';
import { TrustFile } from '../../shared/statements/trust.ts';
import { json, newApi, problems } from '../http/contract.ts';
import type { Deps } from '../usecases/deps.ts';

const Jwks = z.object({ keys: z.array(z.looseObject({})) }).meta({ id: 'Jwks' });
const Revocations = z
  .object({ revocations: z.string().nullable() })
  .meta({ id: 'Revocations', description: 'The signed list of revoked keys, a compact JWS.' });

export const healthRoutes = (deps: Deps) =>
  newApi()
    .openapi(
      createRoute({
        method: 'get',
        path: '/healthz',
        summary: 'Whether the process answers',
        responses: { 200: json(z.object({ status: z.literal('ok') }), 'It answers') },
      }),
      (c) => c.json({ status: 'ok' as const }, 200),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/readyz',
        summary: 'Whether changes are taken',
        responses: {
          200: json(Readiness, 'Changes are taken'),
          503: json(
            Readiness,
            'Changes are refused: read-only, or the disk is full; with the reason',
          ),
        },
      }),
      (c) => {
        const status = deps.store.status();
        return status.state === 'ready'
          ? c.json({ status: status.state, reason: null }, 200)
          : c.json({ status: status.state, reason: status.reason }, 503);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/v1/server',
        summary: 'What the server says of itself',
        responses: { 200: json(ServerInfo, 'The server'), ...problems() },
      }),
      (c) => {
        const { name, support, demo } = deps.settings();
        const status = deps.store.status();
        return c.json(
          {
            name,
            version: deps.version,
            issuer: deps.signer.issuer,
            state: status.state,
            reason: status.state === 'ready' ? null : status.reason,
            support: { contact: support.contact, links: [...support.links] },
            demo,
            signingKeyEndsAt: new Date(deps.signer.certificateEndsAt).toISOString(),
            now: new Date(deps.now()).toISOString(),
          },
          200,
        );
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/.well-known/jwks.json',
        summary: 'The signing keys, old and new (RFC 7517)',
        responses: { 200: json(Jwks, 'The key set'), ...problems() },
      }),
      (c) => c.json(deps.signer.jwks(), 200),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/v1/revocations',
        summary: 'The signed list of revoked keys',
        responses: {
          200: json(Revocations, 'The list; null when no key was revoked'),
          ...problems(),
        },
      }),
      (c) => c.json({ revocations: deps.signer.revocations() }, 200),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/v1/trust',
        summary:
          'The trust file: root keys, certificates and revoked keys, for machines without a network',
        responses: { 200: json(TrustFile, 'The trust file'), ...problems() },
      }),
      (c) => c.json(deps.signer.trust(), 200),
    );
