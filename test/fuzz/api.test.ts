/**
 * Sends arbitrary requests, made from our own /openapi.json, to every route: 2,000 here, as many as
 * LICET_FUZZ says in `npm run test:fuzz`. Nothing may answer 5xx; every error is a problem with a known
 * code; every answer is as its schema says.
 */
import * as fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { Problem } from '../../shared/problems.ts';
import { createApp } from '../../server/app.ts';
import { openCast, roles, type Cast } from '../support/examples/cast.ts';
import { readApi, type Operation } from './api-description.ts';
import { anyRequest, routeOf, type FuzzRequest, type Known } from './requests.ts';

const runs = Number(process.env['LICET_FUZZ'] ?? 2000);
/** What is asked for gets deleted and disabled by the requests themselves: so often all is made anew. */
const runsPerServer = 400;

/** Most may do something, so that more than refusals is seen. */
const callers = [
  ...roles,
  'operator',
  'operator',
  'operator',
  'owner',
  'owner',
  'product',
] as const;

const logged: object[] = [];
let cast: Cast;
let app: ReturnType<typeof createApp>;
let close = async (): Promise<void> => undefined;
let asked = 0;

const renew = async (): Promise<void> => {
  await close();
  cast = await openCast((end) => {
    close = end;
  });
  const log = { ...cast.deps.log, error: (fields: object) => void logged.push(fields) };
  app = createApp({ ...cast.deps, log });
};
afterAll(() => close());

/** Ids differ from server to server, so requests name them by stand-ins. */
const standIn = (name: string): string => `id-of-${name}`;

const known: Known = {
  email: ['ana@example.com', 'uma@example.com', 'op@example.com', 'nobody@example.com'],
  ownerEmail: ['ana@example.com', 'otto@example.com', 'nobody@example.com'],
  password: ['quiet harbor lantern', 'wrong'],
  currentPassword: ['quiet harbor lantern', 'wrong'],
  newPassword: ['another harbor lantern'],
  product: ['suite', 'nothing'],
  fingerprint: ['ab'.repeat(32), 'CD'.repeat(32)],
  fileName: ['suite.tar', 'data.bin'],
  version: ['1.0.0', '2.0.0-rc.1'],
  sha256: ['ef'.repeat(32)],
  expiresAt: ['2027-01-01T00:00:00Z', '2020-01-01T00:00:00.000Z'],
  request: [standIn('request')],
  licenseId: [standIn('license'), standIn('otherLicense')],
  '/licenses': [standIn('license'), standIn('otherLicense')],
  '/users': [standIn('user'), standIn('manager'), standIn('owner')],
  '/accounts': [standIn('owner'), standIn('other'), standIn('user')],
  '/activations': [standIn('activation')],
  '/offline-keys': [standIn('offlineKey')],
  '/releases': [standIn('release')],
  '/downloads': [standIn('download')],
  '/sessions': [standIn('session')],
  '/invitations': [standIn('invitation')],
};

const withIds = (text: string): string =>
  Object.entries({ ...cast.ids, request: cast.request }).reduce(
    (result, [name, id]) => result.replaceAll(standIn(name), id),
    text,
  );

const send = async (request: FuzzRequest): Promise<Response> => {
  const { method, target, headers, body, caller } = request;
  const token = cast.tokens[callers[caller] ?? 'nobody'];
  return app.request(
    withIds(target),
    {
      method,
      headers: {
        ...headers,
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined || method === 'GET' ? {} : { body: withIds(body) }),
    },
    // An address each: what is tested is not the throttle.
    { remoteAddress: `10.${asked >> 16}.${(asked >> 8) & 255}.${asked & 255}` },
  );
};

const checkAnswer = async (
  answers: Operation['answers'] | undefined,
  answer: Response,
): Promise<void> => {
  const { status } = answer;
  const type = answer.headers.get('content-type') ?? '';
  if (type.startsWith('text/event-stream')) {
    expect(status).toBe(200);
    await answer.body?.cancel();
    return;
  }
  const text = await answer.text();
  // The text goes with it, so that a failure shows what was said.
  expect({ failed: status >= 500, text }).toEqual({ failed: false, text });
  expect(text).not.toMatch(/node_modules|\.ts:\d/u);
  const check = answers?.get(status);
  // A path that came out as another one may have no such method.
  if (check === undefined) expect([404, 400]).toContain(status);
  if (status >= 400) {
    if (status === 416) return;
    expect(type).toMatch(/^application\/problem\+json/u);
    expect(Problem.parse(JSON.parse(text)).status).toBe(status);
  } else if (check) {
    expect({ ...check.safeParse(JSON.parse(text)), text }).toMatchObject({ success: true });
  } else if (status === 204) expect(text).toBe('');
};

test(`${runs} arbitrary requests: no 5xx, every error a problem, every answer as its schema says`, async () => {
  await renew();
  const document: unknown = await (await app.request('/openapi.json')).json();
  const operations: readonly Operation[] = readApi(document);
  expect(operations.length).toBeGreaterThan(50);
  const answersOf = new Map(operations.map((operation) => [routeOf(operation), operation.answers]));
  const statuses = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(anyRequest(operations, known, callers.length), async (request) => {
      asked += 1;
      if (asked % runsPerServer === 0) await renew();
      const answer = await send(request);
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      await checkAnswer(answersOf.get(request.route), answer);
    }),
    { numRuns: runs, interruptAfterTimeLimit: 3_600_000 },
  );

  expect(logged).toEqual([]);
  // The generator is of use only if much gets past the checks of form.
  const share = [...statuses].filter(([status]) => status < 300).reduce((sum, [, n]) => sum + n, 0);
  expect(share / asked).toBeGreaterThan(0.15);
}, 3_600_000);
