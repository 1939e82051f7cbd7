/**
 * A small product that runs for trials: it takes people in by licet's login token, which it verifies
 * as docs/trial.md says. `node trial-instance.ts LICET_URL ISSUER`; prints where it listens.
 */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRemoteJWKSet, jwtVerify } from 'jose';

const [, , licet = '', issuer = ''] = process.argv;
const keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', licet));
/** Tokens that were used, until they have ended anyway; and who is signed in, by cookie. */
const used = new Map<string, number>();
const sessions = new Map<string, string>();

const own = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

const takeIn = async (token: string): Promise<string> => {
  const { payload } = await jwtVerify(token, keys, {
    algorithms: ['EdDSA'],
    typ: 'licet-login+jwt',
    issuer,
    audience: own(),
    requiredClaims: ['jti', 'exp', 'sub'],
  });
  const id = String(payload.jti);
  for (const [old, end] of used) if (end * 1000 < Date.now()) used.delete(old);
  if (used.has(id)) throw new Error('used already');
  used.set(id, payload.exp ?? 0);
  const { email, entitlements } = payload['licet'] as {
    email: string;
    entitlements: Record<string, unknown>;
  };
  const session = randomUUID();
  const admin = entitlements['systemConfiguration'] === true ? 'with' : 'without';
  sessions.set(session, `${email}, ${admin} system configuration`);
  return session;
};

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', own());
  const token = url.searchParams.get('licet_token');
  if (token !== null) {
    takeIn(token).then(
      (session) =>
        // Away from the address with the token in it, so that it stays in no history.
        response
          .writeHead(303, { location: '/', 'set-cookie': `session=${session}; HttpOnly` })
          .end(),
      (error: unknown) => response.writeHead(401).end(`Not let in: ${String(error)}`),
    );
    return;
  }
  const cookie = /session=([\w-]+)/u.exec(request.headers.cookie ?? '')?.[1] ?? '';
  const who = sessions.get(cookie);
  response.writeHead(who === undefined ? 401 : 200).end(who ?? 'Sign in.');
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${own()}\n`));
