import { expect, test } from 'vitest';
import type { License } from '../../../shared/api/licenses.ts';
import type { RefusalReport } from '../../../shared/api/refusals.ts';
import type { SearchResult } from '../../../shared/api/search.ts';
import type { Usage } from '../../../shared/api/usage.ts';
import { day, hour, openPortal, type TestServer } from '../../support/server/server.ts';

const usageOf = async (server: TestServer, token: string, license: string, query = '') =>
  (await server.ask<Usage>('GET', `/v1/licenses/${license}/usage${query}`, { token })).body;

const last = async (server: TestServer & { license: { id: string } }, token: string, count = 1) =>
  (await usageOf(server, token, server.license.id)).days.slice(-count);

const must = <T extends { status: number }>(asked: T, status = 201): T => {
  expect(asked.status).toBe(status);
  return asked;
};

test('usage says seats used, the peak and who found none, of each day', async () => {
  const server = await openPortal({ maxActivations: 2 });
  const before = await usageOf(server, server.ana, server.license.id);
  expect(before.days).toHaveLength(30);
  expect(before.days.at(-1)).toEqual({ day: '2026-03-01', used: 0, peak: 0, refused: 0 });

  const one = must(await server.activate('one')).body;
  must(await server.activate('two'));
  must(await server.activate('three'), 409);
  const release = `/v1/licenses/${server.license.id}/activations/${one.activation.id}`;
  must(await server.ask('DELETE', release, { token: server.ana }), 204);
  const [today] = await last(server, server.ana);
  expect(today).toEqual({ day: '2026-03-01', used: 1, peak: 2, refused: 1 });

  await server.deps.usage.flush();
  must(await server.activate('four'));
  must(await server.activate('five'), 409);
  await server.deps.usage.flush();
  expect(await last(server, server.ana)).toEqual([
    { day: '2026-03-01', used: 2, peak: 2, refused: 2 },
  ]);

  server.time.now += 3 * day;
  const later = await server.signIn('ana@example.com');
  const reset = `/v1/licenses/${server.license.id}/activations/reset`;
  must(await server.ask('POST', reset, { token: later, json: {} }), 200);
  expect(await last(server, later, 4)).toEqual([
    { day: '2026-03-01', used: 2, peak: 2, refused: 2 },
    { day: '2026-03-02', used: 2, peak: 2, refused: 0 },
    { day: '2026-03-03', used: 2, peak: 2, refused: 0 },
    { day: '2026-03-04', used: 0, peak: 2, refused: 0 },
  ]);
});

test('a span begins with what was held before it, kept already or not', async () => {
  const server = await openPortal({ maxActivations: 2 });
  must(await server.activate('one'));
  await server.deps.usage.settled();
  server.time.now += 40 * day;
  const ana = await server.signIn('ana@example.com');
  const held = async () => (await usageOf(server, ana, server.license.id)).days[0];
  expect(await held()).toEqual({ day: '2026-03-12', used: 1, peak: 1, refused: 0 });
  await server.deps.usage.flush();
  expect(await held()).toEqual({ day: '2026-03-12', used: 1, peak: 1, refused: 0 });
});

test('who was refused a seat in the last day is told, with the holders, the longest unseen first', async () => {
  const server = await openPortal({ maxActivations: 2 });
  const report = async (token: string) =>
    (
      await server.ask<RefusalReport>('GET', `/v1/licenses/${server.license.id}/refusals`, {
        token,
      })
    ).body;
  const refused = async (token: string) =>
    (await server.ask<License>('GET', `/v1/licenses/${server.license.id}`, { token })).body.refused;
  expect(await report(server.ana)).toMatchObject({ machines: [], used: 0, limit: 2, holders: [] });

  const one = must(await server.activate('one')).body;
  server.time.now += hour / 4;
  must(await server.activate('two'));
  must(await server.activate('three'), 409);
  server.time.now += hour / 60;
  must(await server.activate('four'), 409);
  must(await server.checkIn(one), 200);
  const code = 'activation-limit-exceeded';
  expect(await refused(server.ana)).toMatchObject({ hostname: 'four', code });
  expect(await report(server.ana)).toMatchObject({
    machines: [
      { hostname: 'four', code, by: 'ana@example.com' },
      { hostname: 'three', code, by: 'ana@example.com' },
    ],
    used: 2,
    holders: [{ hostname: 'one' }, { hostname: 'two' }],
    nextFreeAt: null,
  });

  const release = `/v1/licenses/${server.license.id}/activations/${one.activation.id}`;
  must(await server.ask('DELETE', release, { token: server.ana }), 204);
  must(await server.activate('four'));
  expect((await report(server.ana)).machines).toMatchObject([{ hostname: 'three' }]);
  must(await server.checkIn(one), 409);
  expect(await refused(server.ana)).toMatchObject({ hostname: 'one', code });

  server.time.now += day + hour;
  expect(await refused(await server.signIn('ana@example.com'))).toBeNull();
});

test('who asked is told in words: the e-mail of the machine that checked in, or the license key', async () => {
  const server = await openPortal({ maxActivations: 1 });
  const one = must(await server.activate('one')).body;
  const reset = `/v1/licenses/${server.license.id}/activations/reset`;
  must(await server.ask('POST', reset, { token: server.ana, json: {} }), 200);
  const { licenseKey } = server.license;
  must(await server.activate('two', { licenseKey }));
  must(await server.activate('three', { licenseKey }), 409);
  server.time.now += 1;
  must(await server.checkIn(one), 409);
  const target = `/v1/licenses/${server.license.id}/refusals`;
  const { body } = await server.ask<RefusalReport>('GET', target, { token: server.ana });
  expect(body.machines.map(({ hostname, by }) => [hostname, by])).toEqual([
    ['one', 'ana@example.com'],
    ['three', 'license key'],
  ]);
});

test('of the holders the longest unseen come first, and running machines keep their places', async () => {
  const server = await openPortal({ maxActivations: 3 });
  must(await server.activate('web'));
  server.time.now += 2 * day;
  must(await server.activate('db'));
  server.time.now += hour;
  must(await server.activate('app'));
  const { body } = must(await server.activate('late'), 409);
  const hostnames = [{ hostname: 'web' }, { hostname: 'app' }, { hostname: 'db' }];
  expect(body).toMatchObject({ holders: hostnames });
  const token = await server.signIn('ana@example.com');
  const target = `/v1/licenses/${server.license.id}/refusals`;
  const report = await server.ask<RefusalReport>('GET', target, { token });
  expect(report.body).toMatchObject({ holders: hostnames });
});

test('floating seats end by the clock, in usage too', async () => {
  const server = await openPortal({ policy: { floating: true, leaseHours: 2 } });
  must(await server.activate('one'));
  await server.deps.usage.flush();
  server.time.now += 3 * hour;
  await server.deps.usage.flush();
  server.time.now += day;
  const ana = await server.signIn('ana@example.com');
  expect(await last(server, ana, 2)).toEqual([
    { day: '2026-03-01', used: 0, peak: 1, refused: 0 },
    { day: '2026-03-02', used: 0, peak: 0, refused: 0 },
  ]);
});

test('usage is kept in the journal only when it says more than before', async () => {
  const server = await openPortal();
  must(await server.activate('one'));
  await server.deps.usage.flush();
  const seq = server.deps.store.seq();
  await server.deps.usage.flush();
  expect(server.deps.store.seq()).toBe(seq);
});

test('usage comes as CSV, for the span that is asked for, and not to strangers', async () => {
  const server = await openPortal();
  must(await server.activate('one'));
  const target = `/v1/licenses/${server.license.id}/usage.csv?from=2026-02-28&to=2026-03-01`;
  const response = await server.app.request(target, {
    headers: { authorization: `Bearer ${server.ana}` },
  });
  expect(response.headers.get('content-type')).toContain('text/csv');
  expect(await response.text()).toBe(
    'day,used,peak,refused,maxActivations\n2026-02-28,0,0,0,3\n2026-03-01,1,1,0,3\n',
  );
  await server.createAccount('eve@example.com');
  const eve = await server.signIn('eve@example.com');
  must(await server.ask('GET', target, { token: eve }), 404);
  must(await server.ask('GET', target.replace('2026-03-01', 'soon'), { token: server.ana }), 400);
});

test('a hostname finds its license and owner; so do parts of all other names', async () => {
  const server = await openPortal();
  must(await server.activate('db-7.example.net'));
  const find = async (q: string) =>
    (
      await server.ask<SearchResult>('GET', `/v1/operator/search?q=${encodeURIComponent(q)}`, {
        token: server.operator,
      })
    ).body;
  expect(await find('DB-7')).toEqual({
    more: false,
    items: [
      expect.objectContaining({
        kind: 'machine',
        title: 'db-7.example.net',
        license: { id: server.license.id, name: 'Prod' },
        owner: { id: server.owner.id, email: 'ana@example.com', name: 'ana' },
      }),
    ],
  });
  const kinds = async (q: string) => (await find(q)).items.map(({ kind }) => kind);
  expect(await kinds('ana@exa')).toEqual(['machine', 'license', 'account']);
  expect(await kinds('suit')).toEqual(['product']);
  expect(await kinds(server.license.id)).toEqual(['license']);
  expect(await kinds('nothing at all')).toEqual([]);
  const reset = `/v1/licenses/${server.license.id}/activations/reset`;
  expect((await find('db-7')).items).toMatchObject([{ seat: true }]);
  must(await server.ask('POST', reset, { token: server.ana, json: {} }), 200);
  expect((await find('db-7')).items).toMatchObject([
    { seat: false, detail: 'linux, 1.2.3, holds no seat', license: { name: 'Prod' } },
  ]);
  for (let i = 0; i < 21; i += 1) {
    must((await server.createLicense({ name: `Site ${i}` })) && { status: 201 });
  }
  const many = await find('site');
  expect([many.items.length, many.more]).toEqual([20, true]);
  must(await server.ask('GET', '/v1/operator/search?q=db', { token: server.ana }), 403);
  must(await server.ask('GET', '/v1/operator/search?q=d', { token: server.operator }), 400);
});

test('metrics name no person, measure routes by pattern, and are not for the internet', async () => {
  const server = await openPortal({ maxActivations: 1 });
  must(await server.activate('one'));
  must(await server.activate('two'), 409);
  must(await server.ask('GET', `/v1/licenses/${server.license.id}`, { token: server.ana }), 200);
  const response = await server.app.request('/metrics');
  expect(response.headers.get('content-type')).toContain('text/plain');
  const text = await response.text();
  for (const line of [
    'licet_licenses{product="suite",status="active"} 1',
    'licet_seats_used{product="suite",kind="online"} 1',
    'licet_seats_limit{product="suite"} 1',
    'licet_changes_total{action="activation.create",outcome="ok"} 1',
    'licet_changes_total{action="activation.create",outcome="activation-limit-exceeded"} 1',
    'licet_store_ready 1',
    'licet_http_request_duration_seconds_count{method="GET",route="/v1/licenses/:id",status="200"} 1',
    'licet_build_info{version="0.0.0"} 1',
  ]) {
    expect(text).toContain(`${line}\n`);
  }
  const names = [...text.matchAll(/^# TYPE (\S+)/gmu)].map(([, name]) => name);
  expect(names.filter((name) => !name?.startsWith('licet_'))).toEqual([]);
  expect(text).not.toMatch(/ana@|lic_|Prod/u);

  const from = (remoteAddress: string, headers: Record<string, string> = {}) =>
    server.app.request('/metrics', { headers }, { remoteAddress });
  expect((await from('203.0.113.9')).status).toBe(403);
  expect((await from('10.1.2.3')).status).toBe(200);
  // Behind a proxy on the same machine that is not trusted, everybody seems to be near.
  const forwarded = (address: string) => from('127.0.0.1', { 'x-forwarded-for': address });
  expect((await forwarded('203.0.113.9')).status).toBe(403);
  expect((await forwarded('10.1.2.3, 203.0.113.9')).status).toBe(403);
  expect((await forwarded('10.1.2.3')).status).toBe(200);
});

/** A family of metrics as the text shows it. */
const familiesOf = (text: string) =>
  [...text.matchAll(/^# HELP (\S+) (.+)\n# TYPE (\S+) (counter|gauge|histogram|summary)$/gmu)].map(
    ([, name = '', help = '', typed = '', type = '']) => ({ name, help, typed, type }),
  );

test('metrics are named as Prometheus wants them: units, totals, one help and type each', async () => {
  const server = await openPortal();
  must(await server.activate('one'));
  const text = await (await server.app.request('/metrics')).text();
  const families = familiesOf(text);
  expect(families.length).toBe([...text.matchAll(/^# TYPE /gmu)].length);
  expect(new Set(families.map(({ name }) => name)).size).toBe(families.length);
  for (const { name, help, typed, type } of families) {
    expect(typed).toBe(name);
    expect(help).toMatch(/\w/u);
    expect(name).toMatch(/^licet_[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/u);
    // Base units, written out; the type is no part of a name, and only counters are totals.
    expect(name).not.toMatch(/milliseconds|_ms\b|kilobytes|_kb\b|megabytes|minutes|hours|percent/u);
    expect(name).not.toMatch(/_(?:counter|gauge|histogram|summary|count|sum|bucket)$/u);
    expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter']);
  }
  const named = (what: RegExp) =>
    families.map(({ name }) => name).filter((name) => what.test(name));
  expect(
    named(/duration|lag|cpu|time/u).filter((name) => !/_seconds(?:_total)?$/u.test(name)),
  ).toEqual([]);
  expect(named(/memory|heap/u).filter((name) => !name.endsWith('_bytes'))).toEqual([]);
  expect(named(/./u)).toEqual(
    expect.arrayContaining(['licet_http_request_duration_seconds', 'licet_check_ins_total']),
  );
  // Every sample belongs to a family that was named before it.
  const names = new Set(families.map(({ name }) => name));
  for (const [, sample = ''] of text.matchAll(/^(\w+)(?:\{| )/gmu)) {
    const family = sample.replace(/_(?:bucket|sum|count)$/u, '');
    expect(names.has(sample) || names.has(family)).toBe(true);
  }
});
