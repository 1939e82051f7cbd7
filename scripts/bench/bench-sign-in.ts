/**
 * What signing in costs others, and what its time gives away. `node scripts/bench/bench-sign-in.ts [--json]
 * [--tries N] [--seconds N]`: a server in a process of its own on a fresh data folder; durable writes
 * while 20 people sign in at all times, each with an account of their own; then wrong passwords for known
 * and unknown e-mails in turn. Exits with 1 when what SECURITY.md promises is not met.
 */
import { parseArgs } from 'node:util';
import { email, password, percentile, round, startServer, type Answer } from './server-process.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    tries: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '10' },
  },
});
const tries = Number(values.tries);
const seconds = Number(values.seconds);
const { ask, stop } = await startServer(64);

const signIns = 20;
const personOf = (i: number): string => `person${i}@example.com`;

/** An answer with that status, or the end of the benchmark: anything else would measure something else. */
const expectStatus = (answer: Answer, status: number): Answer => {
  if (answer.status === status) return answer;
  throw new Error(`expected ${status}, got ${answer.error ?? answer.status}`);
};

/** Durable writes one after the other while `people` are signing in at all times. */
const measureWrites = async (token: string, people: number) => {
  const state = { over: false, signedIn: 0 };
  const others = Array.from({ length: people }, async (_, i) => {
    while (!state.over) {
      expectStatus(await ask('POST', '/v1/sessions', { email: personOf(i), password }), 201);
      state.signedIn += 1;
    }
  });
  const writes: number[] = [];
  const health: number[] = [];
  const end = performance.now() + seconds * 1000;
  for (let i = 0; performance.now() < end; i += 1) {
    const write = await ask('PATCH', '/v1/account', { company: `Harbor ${i}` }, token);
    writes.push(expectStatus(write, 200).milliseconds);
    health.push(expectStatus(await ask('GET', '/healthz'), 200).milliseconds);
  }
  state.over = true;
  await Promise.all(others);
  return {
    signInsUnderWay: people,
    signInsPerSecond: Math.round(state.signedIn / seconds),
    writes: writes.length,
    writeMedian: round(percentile(writes, 0.5)),
    writeP99: round(percentile(writes, 0.99)),
    healthP99: round(percentile(health, 0.99)),
  };
};

/** Wrong passwords for an e-mail that has an account and one that has none, in turn. */
const measureTiming = async () => {
  const known: number[] = [];
  const unknown: number[] = [];
  const guess = async (times: number[], guessed: string): Promise<void> => {
    const wrong = { email: guessed, password: 'not quite the green kites' };
    times.push(expectStatus(await ask('POST', '/v1/sessions', wrong), 401).milliseconds);
  };
  for (let i = 0; i < tries; i += 1) {
    // Each goes first as often as the other: what came before may make a difference.
    const first = i % 2 === 0;
    if (first) await guess(known, email);
    await guess(unknown, 'nobody@example.com');
    if (!first) await guess(known, email);
  }
  const [a, b] = [percentile(known, 0.5), percentile(unknown, 0.5)];
  return {
    tries,
    knownMedian: round(a),
    unknownMedian: round(b),
    difference: round(Math.abs(a - b)),
  };
};

try {
  const signedIn = await ask('POST', '/v1/sessions', { email, password });
  const token = String(signedIn.body['token']);
  for (let i = 0; i < signIns; i += 1) {
    const person = { email: personOf(i), name: `Person ${i}`, password };
    expectStatus(await ask('POST', '/v1/operator/accounts', person, token), 201);
  }
  const idle = await measureWrites(token, 0);
  const busy = await measureWrites(token, signIns);
  const timing = await measureTiming();
  const result = {
    unit: 'milliseconds',
    idle,
    busy,
    timing,
    required: { writeP99: 50, healthP99: 200, difference: 5 },
    met: busy.writeP99 < 50 && busy.healthP99 < 200 && timing.difference < 5,
  };
  if (values.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  else {
    const rows = [idle, busy].map(
      (row) =>
        `${String(row.signInsUnderWay).padStart(8)} ${String(row.signInsPerSecond).padStart(10)} ${String(row.writes).padStart(7)} ${String(row.writeMedian).padStart(10)} ${String(row.writeP99).padStart(10)} ${String(row.healthP99).padStart(11)}`,
    );
    process.stdout.write(
      [
        'sign-ins  per second  writes  median ms     p99 ms  health p99',
        ...rows,
        '',
        `wrong password, known e-mail:   ${timing.knownMedian} ms (median of ${tries})`,
        `wrong password, unknown e-mail: ${timing.unknownMedian} ms`,
        `difference: ${timing.difference} ms (required: below 5)`,
        `durable write at p99 while ${signIns} sign in: ${busy.writeP99} ms (required: below 50)`,
        `health at p99 meanwhile: ${busy.healthP99} ms (required: below 200)`,
        result.met ? 'All of it is met.' : 'NOT all of it is met.',
        '',
      ].join('\n'),
    );
  }
  if (!result.met) process.exitCode = 1;
} finally {
  await stop();
}
