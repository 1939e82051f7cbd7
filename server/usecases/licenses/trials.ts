/** Trials: started by owners, opened at the product's trial instance by a login token. */
import { makeId } from '../../../shared/ids.ts';
import { makeOneTimeCode } from '../../../shared/one-time-codes.ts';
import type { Refusal } from '../../../shared/problems.ts';
import type { TrialEntry } from '../../../shared/api/trials.ts';
import type { License } from '../../../shared/api/licenses.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';
import type { AccountDoc, LicenseDoc, ProductDoc } from '../../domain/documents.ts';
import { trialKey } from '../../domain/index-keys.ts';
import { licenseStatus, refuseInvalid } from '../../domain/license-status.ts';
import {
  refuseTrial,
  restrictionTexts,
  trialEntitlements,
  trialTerms,
} from '../../domain/trials.ts';
import { roleMay } from '../../domain/permissions.ts';
import { changeLicense, notFound } from '../access.ts';
import { actorOf, type AccountCaller, type AnonymousCaller } from '../caller.ts';
import type { Deps, LicetReader, LicetTransaction } from '../deps.ts';
import { idempotent, type IdempotencyKey } from '../idempotency.ts';
import { makeToken } from '../accounts/tokens.ts';
import { isoOrNull, viewLicense } from '../views.ts';

/** Seconds that a login token works: long enough for a browser to open. */
const loginSeconds = 60;
/** Characters of a short address's token: 132 bits. */
const linkToken = 22;

/** The address of the trial instance with a token for this person. */
const loginUrl = (
  deps: Deps,
  account: AccountDoc,
  license: LicenseDoc,
  instance: string,
): string => {
  const iat = Math.floor(deps.now() / 1000);
  const token = deps.signer.sign('login', {
    sub: account.id,
    aud: instance,
    jti: makeId('login', deps.now(), deps.random),
    iat,
    exp: iat + loginSeconds,
    licet: {
      email: account.email,
      name: account.name,
      license: license.id,
      entitlements: license.entitlements,
    },
  });
  const url = new URL(instance);
  url.searchParams.set('licet_token', token);
  return url.href;
};

/** Two ways to the trial instance, each for once and within a minute. */
export interface Login {
  readonly url: string;
  /** What a short address ends in. */
  readonly token: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

const makeLogin = (
  deps: Deps,
  tx: LicetTransaction,
  account: AccountDoc,
  license: LicenseDoc,
  instance: string,
): Login => {
  const token = makeToken(deps, 'lt', linkToken);
  const expiresAt = deps.now() + loginSeconds * 1000;
  tx.trialLinks.put({
    id: makeId('login', deps.now(), deps.random),
    tokenHash: deps.digest(token),
    licenseId: license.id,
    accountId: account.id,
    expiresAt,
  });
  return { url: loginUrl(deps, account, license, instance), token, expiresAt };
};

const ownersOnly: Refusal = {
  code: 'forbidden',
  detail:
    'Trials are for owners, and you are a user of somebody’s license. Ask the operator of this server to make your account an owner.',
};

export interface StartedTrial {
  readonly license: License;
  readonly restrictions: readonly string[];
  readonly login: Login | null;
}

/**
 * Starts the caller's trial of a product, by its template and restricted. Errors: `not-found` when
 * the product offers none, `conflict` for a second one, `forbidden` for a mere user.
 */
export const startTrial = (
  deps: Deps,
  caller: AccountCaller,
  productId: string,
  key: IdempotencyKey,
): Promise<Result<StartedTrial, Refusal>> =>
  deps.store.transact(actorOf(caller), (tx) =>
    idempotent(deps, tx, { ...key, caller: caller.account.id }, async () => {
      if (!roleMay(caller.account.role, 'trial.start')) return fail(ownersOnly);
      const product = await tx.products.get(productId);
      const before = await tx.licenses.first('trial', trialKey(caller.account.id, productId));
      const now = deps.now();
      const refusal = refuseTrial(product, before, now, deps.settings().support);
      if (refusal || !product?.trial) return fail(refusal ?? notFound('product'));
      const terms = trialTerms(product, product.trial, now);
      if (!terms.ok) return terms;
      const license: LicenseDoc = {
        id: makeId('license', now, deps.random),
        ownerId: caller.account.id,
        productId,
        ...terms.value,
        status: 'active',
        reason: null,
        // A key that nobody is told: trials are activated with e-mail and password.
        keyHash: deps.digest(makeOneTimeCode(deps.random)),
        trial: { accountId: caller.account.id, startedAt: now },
        generation: 1,
        resets: [],
        createdAt: now,
      };
      tx.licenses.put(license);
      tx.record({
        action: 'trial.start',
        target: license.id,
        outcome: 'ok',
        details: { product: productId },
      });
      const { url } = product.trial;
      return ok({
        license: await viewLicense(deps, tx, license, 'owner'),
        restrictions: restrictionTexts,
        login: url === null ? null : makeLogin(deps, tx, caller.account, license, url),
      });
    }),
  );

/** The instance at which a license can be tried now. Errors: `not-found`, `license-expired|suspended|revoked`. */
const instanceOf = async (
  deps: Deps,
  reader: LicetReader,
  license: LicenseDoc,
): Promise<Result<string, Refusal>> => {
  const instance = (await reader.products.get(license.productId))?.trial?.url;
  if (license.type !== 'trial' || !instance) {
    return fail({
      code: 'not-found',
      detail: 'There is no instance to try this license at. Download the product instead.',
    });
  }
  const invalid = refuseInvalid(license, deps.now(), deps.settings().support);
  return invalid ? fail(invalid) : ok(instance);
};

/** A new login for the instance of a trial. Errors: `not-found`, `license-expired|suspended|revoked`. */
export const openTrial = (
  deps: Deps,
  caller: AccountCaller,
  licenseId: string,
): Promise<Result<Login, Refusal>> =>
  changeLicense(deps, caller, licenseId, 'license.read', async (tx, { license }) => {
    const instance = await instanceOf(deps, tx, license);
    if (!instance.ok) return instance;
    tx.record({ action: 'trial.open', target: license.id, outcome: 'ok' });
    return ok(makeLogin(deps, tx, caller.account, license, instance.value));
  });

const deadLink: Refusal = {
  code: 'not-found',
  detail:
    'This link was used, or is older than a minute. Open the trial once more where you are signed in.',
};

/** Where a short address leads; it works once. Errors as `openTrial`. */
export const followTrialLink = async (
  deps: Deps,
  caller: AnonymousCaller,
  token: string,
): Promise<Result<string, Refusal>> => {
  const hash = deps.digest(token);
  const known = await deps.store.read((reader) => reader.trialLinks.first('token', hash));
  if (!known) return fail(deadLink);
  return deps.store.transact({ id: known.accountId, from: caller.from }, async (tx) => {
    const link = await tx.trialLinks.first('token', hash);
    if (!link || link.expiresAt <= deps.now()) return fail(deadLink);
    const account = await tx.accounts.get(link.accountId);
    const license = await tx.licenses.get(link.licenseId);
    if (!account || account.disabled || !license) return fail(deadLink);
    const instance = await instanceOf(deps, tx, license);
    if (!instance.ok) return instance;
    tx.trialLinks.delete(link.id);
    tx.record({ action: 'trial.follow', target: license.id, outcome: 'ok' });
    return ok(loginUrl(deps, account, license, instance.value));
  });
};

const viewTrial = (
  deps: Deps,
  product: ProductDoc,
  license: LicenseDoc | undefined,
): TrialEntry[] => {
  const offer = product.trial;
  if (!offer) return [];
  return [
    {
      product: product.id,
      productName: product.name,
      days: offer.days,
      maxActivations: offer.maxActivations,
      entitlements: trialEntitlements(product, offer),
      restrictions: [...restrictionTexts],
      online: offer.url !== null,
      trial: license
        ? {
            licenseId: license.id,
            status: licenseStatus(license, deps.now()),
            expiresAt: isoOrNull(license.expiresAt),
            purchased: license.type !== 'trial',
          }
        : null,
    },
  ];
};

/** The products that can be tried, and the caller's trials of them. */
export const listTrials = (deps: Deps, caller: AccountCaller): Promise<TrialEntry[]> =>
  deps.store.read(async (reader) => {
    const entries: TrialEntry[] = [];
    for (const product of await reader.products.list()) {
      const key = trialKey(caller.account.id, product.id);
      entries.push(...viewTrial(deps, product, await reader.licenses.first('trial', key)));
    }
    return entries;
  });
