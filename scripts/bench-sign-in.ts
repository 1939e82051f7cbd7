/**
 * What signing in costs others, and what its time gives away. `node scripts/bench-sign-in.ts [--json]
 * [--tries N]`: a server in a process of its own on a fresh data folder; durable writes while 20
 * sign-ins run at all times; then wrong passwords for known and unknown e-mails in turn.
 */
import { parseArgs } from 'node:util';
import { email, password, percentile, round, startServer } from './bench/server-process.ts';

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

/** Durable writes one after the other while `signIns` are under way at all times. */
const measureWrites = async (token: string, signIns: number) => {
  const state = { over: false, signedIn: 0 };
  const others = Array.from({ length: signIns }, async () => {
    while (!state.over) {
      // Wrong ones: they cost as much, and leave no sessions behind.
      await ask('POST', '/v1/sessions', { email: `nobody${state.signedIn}@example.com`, password });
      state.signedIn += 1;
    }
  });
  const writes: number[] = [];
  const health: number[] = [];
  const end = performance.now() + seconds * 1000;
  for (let i = 0; performance.now() < end; i += 1) {
    const write = await ask('PATCH', '/v1/account', { company: `Harbor ${i}` }, token);
    if (write.status !== 200) throw new Error(`a write was answered ${write.status}`);
    writes.push(write.milliseconds);
    health.push((await ask('GET', '/healthz')).milliseconds);
  }
  state.over = true;
  await Promise.all(others);
  return {
    signInsUnderWay: signIns,
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
  for (let i = 0; i < tries; i += 1) {
    const wrong = 'not quite the green kites';
    known.push((await ask('POST', '/v1/sessions', { email, password: wrong })).milliseconds);
    const nobody = { email: 'nobody@example.com', password: wrong };
    unknown.push((await ask('POST', '/v1/sessions', nobody)).milliseconds);
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
  const idle = await measureWrites(token, 0);
  const busy = await measureWrites(token, 20);
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
        `durable write at p99 while 20 sign in: ${busy.writeP99} ms (required: below 50)`,
        '',
      ].join('\n'),
    );
  }
  if (!result.met) process.exitCode = 1;
} finally {
  await stop();
}
