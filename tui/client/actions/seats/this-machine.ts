/**
 * What a technician does on a machine behind an air gap, without a server and without signing in: make a
 * request, enter a key, verify it, give the key back.
 */
import { toQrText } from '../../../../shared/statements/codes.ts';
import { fail, ok } from '../../../../shared/result.ts';
import {
  createRequest,
  enterOfflineKey,
  giveBackOfflineKey,
  verifyOfflineKey,
  type MachineOptions,
  type Permit,
  type RequestOptions,
  type SdkFailure,
  type SdkResult,
} from '../../../../shared/sdk/index.ts';
import { findKeyToGiveBack, type KeyToGiveBack } from '../../../../shared/sdk/give-back.ts';
import { keepTrust, keptTrust } from '../../../../shared/sdk/trust-store.ts';
import { entitlementWords, time, type Done, type Shown } from '../done.ts';

/** A machine, the text of a key, and what is trusted: the text of a root key or trust file, or what was used before. */
export interface KeyHere extends MachineOptions {
  /** Any form; left out: the key that was entered before. */
  readonly key?: string | undefined;
  readonly product?: string | undefined;
  /** The id of the license that the key must be of. */
  readonly licenseId?: string | undefined;
  readonly trust?: string | undefined;
}

/** Nothing was ever trusted on this machine, and nothing was given. */
const noTrust: SdkFailure = {
  kind: 'missing',
  step: 'trust',
  message:
    'No root key is known on this machine yet. Give the trust file of the server (where the server is reached: licet offline-key trust --out trust.json), or its root key.',
};

const withTrust = async <T>(
  here: KeyHere,
  work: (roots: string) => Promise<SdkResult<T>>,
): Promise<SdkResult<T>> => {
  const roots = here.trust ?? (await keptTrust(here));
  return roots === undefined ? fail(noTrust) : work(roots);
};

/** Makes this machine's request code. */
export const requestCode = async (options: RequestOptions): Promise<SdkResult<Done>> => {
  const made = await createRequest(options);
  if (!made.ok) return made;
  const { request, file, typed } = made.value;
  const name = request.hostname.replaceAll(/[^\w.-]/gu, '_');
  return ok({
    message: `The request of ${request.hostname} (${request.nonce}): carry it out typed, scanned or as a file.`,
    data: {
      request: file,
      typed,
      qr: toQrText(typed),
      fingerprint: request.fingerprint,
      hostname: request.hostname,
      product: request.product ?? null,
      clock: new Date(request.clock).toISOString(),
    },
    blocks: [
      {
        kind: 'verbatim',
        title: 'Request as a file',
        text: file.trimEnd(),
        fileName: `${name}.request.txt`,
      },
      {
        kind: 'verbatim',
        title: 'Request to type',
        text: typed,
        typed: true,
        fileName: `${name}.request.typed.txt`,
      },
    ],
    next: 'The owner of the license makes the key from it (licet offline-key issue). Then here: licet offline-key enter FILE.',
  });
};

type Licensed = Pick<Permit, 'product' | 'license'> &
  Partial<Pick<Permit, 'hostname' | 'fingerprint'>>;

/** What a key permits, for people to read. */
export const licenseRows = (one: Licensed): (readonly [string, Shown])[] => [
  ['License', one.license.name],
  ['Product', one.product],
  ['Type', one.license.type],
  ['Activations', one.license.maxActivations ?? 'unlimited'],
  ['License expires', time(one.license.expiresAt)],
  ['Entitlements', entitlementWords(one.license.entitlements)],
  ...(one.fingerprint === undefined
    ? []
    : [['Machine', `${one.hostname ?? ''} (${one.fingerprint.slice(0, 12)})`] as const]),
];

const permitDone = (message: string, permit: Permit): Done => ({
  message,
  data: { valid: true, ...permit },
  blocks: [
    {
      kind: 'facts',
      rows: [
        ...licenseRows(permit),
        ['Works until', time(permit.until)],
        ['Administrator', permit.administrator?.email ?? null],
        ['Key', permit.id],
      ],
    },
  ],
  warnings: permit.warnings,
});

/** Enters a key: verifies it and keeps it, and what was trusted, where the product and later commands find them. */
export const enterKey = (here: KeyHere & { readonly key: string }): Promise<SdkResult<Done>> =>
  withTrust(here, async (roots) => {
    const entered = await enterOfflineKey({ ...here, roots });
    if (!entered.ok) return entered;
    await keepTrust(here, roots);
    return ok(
      permitDone(
        `This machine is licensed until ${entered.value.until.slice(0, 10)}.`,
        entered.value,
      ),
    );
  });

/** Says what a key permits on this machine, or why it doesn't. */
export const verifyKey = (here: KeyHere): Promise<SdkResult<Done>> =>
  withTrust(here, async (roots) => {
    const verified = await verifyOfflineKey({ ...here, roots });
    if (!verified.ok) return verified;
    const until = verified.value.until.slice(0, 10);
    return ok(permitDone(`This key is valid on this machine until ${until}.`, verified.value));
  });

/** The key that `giveBackKey` would end; null where it would only show the same proof again. */
export const keyToGiveBack = async (here: KeyHere): Promise<SdkResult<KeyToGiveBack | null>> =>
  findKeyToGiveBack({ ...here, roots: here.trust ?? (await keptTrust(here)) });

/** Gives the key back: it stops working here, and the proof frees its seat. Again, the same proof. */
export const giveBackKey = async (here: KeyHere): Promise<SdkResult<Done>> => {
  const roots = here.trust ?? (await keptTrust(here));
  const given = await giveBackOfflineKey({ ...here, roots });
  if (!given.ok) return given;
  const { keyId, licenseId, product, at, file, typed } = given.value;
  return ok({
    message: `The offline key ${keyId} was given back on ${at.slice(0, 10)} and does not work here any more. This is the proof.`,
    data: { proof: file, typed, qr: toQrText(typed), keyId, licenseId, product, at },
    blocks: [
      {
        kind: 'verbatim',
        title: 'Proof as a file',
        text: file.trimEnd(),
        fileName: `${keyId}.proof.txt`,
      },
      {
        kind: 'verbatim',
        title: 'Proof to type',
        text: typed,
        typed: true,
        fileName: `${keyId}.proof.typed.txt`,
      },
    ],
    next: 'Carry it out, and free the seat: licet offline-key return. Called again, this shows the same proof.',
  });
};
