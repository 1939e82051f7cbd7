/** The judge of histories itself: what it must accept, and what it must not. */
import { expect, test } from 'vitest';
import { judge, type LicenseState, type Operation, type Request, type Answer } from './linear.ts';

const empty: LicenseState = { seats: 1, seated: [], left: [], tokens: {} };

const at = (sent: number, received: number, request: Request, answer: Answer): Operation => ({
  request,
  answer,
  sent,
  received,
});

const took = (host: string): Answer => ({ status: 201, token: `token of ${host}` });
const full: Answer = { status: 409, code: 'activation-limit-exceeded' };

test('two at once for one seat: either may get it, not both', () => {
  const a = at(0, 10, { kind: 'activate', host: 'a' }, took('a'));
  const b = (answer: Answer) => at(0, 10, { kind: 'activate', host: 'b' }, answer);
  expect(judge([b(full), a], empty).isLinearizable).toBe(true);
  expect(judge([a, b(took('b'))], empty).isLinearizable).toBe(false);
});

test('an answer that was received comes before a request that is sent later', () => {
  const first = at(0, 1, { kind: 'activate', host: 'a' }, took('a'));
  const read = (sent: number, counter: number) =>
    at(sent, 5, { kind: 'read' }, { status: 200, counter, seats: 1 });
  expect(judge([first, read(2, 1)], empty).isLinearizable).toBe(true);
  expect(judge([first, read(2, 0)], empty).isLinearizable).toBe(false);
  expect(judge([first, read(0, 0)], empty).isLinearizable).toBe(true);
});

test('a machine that is refused by itself after a reset is found', () => {
  const start: LicenseState = { ...empty, left: ['a'], tokens: { a: 't' } };
  const checkIn = (answer: Answer) =>
    at(0, 10, { kind: 'check-in', host: 'a', token: 't' }, answer);
  expect(judge([checkIn({ status: 200 }), checkIn({ status: 200 })], start).isLinearizable).toBe(
    true,
  );
  const { isLinearizable, order } = judge([checkIn({ status: 200 }), checkIn(full)], start);
  expect([isLinearizable, order.length]).toEqual([false, 1]);
});
