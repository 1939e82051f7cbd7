/**
 * Every change of a single bit in a statement is refused. `npm run test:bits` tries 100,000 changes;
 * `npm test` a few hundred, spread over all statements.
 */
import { describe, expect, it } from 'vitest';
import type { StatementType } from '../../shared/statements/claims.ts';
import { verifyProof } from '../../shared/statements/typed/deactivation.ts';
import { publicKeyFromText } from '../../shared/statements/keys.ts';
import { parseRequestCode } from '../../shared/statements/typed/offline-request.ts';
import type { Result } from '../../shared/result.ts';
import { signStatement, verifyStatement } from '../../shared/statements/statements.ts';
import { expandOfflineKey } from '../../shared/statements/typed/offline-key.ts';
import { parseTrust } from '../../shared/statements/trust.ts';
import { makeServerKeys, serverClaims } from '../support/statements.ts';
import golden from '../golden/statements.json' with { type: 'json' };

const tries = Number(process.env['LICET_BITS'] ?? 600);
const trust = parseTrust(JSON.stringify(golden.trust));
const server = makeServerKeys();
const options = {
  roots: [server.root, ...(trust.ok ? trust.value.roots : [])],
  machineKey: publicKeyFromText(golden.machineKey),
  now: golden.now,
};

interface Statement {
  readonly type: StatementType;
  readonly text: string;
}

/** The frozen statements, and new ones beside them. */
const statements: readonly Statement[] = [
  ...(Object.keys(golden.statements) as (keyof typeof golden.statements)[]).map((type) => ({
    type,
    text: golden.statements[type],
  })),
  ...(Object.keys(serverClaims) as (keyof typeof serverClaims)[]).map((type) => ({
    type,
    text: signStatement(type, serverClaims[type], server.signer),
  })),
];

/** The text with one bit changed, counted from 0. */
const withBit = (text: string, bit: number): string => {
  const bytes = Buffer.from(text, 'latin1');
  bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return bytes.toString('latin1');
};

interface Change extends Statement {
  readonly bit: number;
}

/** All changes of all statements, or so many of them, evenly spread. */
const changes = (count: number): Change[] => {
  const all = statements.flatMap(({ type, text }) =>
    Array.from({ length: text.length * 8 }, (_, bit) => ({ type, text, bit })),
  );
  const step = all.length / count;
  return Array.from({ length: count }, (_, index) => all[Math.floor(index * step)]).filter(
    (change) => change !== undefined,
  );
};

/** The bits whose change gives a code that is read, but as something else. */
const otherReadings = (typed: string, read: (typed: string) => Result<unknown, string>): number[] =>
  Array.from({ length: typed.length * 8 }, (_, bit) => bit).filter((bit) => {
    const changed = read(withBit(typed, bit));
    return changed.ok && JSON.stringify(changed) !== JSON.stringify(read(typed));
  });

describe('a changed bit', () => {
  it(
    'is refused in every statement',
    () => {
      const tried = changes(tries);
      const accepted = tried.filter(
        ({ type, text, bit }) => verifyStatement(type, withBit(text, bit), options).ok,
      );
      expect(tried).toHaveLength(tries);
      expect(accepted).toEqual([]);
      // The statements as they are do verify: it is the bit that is refused.
      for (const { type, text } of statements) {
        expect(verifyStatement(type, text, options)).toMatchObject({ ok: true });
      }
    },
    tries * 20 + 30_000,
  );

  it(
    'of a typed form is refused, or it is read as the same code',
    () => {
      const { machine } = golden.claims['offline-key'].licet;
      const knowledge = { machine, certificates: golden.trust.certificates };
      const readKey = (typed: string) => expandOfflineKey(typed, knowledge);
      // In lower case, or with another space, it is the same code.
      expect(otherReadings(golden.typed['offline-key'], readKey)).toEqual([]);
      expect(otherReadings(golden.typed['offline-key'], readKey)).toEqual([]);
      expect(otherReadings(golden.typed.request, parseRequestCode)).toEqual([]);
      const { jti, sub } = golden.claims['offline-key'];
      const { fingerprint } = machine;
      const given = { id: jti, licenseId: sub, fingerprint, machineKey: golden.machineKey };
      const readProof = (typed: string) => verifyProof(typed, given);
      expect(readProof(golden.typed.deactivation)).toMatchObject({ ok: true });
      expect(otherReadings(golden.typed.deactivation, readProof)).toEqual([]);
    },
    tries * 20 + 30_000,
  );
});
