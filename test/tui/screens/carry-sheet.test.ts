import { expect, test } from 'vitest';
import { carrySheet } from '../../../tui/client/actions/seats/carry-sheet.ts';
import { expandOfflineKey, offlineKeyFile } from '../../../shared/statements/typed/offline-key.ts';
import golden from '../../golden/statements.json' with { type: 'json' };

const claims = golden.claims['offline-key'];
const key = {
  id: claims.jti,
  licenseId: claims.sub,
  hostname: 'plc-7 Größe\u{1F600}\u001B[31m',
  fingerprint: claims.licet.machine.fingerprint,
  issuedAt: new Date(claims.iat * 1000).toISOString(),
  issuedBy: 'ana@example.com',
  expiresAt: new Date(claims.exp * 1000).toISOString(),
  status: 'active' as const,
  reason: null,
  giveBacks: 0,
  key: offlineKeyFile(golden.statements['offline-key']),
  shortKey: golden.typed['offline-key'],
  warnings: [],
};

test('a carry sheet is one page of ASCII, with the due date and lines that can be typed as they stand', () => {
  const sheet = carrySheet(key);
  const lines = sheet.split('\n');
  expect(sheet).toMatch(/^[ -~\n]+$/u);
  expect(lines.length).toBeLessThanOrEqual(60);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(72);
  expect(sheet).toContain('NEXT VISIT DUE  2026-10-17');
  expect(sheet).toMatch(/License +Prod\n/u);
  const typed = lines.filter((line) => /^ +\d+\. {2}/u.test(line)).join('\n');
  expect(
    expandOfflineKey(typed, {
      machine: claims.licet.machine,
      certificates: golden.trust.certificates,
    }),
  ).toEqual({ ok: true, value: golden.statements['offline-key'] });
});
