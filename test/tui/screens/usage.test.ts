import { expect, test } from 'vitest';
import type { UsageDay } from '../../../shared/api/usage.ts';
import {
  chartHeight,
  chartRows,
  chartTop,
  datesRow,
  dayWidth,
  markRow,
  refusedRow,
  sparkline,
} from '../../../tui/state/usage-chart.ts';
import { operatorEmail } from '../../support/server/live-server.ts';
import { anaEmail, copied, openPortalServer, signInTui } from '../../support/terminal/tui.ts';

const day = (used: number, peak = used, refused = 0): UsageDay => ({
  day: '2026-11-24',
  used,
  peak,
  refused,
});
const textOf = (row: readonly { readonly text: string }[]): string =>
  row.map(({ text }) => text).join('');

test('the chart draws what was used to an eighth of a cell, the peak above it, and marks refusals', () => {
  const options = {
    days: [day(0), day(1, 4), day(4, 4, 2), day(3)],
    limit: 4,
    height: 2,
    width: 2,
  };
  expect(chartRows(options).map(textOf)).toEqual(['    4 │  ░ █ ▄ ', '    2 │  ▄ █ █ ']);
  expect(textOf(refusedRow(options))).toBe(' full │    ×   ');
  expect(textOf(markRow(options, 2))).toBe('    0 └────▲───');
  expect(textOf(markRow(options, 2))).toHaveLength(7 + 4 * 2);
});

test('each seat takes whole rows where they fit, and only whole seats are named on the scale', () => {
  expect([chartHeight(3, 8), chartHeight(1, 8), chartHeight(20, 8), chartHeight(3, 2)]).toEqual([
    6, 8, 8, 2,
  ]);
  const rows = chartRows({ days: [day(2)], limit: 3, height: 6, width: 1 }).map(textOf);
  expect(rows).toEqual(['    3 │ ', '      │ ', '    2 │█', '      │█', '    1 │█', '      │█']);
});

test('the first and the last day stand below where they fit; one row tells the days at a glance', () => {
  const dates = { days: [day(0), ...Array.from({ length: 9 }, () => day(1))], width: 2 };
  expect(textOf(datesRow(dates, () => '24 Nov'))).toBe(`${' '.repeat(7)}24 Nov        24 Nov`);
  expect(textOf(datesRow({ ...dates, width: 1 }, () => '24 Nov')).trim()).toBe('');
  const days = [day(0), day(1), day(4), day(4, 4, 2), day(0, 0, 1)];
  expect(sparkline({ days, limit: 4 })).toEqual([
    { text: '·', tone: 'dim' },
    { text: '▂▇', tone: 'accent' },
    { text: '▇×', tone: 'bad' },
  ]);
});

test('its top is the seats of the license, or more where more were used; a day takes one to three cells', () => {
  expect(chartTop({ days: [day(1)], limit: 3 })).toBe(3);
  expect(chartTop({ days: [day(1, 5)], limit: 3 })).toBe(5);
  expect(chartTop({ days: [day(2)], limit: null })).toBe(2);
  expect(chartTop({ days: [], limit: null })).toBe(1);
  expect([dayWidth(71, 30), dayWidth(31, 30), dayWidth(200, 30), dayWidth(10, 30)]).toEqual([
    2, 1, 3, 0,
  ]);
});

test('owner and operator see the usage of a license as a chart, its days one by one, and as CSV', async () => {
  const server = await openPortalServer();
  const ana = { email: anaEmail, licenseId: server.dev };
  expect(await server.activate('web-1', ana)).toBe(201);
  expect(await server.activate('web-2', ana)).toBe(409);
  const terminal = await signInTui(server);
  await terminal.waitFor('Packages');
  terminal.press('p');
  await terminal.waitFor('1 of 1 used');
  terminal.press('u');
  await terminal.waitFor('Usage of');
  await terminal.waitFor('1 of 1 used now, 1 at most in 30 days, 1 machine refused.');
  await terminal.waitFor(/1 │ +█/u);
  await terminal.waitFor(/full │ +×/u);
  await terminal.waitFor(': 1 used, 1 at most, 1 refused');
  terminal.press('left');
  await terminal.waitFor(': 0 used, 0 at most, 0 refused');
  terminal.press('s');
  await terminal.waitFor('day,used,peak,refused,maxActivations');
  terminal.press('c');
  await terminal.waitFor(/copied/iu);
  const today = new Date().toISOString().slice(0, 10);
  expect(copied(terminal)).toContain(`${today},1,1,1,1`);
  terminal.press('esc');
  await terminal.waitForGone('day,used,peak');
  terminal.resize(40, 10);
  await terminal.waitFor(/full │ +×/u);
  await terminal.waitFor(/0 at\s+most, 0\s+refused/u);

  const operator = await signInTui(server, operatorEmail);
  await operator.waitFor('Dev');
  operator.type('/dev\r');
  await operator.waitForGone('0/3');
  await operator.waitFor('Enter open');
  operator.press('u');
  await operator.waitFor('Usage of Dev');
});
