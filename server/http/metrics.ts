/** Metrics for Prometheus: base units, names that begin with `licet_`, no names of people or licenses. */
import type { MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Deps } from '../usecases/deps.ts';
import { countIn } from '../usecases/events.ts';
import { addUp } from '../usecases/licenses/totals.ts';
import { clientAddress } from './remote-address.ts';

export interface Metrics {
  /** Measures every request. */
  readonly measure: MiddlewareHandler;
  /** The text that Prometheus reads. */
  readonly text: () => Promise<string>;
  readonly contentType: string;
}

/** Changes that are counted by what came of them. */
const counted: ReadonlySet<string> = new Set([
  'activation.create',
  'activation.check-in',
  'activation.release',
  'activation.reset',
  'activation.deactivate',
  'offline-key.issue',
  'offline-key.renew',
  'session.start',
  'password.request',
  'license.create',
  'trial.start',
  'release.publish',
  'release.download',
]);

const countChanges = (deps: Deps, registers: Registry[]): void => {
  const changes = new Counter({
    name: 'licet_changes_total',
    help: 'What was done or refused, by action and outcome (ok, or a problem code).',
    labelNames: ['action', 'outcome'],
    registers,
  });
  const checkIns = new Counter({
    name: 'licet_check_ins_total',
    help: 'Check-ins by machines that hold a seat.',
    registers,
  });
  deps.store.watch(({ header }) => {
    if (counted.has(header.action)) {
      changes.inc({ action: header.action, outcome: header.outcome }, countIn(header));
    }
  });
  deps.live.watch(() => checkIns.inc());
};

/** Gauges, and what fills them before they are read. */
const addGauges = (deps: Deps, registers: Registry[]): (() => Promise<void>) => {
  const gauge = (name: string, help: string, labelNames: string[] = []): Gauge =>
    new Gauge({ name, help, labelNames, registers });
  const licenses = gauge('licet_licenses', 'Licenses, by product and status.', [
    'product',
    'status',
  ]);
  const seats = gauge('licet_seats_used', 'Seats held, by product and kind.', ['product', 'kind']);
  const limit = gauge('licet_seats_limit', 'Seats that the licenses of a product permit.', [
    'product',
  ]);
  const sequence = gauge('licet_journal_sequence', 'The highest durable record of the journal.');
  const ready = gauge('licet_store_ready', '1 while changes are taken, 0 while read-only.');
  const certificate = gauge(
    'licet_signing_certificate_end_timestamp_seconds',
    'When the certificate of the signing key ends.',
  );
  new Gauge({
    name: 'licet_build_info',
    help: 'The version that runs.',
    labelNames: ['version'],
    registers,
  }).set({ version: deps.version }, 1);
  return async () => {
    const all = await addUp(deps);
    for (const one of [licenses, seats, limit]) one.reset();
    for (const totals of all) {
      const { product } = totals;
      for (const [status, count] of totals.licenses) licenses.set({ product, status }, count);
      seats.set({ product, kind: 'online' }, totals.online);
      seats.set({ product, kind: 'offline' }, totals.offline);
      limit.set({ product }, totals.limit);
    }
    sequence.set(deps.store.seq());
    ready.set(deps.store.status().state === 'ready' ? 1 : 0);
    certificate.set(deps.signer.certificateEndsAt / 1000);
  };
};

/** Gauges that are named like counters; what they count is in the gauges of the same name without it. */
const misnamed = ['resources', 'handles', 'requests'].map(
  (what) => `licet_nodejs_active_${what}_total`,
);

/** Makes the metrics of one server. */
export const createMetrics = (deps: Deps): Metrics => {
  const registry = new Registry();
  const registers = [registry];
  const fill = addGauges(deps, registers);
  countChanges(deps, registers);
  collectDefaultMetrics({ register: registry, prefix: 'licet_' });
  for (const name of misnamed) registry.removeSingleMetric(name);
  const duration = new Histogram({
    name: 'licet_http_request_duration_seconds',
    help: 'How long requests took until their answer began, by route and status.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  return {
    measure: async (c, next) => {
      const began = performance.now();
      await next();
      // The pattern, not the path: ids would make a series each.
      const route = c.res.status === 404 && routePath(c, -1) === '/*' ? 'none' : routePath(c, -1);
      duration.observe(
        { method: c.req.method, route, status: String(c.res.status) },
        (performance.now() - began) / 1000,
      );
    },
    text: async () => {
      await fill();
      return registry.metrics();
    },
    contentType: registry.contentType,
  };
};

/** The machine itself, and networks that are nobody's on the internet (RFC 1918, RFC 4193). */
const near =
  /^(?:local$|::1$|127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|f[cd][0-9a-f]{2}:)/iu;

/**
 * Whether the metrics are shown to an address: how much a vendor sells is not the internet's business.
 * A proxy on this machine that is not trusted makes everybody look near: then what it says of where the
 * request came from (X-Forwarded-For) must be near too.
 */
export const mayReadMetrics = (address: string, forwardedFor: string | undefined): boolean =>
  near.test(address) &&
  (forwardedFor === undefined || near.test(clientAddress(address, forwardedFor, true)));
