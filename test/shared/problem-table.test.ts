import { describe, expect, test } from 'vitest';
import { problemTable, type ProblemCode } from '../../shared/problem-table.ts';
import { exitOf, toCommandError, exitCodes } from '../../tui/cli/failure.ts';
import { failureText, mayPass, type Failure } from '../../tui/client/api/failure.ts';

const codes = Object.keys(problemTable) as ProblemCode[];

const failure = (code: ProblemCode): Failure => ({
  kind: 'problem',
  problem: {
    type: `urn:licet:problem:${code}`,
    title: problemTable[code].title,
    status: problemTable[code].status,
    detail: 'What happened.',
    code,
    resolve: { text: 'Ask Ana.' },
  },
  retryAfter: 7,
});

describe.each(codes)('%s', (code) => {
  test('has an exit code and a next step', () => {
    expect(Object.values(exitCodes)).toContain(exitOf(failure(code)));
    expect(exitOf(failure(code))).not.toBe(exitCodes.done);
    const { next } = toCommandError(failure(code));
    expect(next).toMatch(problemTable[code].next === 'detail' ? /^$/u : /^[A-Z].*\.$/u);
  });

  test('offers another try only where the server may say something else then', () => {
    expect(mayPass(failure(code))).toBe([429, 503, 507].includes(problemTable[code].status));
  });
});

test('a wait is said in seconds, and who frees a seat as the server says', () => {
  expect(failureText(failure('too-many-requests')).next).toBe('Wait 7 seconds, then try again.');
  expect(failureText(failure('activation-limit-exceeded')).next).toBe('Ask Ana.');
});
