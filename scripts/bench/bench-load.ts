/**
 * A server under everything at once: `node scripts/bench/bench-load.ts [--json] [--seconds N]
 * [--connections N]`. Sign-ins, activations, check-ins and reads mixed over 1,000 connections. Nothing
 * may be refused but by 429 or 503 with Retry-After, and memory must not grow with time. Exits with 1 when
 * that is not met, or when the connections were never all there.
 */
import { parseArgs } from 'node:util';
import { email, password, percentile, round, startServer, type Answer } from './server-process.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '180' },
    connections: { type: 'string', default: '1000' },
  },
});
const seconds = Number(values.seconds);
const connections = Number(values.connections);
/** So many machines take turns: what is stored does not grow, so memory shows what leaks. */
const machines = 3000;
/**
 * Memory may grow by so much between the second and the last quarter of the run, as a share and in MB
 * besides: a garbage collector leaves more or less lying about.
 */
const mayGrow = { share: 1.15, besides: 20 };

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
/** Machines that a request is about: activating one anew would end the token of another request. */
const busy = new Set<number>();

/** Does something with the next machine that nothing else is done with. */
const withMachine = async (
  wanted: number,
  work: (number: number) => Promise<Answer>,
): Promise<Answer> => {
  let number = wanted % machines;
  while (busy.has(number)) number = (number + 1) % machines;
  busy.add(number);
  try {
    return await work(number);
  } finally {
    busy.delete(number);
  }
};

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

  const activate = async (number: number): Promise<Answer> => {
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
  const checkIn = (number: number): Promise<Answer> => {
    const seat = seats[number];
    if (!seat) return activate(number);
    return ask('POST', `/v1/activations/${seat.id}/check-in`, {}, seat.token);
  };
  return [
    {
      name: 'sign-in',
      share: 3,
      // Not the owner: a flood of sessions would end the one that reads.
      run: () => ask('POST', '/v1/sessions', { email, password }),
    },
    { name: 'activation', share: 10, run: (turn) => withMachine(turn, activate) },
    { name: 'check-in', share: 60, run: (turn) => withMachine(turn * 7919, checkIn) },
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
  let open = 0;
  const sampling = setInterval(() => {
    memory.push(server.memory());
    open = Math.max(open, server.connections());
  }, 500);
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
      if (!isExpected(answer)) unexpected.push(`${kind.name}: ${answer.error ?? answer.status}`);
    }
  };
  await Promise.all(Array.from({ length: connections }, client));
  clearInterval(sampling);
  return { tallies, unexpected, memory, open, requests: turn };
};

/** The most memory in each quarter of the run, MB. */
const byQuarter = (memory: readonly number[]): readonly number[] =>
  [0, 1, 2, 3].map((quarter) => {
    const of = (part: number): number => Math.floor((memory.length * part) / 4);
    return Math.max(0, ...memory.slice(of(quarter), of(quarter + 1)));
  });

try {
  const { tallies, unexpected, memory, open, requests } = await load(await prepare());
  const quarters = byQuarter(memory);
  const [, second = 0, , last = 0] = quarters;
  const isFlat = last <= second * mayGrow.share + mayGrow.besides;
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
    connectionsOpen: open,
    memory: { byQuarter: quarters, isFlat },
    unexpected: [...new Set(unexpected)],
    met: unexpected.length === 0 && isFlat && open >= connections,
  };
  if (values.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  else {
    const lines = rows.map(
      (row) =>
        `${row.name.padEnd(11)} ${String(row.requests).padStart(9)} ${String(row.median).padStart(10)} ${String(row.p99).padStart(10)}  ${JSON.stringify(row.statuses)}`,
    );
    process.stdout.write(
      [
        `${open} of ${connections} connections open at once, ${seconds} s, ${result.requestsPerSecond} requests a second`,
        '             requests  median ms     p99 ms  answers',
        ...lines,
        `memory of the server by quarter of the run: ${quarters.join(', ')} MB (required: the last at most 15% and 20 MB above the second)`,
        `refused otherwise than by 429 or 503 with Retry-After: ${result.unexpected.join(', ') || 'nothing'}`,
        result.met ? 'All of it is met.' : 'NOT all of it is met.',
        '',
      ].join('\n'),
    );
  }
  if (!result.met) process.exitCode = 1;
} finally {
  await server.stop();
}
