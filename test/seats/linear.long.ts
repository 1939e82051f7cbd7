/**
 * Many people and machines at one license at once, over real connections: whatever order their answers are in,
 * there must be one in which each of them was right.
 */
import { expect, test } from 'vitest';
import { must, operatorEmail, password, startServer } from '../support/server/live-server.ts';
import { fingerprint } from '../support/server/server.ts';
import { judge, type Answer, type LicenseState, type Operation, type Request } from './linear.ts';

const histories = Number(process.env['LICET_HISTORIES'] ?? 60);
const clients = 6;
const requestsEach = 10;
const hosts = ['a', 'b', 'c', 'd'];

const pick = <T>(from: readonly T[]): T => {
  const one = from[Math.floor(Math.random() * from.length)];
  if (one === undefined) throw new Error('nothing to pick from');
  return one;
};

/** A small license, its operator, and the tokens that were seen. */
const openLicense = async (url: string, operator: string, name: string) => {
  const send = async (method: string, path: string, token?: string, json?: object) => {
    const response = await fetch(url + path, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
  };
  const made = await send('POST', '/v1/operator/licenses', operator, {
    ownerEmail: operatorEmail,
    name,
    product: 'suite',
    type: 'perpetual',
    maxActivations: 2,
    expiresAt: null,
  });
  expect(made.status).toBe(201);
  const { id, licenseKey } = made.body;
  const ids = new Map<string, string>();
  const tokens = new Map<string, string>();
  const path = `/v1/licenses/${id}`;
  const names = (machines: readonly { hostname: string }[] | undefined) =>
    machines?.map(({ hostname }) => hostname);

  const ask: {
    [K in Request['kind']]: (request: Extract<Request, { kind: K }>) => Promise<Answer>;
  } = {
    activate: async ({ host }) => {
      const machine = { fingerprint: fingerprint(host), hostname: host };
      const { status, body } = await send('POST', '/v1/activations', undefined, {
        licenseKey,
        machine,
      });
      if (status < 300) {
        ids.set(host, body.activation.id);
        tokens.set(host, body.activationToken);
      }
      return { status, code: body.code, token: body.activationToken };
    },
    'check-in': async ({ host, token }) => {
      const target = `/v1/activations/${ids.get(host)}/check-in`;
      const { status, body } = await send('POST', target, token, {});
      return { status, code: body.code };
    },
    deactivate: async ({ host, token }) => {
      const { status, body } = await send('DELETE', `/v1/activations/${ids.get(host)}`, token);
      return { status, code: body.code };
    },
    release: async ({ host }) => {
      const target = `${path}/activations/${ids.get(host)}`;
      const { status, body } = await send('DELETE', target, operator);
      return { status, code: body.code };
    },
    reset: async () => {
      const { status, body } = await send('POST', `${path}/activations/reset`, operator, {});
      return { status, code: body.code, lost: names(body.released) };
    },
    read: async () => {
      const { status, body } = await send('GET', path, operator);
      return { status, counter: body.counter, seats: body.maxActivations };
    },
    seats: async ({ seats }) => {
      const json = { maxActivations: seats };
      const { status, body } = await send('PATCH', `/v1/operator/licenses/${id}`, operator, json);
      return { status, lost: names(body.hit) };
    },
  };

  const kinds = [
    'activate',
    'activate',
    'check-in',
    'check-in',
    'check-in',
    'release',
    'reset',
    'deactivate',
    'read',
    'read',
    'seats',
  ] as const;
  const anyRequest = (): Request => {
    const kind = pick(kinds);
    const host = pick(hosts);
    const token = tokens.get(host);
    if (kind === 'reset' || kind === 'read') return { kind };
    if (kind === 'seats') return { kind, seats: pick([1, 2, 3]) };
    if (kind === 'activate' || token === undefined) return { kind: 'activate', host };
    return kind === 'release' ? { kind, host } : { kind, host, token };
  };
  const run = async (): Promise<Operation> => {
    const request = anyRequest();
    const sent = performance.now();
    const answer = await (ask[request.kind] as (asked: Request) => Promise<Answer>)(request);
    return { request, answer, sent, received: performance.now() };
  };
  return { run };
};

test(`${histories} histories of ${clients * requestsEach} requests at once have an order in which each answer is right`, async () => {
  const server = await startServer();
  try {
    const client = await server.client(operatorEmail);
    await must(client.createProduct({ id: 'suite', name: 'Suite' }));
    const session = await fetch(`${server.url}/v1/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: operatorEmail, password }),
    });
    const { token } = (await session.json()) as { token: string };
    const start: LicenseState = { seats: 2, seated: [], left: [], tokens: {} };
    for (let n = 0; n < histories; n += 1) {
      const { run } = await openLicense(server.url, token, `History ${n}`);
      const history: Operation[] = [];
      await Promise.all(
        Array.from({ length: clients }, async () => {
          for (let each = 0; each < requestsEach; each += 1) history.push(await run());
        }),
      );
      const { isLinearizable, order } = judge(history, start);
      const rest = history.filter((one) => !order.includes(one));
      const told = (some: readonly Operation[]) =>
        some.map((one) => JSON.stringify(one)).join('\n');
      expect(isLinearizable, `In order:\n${told(order)}\nLeft:\n${told(rest)}`).toBe(true);
    }
  } finally {
    await server.close();
  }
}, 600_000);
