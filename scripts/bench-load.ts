/**
 * A server under everything at once: `node scripts/bench-load.ts [--json] [--seconds N]
 * [--connections N]`. Sign-ins, activations, check-ins and reads mixed over 1,000 connections. Nothing
 * may be refused but by 429 or 503 with Retry-After, and memory must not grow with time.
 */
import { parseArgs } from 'node:util';
import {
  email,
  password,
  percentile,
  round,
  startServer,
  type Answer,
} from './bench/server-process.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '60' },
    connections: { type: 'string', default: '1000' },
  },
});
const seconds = Number(values.seconds);
const connections = Number(values.connections);
/** So many machines take turns: what is stored does not grow, so memory shows what leaks. */
const machines = 2000;

const server = await startServer(connections);
const { ask } = server;

interface Seat {
  readonly id: string;
  readonly token: string;
}

interface Kind {
  readonly name: string;
  /** Of a hundred requests. */
  readonly share: number;
  readonly run: (turn: number) => Promise<Answer>;
}

const seats: (Seat | undefined)[] = [];

/** Sets the stage: a license without a limit, and the mix of requests about it. */
const prepare = async (): Promise<readonly Kind[]> => {
  const signedIn = await ask('POST', '/v1/sessions', { email, password });
  const operator = String(signedIn.body['token']);
  const owner = { email: 'ana@example.com', name: 'Ana', password };
  await ask('POST', '/v1/operator/accounts', owner, operator);
  await ask('POST', '/v1/operator/products', { id: 'suite', name: 'Suite' }, operator);
  const license = await ask(
    'POST',
    '/v1/operator/licenses',
    { ownerEmail: owner.email, name: 'Prod', product: 'suite', maxActivations: null },
    operator,
  );
  const { id, licenseKey } = license.body;
  const session = await ask('POST', '/v1/sessions', { email: owner.email, password });
  const token = String(session.body['token']);

  const activate = async (turn: number): Promise<Answer> => {
    const number = turn % machines;
    const fingerprint = number.toString(16).padStart(64, '0');
    const machine = {
      fingerprint,
      hostname: `host-${number}`,
      platform: 'linux',
      version: '1.0.0',
    };
    const answer = await ask('POST', '/v1/activations', { licenseKey, machine });
    if (answer.status < 300) {
      const { activation, activationToken } = answer.body as {
        activation: { id: string };
        activationToken: string;
      };
      seats[number] = { id: activation.id, token: activationToken };
    }
    return answer;
  };
  const checkIn = async (turn: number): Promise<Answer> => {
    const number = (turn * 7919) % machines;
    const seat = seats[number];
    // Taken out meanwhile: activating the machine again would end this token.
    seats[number] = undefined;
    if (!seat) return activate(number);
    const answer = await ask('POST', `/v1/activations/${seat.id}/check-in`, {}, seat.token);
    seats[number] ??= seat;
    return answer;
  };
  return [
    {
      name: 'sign-in',
      share: 3,
      // Not the owner: a flood of sessions would end the one that reads.
      run: () => ask('POST', '/v1/sessions', { email, password }),
    },
    { name: 'activation', share: 10, run: activate },
    { name: 'check-in', share: 60, run: checkIn },
    {
      name: 'license',
      share: 15,
      run: () => ask('GET', `/v1/licenses/${String(id)}`, undefined, token),
    },
    {
      name: 'list',
      share: 12,
      run: () => ask('GET', `/v1/licenses/${String(id)}/activations?limit=50`, undefined, token),
    },
  ];
};

const pick = (kinds: readonly Kind[], turn: number): Kind | undefined => {
  // A fixed order in which the shares are mixed: every run asks the same.
  let place = (turn * 61) % 100;
  return kinds.find(({ share }) => (place -= share) < 0) ?? kinds[0];
};

interface Tally {
  readonly times: number[];
  readonly statuses: Map<number, number>;
}

const isExpected = ({ status, retryAfter }: Answer): boolean =>
  status < 400 || ((status === 429 || status === 503) && Number(retryAfter) > 0);

const load = async (kinds: readonly Kind[]) => {
  const tallies = new Map<string, Tally>(
    kinds.map(({ name }) => [name, { times: [], statuses: new Map() }]),
  );
  const unexpected: string[] = [];
  const memory: number[] = [];
  const sampling = setInterval(() => memory.push(server.memory()), 1000);
  const end = performance.now() + seconds * 1000;
  let turn = 0;
  const client = async (): Promise<void> => {
    while (performance.now() < end) {
      turn += 1;
      const kind = pick(kinds, turn);
      const tally = kind && tallies.get(kind.name);
      if (!kind || !tally) return;
      const answer = await kind.run(turn);
      tally.times.push(answer.milliseconds);
      tally.statuses.set(answer.status, (tally.statuses.get(answer.status) ?? 0) + 1);
      // A machine that was activated anew has another token: its old one is no longer known.
      const replaced = kind.name === 'check-in' && answer.status === 401;
      if (!isExpected(answer) && !replaced) {
        unexpected.push(`${kind.name}: ${answer.error ?? answer.status}`);
      }
    }
  };
  await Promise.all(Array.from({ length: connections }, client));
  clearInterval(sampling);
  return { tallies, unexpected, memory, requests: turn };
};

try {
  const { tallies, unexpected, memory, requests } = await load(await prepare());
  const half = Math.floor(memory.length / 2);
  const rows = [...tallies].map(([name, { times, statuses }]) => ({
    name,
    requests: times.length,
    median: round(percentile(times, 0.5)),
    p99: round(percentile(times, 0.99)),
    statuses: Object.fromEntries(statuses),
  }));
  const result = {
    unit: 'milliseconds, MB',
    connections,
    seconds,
    requestsPerSecond: Math.round(requests / seconds),
    rows,
    memory: {
      atHalf: Math.max(...memory.slice(Math.floor(half / 2), half)),
      atEnd: Math.max(...memory.slice(half)),
    },
    unexpected: [...new Set(unexpected)],
  };
  if (values.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  else {
    const lines = rows.map(
      (row) =>
        `${row.name.padEnd(11)} ${String(row.requests).padStart(9)} ${String(row.median).padStart(10)} ${String(row.p99).padStart(10)}  ${JSON.stringify(row.statuses)}`,
    );
    process.stdout.write(
      [
        `${connections} connections, ${seconds} s, ${result.requestsPerSecond} requests a second`,
        '             requests  median ms     p99 ms  answers',
        ...lines,
        `memory of the server: ${result.memory.atHalf} MB in the first half, ${result.memory.atEnd} MB in the second`,
        `refused otherwise than by 429 or 503 with Retry-After: ${result.unexpected.join(', ') || 'nothing'}`,
        '',
      ].join('\n'),
    );
  }
  if (unexpected.length > 0) process.exitCode = 1;
} finally {
  await server.stop();
}
