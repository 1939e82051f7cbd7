/** Statements that were made once, with keys that nobody has: whatever is changed later, they must verify. */
import { describe, expect, it } from 'vitest';
import { statementTypes, type StatementType } from '../../shared/statements/claims.ts';
import { verifyProof } from '../../shared/statements/typed/deactivation.ts';
import { publicKeyFromText } from '../../shared/statements/keys.ts';
import { expandOfflineKey, shortenOfflineKey } from '../../shared/statements/typed/offline-key.ts';
import { parseRequestCode } from '../../shared/statements/typed/offline-request.ts';
import { verifyStatement } from '../../shared/statements/statements.ts';
import { parseTrust, type Trust } from '../../shared/statements/trust.ts';
import golden from '../golden/statements.json' with { type: 'json' };

const trustOf = (): Trust => {
  const trust = parseTrust(JSON.stringify(golden.trust));
  if (!trust.ok) throw new Error(trust.error);
  return trust.value;
};

const trust = trustOf();
const types = Object.keys(statementTypes) as StatementType[];
const options = {
  roots: trust.roots,
  revocations: trust.revocations,
  issuer: undefined,
  machineKey: publicKeyFromText(golden.machineKey),
  now: golden.now,
};
const claims: Partial<Record<StatementType, unknown>> = golden.claims;
const machine = golden.claims['offline-key'].licet.machine;
const key = golden.statements['offline-key'];

describe('frozen statements', () => {
  it.each(types)('of type %s verify for ever', (type) => {
    const verified = verifyStatement(type, golden.statements[type], options);
    expect(verified).toMatchObject({ ok: true });
    expect(verified).toMatchObject(claims[type] ? { value: { claims: claims[type] } } : {});
  });

  it('read back from every form', () => {
    const { typed } = golden;
    for (const text of [golden.files['offline-key'], typed['offline-key']]) {
      expect(expandOfflineKey(text, { machine, certificates: trust.certificates })).toEqual({
        ok: true,
        value: key,
      });
    }
    expect(shortenOfflineKey(key)).toEqual({ ok: true, value: typed['offline-key'] });
    const { request } = golden.statements;
    const requests = [request, golden.files.request, golden.typed.request].map(parseRequestCode);
    expect(requests[0]).toMatchObject({
      ok: true,
      value: { key: golden.machineKey, clock: golden.now },
    });
    expect(requests[1]).toEqual(requests[0]);
    expect(requests[2]).toEqual(requests[0]);
    const { jti, sub } = golden.claims['offline-key'];
    const given = {
      id: jti,
      licenseId: sub,
      fingerprint: machine.fingerprint,
      machineKey: golden.machineKey,
    };
    for (const text of [golden.files.deactivation, golden.typed.deactivation]) {
      expect(verifyProof(text, given)).toMatchObject({ ok: true, value: { sub: jti } });
    }
  });
});
