/** Reads a code wherever it is: an offline key, a request, a proof. Only a root key says whether it is genuine. */
import { DeactivationClaims, typOf } from '../../../../shared/statements/claims.ts';
import { toQrText } from '../../../../shared/statements/codes.ts';
import { keyIdOfProof } from '../../../../shared/statements/typed/deactivation.ts';
import { parseJws } from '../../../../shared/statements/jws.ts';
import {
  inspectOfflineKey,
  inspectTypedKey,
  type OfflineKeySummary,
  type TypedKeySummary,
} from '../../../../shared/statements/typed/offline-key.ts';
import { parseRequestCode } from '../../../../shared/statements/typed/offline-request.ts';
import { fail, ok } from '../../../../shared/result.ts';
import type { SdkResult } from '../../../../shared/sdk/index.ts';
import { verifyStatement } from '../../../../shared/statements/statements.ts';
import { parseTrust } from '../../../../shared/statements/trust.ts';
import { time, type Block, type Done, type Shown } from '../done.ts';
import { licenseRows } from './this-machine.ts';

/** Whether the signature of a key holds by what is trusted, as a sentence; its times don't matter here. */
const signatureText = (text: string, trust: string | undefined): string => {
  if (trust === undefined) return 'not checked: no root key was given';
  const parsed = parseTrust(trust);
  if (!parsed.ok) return `not checked: ${parsed.error}`;
  const jws = toQrText(text);
  const { roots, revocations } = parsed.value;
  const verified = verifyStatement('offline-key', jws, {
    roots,
    revocations,
    now: 0,
    anyTime: true,
  });
  return verified.ok ? 'valid' : verified.error.message;
};

const keyDone = (summary: OfflineKeySummary, signature: string): Done => ({
  message: 'An offline key. What it says:',
  data: { kind: typOf('offline-key'), ...summary, signature },
  blocks: [
    {
      kind: 'facts',
      rows: [
        ...licenseRows({ ...summary, ...summary.machine }),
        ['Works from', time(summary.validFrom)],
        ['Works until', time(summary.validUntil)],
        ['Issued', time(summary.issuedAt)],
        ['Administrator', summary.administrator.email],
        ['Key', summary.id],
        ['License id', summary.licenseId],
        ['Server', summary.issuer],
        ['Signed by', summary.signedBy],
        ['Signature', signature],
      ],
    },
  ],
});

const facts = (rows: readonly (readonly [string, Shown])[]): readonly Block[] => [
  { kind: 'facts', rows },
];

/** A typed key: what it says of the machine is left out of it, and only there its signature can be checked. */
const typedKeyDone = (said: TypedKeySummary): Done => {
  const signature = 'not checked: a typed key is whole on its own machine only';
  return {
    message: 'An offline key to type. What it says:',
    data: { kind: typOf('offline-key'), ...said, signature },
    blocks: facts([
      ...licenseRows(said),
      ['Works from', time(said.validFrom)],
      ['Works until', time(said.validUntil)],
      ['Issued', time(said.issuedAt)],
      ['Administrator', said.administrator.email],
      ['Key', said.id],
      ['License id', said.licenseId],
      ['Signature', signature],
    ]),
  };
};

const requestDone = (text: string): Done | undefined => {
  const read = parseRequestCode(text);
  if (!read.ok) return undefined;
  const { fingerprint, hostname, product = null, clock, nonce, key } = read.value;
  const at = new Date(clock).toISOString();
  return {
    message: `A request code (${nonce}). What it says:`,
    data: { kind: typOf('request'), ...read.value, product, clock: at },
    blocks: facts([
      ['Machine', hostname],
      ['Fingerprint', fingerprint],
      ['Product', product],
      ['Clock of the machine', time(at)],
      ['Key', key],
    ]),
  };
};

/** A proof as a file says more than one to type. */
const proofDone = (text: string): Done | undefined => {
  const id = keyIdOfProof(text);
  if (!id.ok || id.value === '') return undefined;
  const parsed = parseJws(toQrText(text));
  const read = parsed.ok ? DeactivationClaims.safeParse(parsed.value.payload) : undefined;
  const said = read?.success
    ? {
        at: new Date(read.data.iat * 1000).toISOString(),
        licenseId: read.data.licet.license,
        fingerprint: read.data.licet.fingerprint,
      }
    : undefined;
  return {
    message:
      'A deactivation proof. Its server says whether it is genuine: licet offline-key return.',
    data: { kind: typOf('deactivation'), keyId: id.value, ...said },
    blocks: facts([
      ['Offline key', id.value],
      ...(said === undefined
        ? []
        : ([
            ['Given back', time(said.at)],
            ['License id', said.licenseId],
            ['Fingerprint', said.fingerprint],
          ] as const)),
    ]),
  };
};

/** Reads a code anywhere: an offline key, a request, or a proof. Only a root key says whether it is genuine. */
export const inspectCode = (text: string, trust: string | undefined): SdkResult<Done> => {
  const key = inspectOfflineKey(text);
  if (key.ok) return ok(keyDone(key.value, signatureText(text, trust)));
  const typed = inspectTypedKey(text);
  if (typed?.ok) return ok(typedKeyDone(typed.value));
  const other = requestDone(text) ?? proofDone(text);
  return other
    ? ok(other)
    : fail({ kind: 'rejected', reason: 'unreadable', message: typed?.error ?? key.error });
};
