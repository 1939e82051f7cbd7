/** The quick way to read a record takes and refuses what the thorough way does. */
import { describe, expect, test } from 'vitest';

import {
  decodeQuickly,
  decodeRecord,
  encodeErased,
  encodeRecord,
  noHash,
  sha256,
  type JournalRecord,
} from '../../../server/store/journal/record.ts';
import type { Act } from '../../../server/store/store.ts';

const record = (act: Partial<Act>, bodies: Readonly<Record<string, object | null>>): string => {
  const texts = new Map<string, string>();
  const hashes: Record<string, string | null> = {};
  for (const [key, body] of Object.entries(bodies)) {
    const text = JSON.stringify(body);
    hashes[key] = body === null ? null : sha256(text);
    if (body !== null) texts.set(key, text);
  }
  const header = {
    seq: 7,
    at: '2026-01-01T00:00:00.000Z',
    actor: { id: 'acc_1', from: '192.0.2.1' },
    action: 'seat.take',
    target: 'act_1',
    outcome: 'ok',
    details: undefined,
    bodies: hashes,
    durable: 6,
    prev: noHash,
    ...act,
  };
  return encodeRecord(header, texts).line;
};

const seat = { id: 'act_1', hostname: 'h "é" 🦊', nested: { hash: 'x', documents: {} } };
const two = record({}, { 'seats/act_1': seat, 'licenses/l': { id: 'l' } });

/** What somebody would write who wants the quick way to look at the wrong place. */
const lure = `,"hash":"${'0'.repeat(64)}","documents":{`;

const lines: readonly (readonly [what: string, line: string])[] = [
  ['no document', record({}, {})],
  ['one document', record({ details: { used: 1, why: null } }, { 'seats/act_1': seat })],
  ['a deletion', record({}, { 'seats/act_1': null })],
  ['a deletion and a document', record({}, { 'seats/act_2': null, 'seats/act_1': seat })],
  ['two documents', two],
  ['an erased document', encodeErased(decodeRecord(two) as JournalRecord, new Set(['licenses/l']))],
  [
    'texts that look like its own end',
    record(
      { details: { hash: noHash, documents: lure }, target: lure },
      { [`seats/${lure}`]: { id: lure, hash: noHash, documents: {} } },
    ),
  ],
];

describe.each(lines)('a record with %s', (_what, line) => {
  test('is read the same', () => {
    expect(typeof decodeRecord(line)).toBe('object');
    expect(decodeQuickly(line)).toEqual(decodeRecord(line));
  });

  test('is refused with any bit flipped, cut off anywhere, or with anything put in', () => {
    const bytes = Buffer.from(line);
    for (let at = 0; at < bytes.length; at += 1) {
      for (const bit of [1, 4, 32]) {
        bytes.writeUInt8(bytes.readUInt8(at) ^ bit, at);
        expect(typeof decodeQuickly(bytes.toString('utf8'))).toBe('string');
        bytes.writeUInt8(bytes.readUInt8(at) ^ bit, at);
      }
    }
    for (let at = 0; at < line.length; at += 1) {
      expect(typeof decodeQuickly(line.slice(0, at))).toBe('string');
      for (const more of [' ', '{}', ',"x":1', lure])
        expect(typeof decodeQuickly(`${line.slice(0, at)}${more}${line.slice(at)}`)).toBe('string');
    }
  });
});
