/** A license's life in the hands of an operator: created, changed, suspended, revoked, moved. */
import type {
  License,
  LicenseChanged,
  LicenseCreate,
  LicenseCreated,
  LicensePatch,
} from '../../../shared/api/licenses.ts';
import { makeId } from '../../../shared/ids.ts';
import { makeOneTimeCode } from '../../../shared/one-time-codes.ts';
import type { Refusal } from '../../../shared/problems.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';
import type { AccountDoc, LicenseDoc } from '../../domain/documents.ts';
import { edited, type MeantFor } from '../../domain/edits.ts';
import { refuseEntitlements } from '../../domain/entitlements.ts';
import { hitByLowering, seatsLeft } from '../../domain/lower-seats.ts';
import { endOf, mergePolicy, newTerms, type Terms } from '../../domain/policy.ts';
import type { Seat } from '../../domain/seats.ts';
import { purchase } from '../../domain/trials.ts';
import { changeLicense } from '../access.ts';
import { actorOf, type AccountCaller } from '../caller.ts';
import { dropOwnersCodes } from '../accounts/codes.ts';
import type { Deps, LicetTransaction } from '../deps.ts';
import { refuseStale } from '../edits.ts';
import { idempotent, type IdempotencyKey } from '../idempotency.ts';
import { promote } from '../accounts/operator-accounts.ts';
import { countSeats, heldSeats, spentSeats, withoutSeat, writeOffSpent } from '../seats/seats.ts';
import { viewLicense, viewTouched } from '../views.ts';

const badField = (field: string, message: string): Refusal => ({
  code: 'invalid-request',
  detail: message,
  extra: { errors: [{ field, message }] },
});

/** The account that owns or will own a license; a mere user becomes an owner. */
const ownerByEmail = async (
  tx: LicetTransaction,
  email: string,
): Promise<Result<AccountDoc, Refusal>> => {
  const account = await tx.accounts.first('email', email);
  if (!account) {
    return fail(
      badField(
        'ownerEmail',
        `No account has the e-mail ${email}. Create it first with “licet operator account create”.`,
      ),
    );
  }
  return ok(account.role === 'user' ? await promote(tx, account, 'owner') : account);
};

/** The document of a new license, and its key, of which only the hash is in it. */
export const newLicense = (
  deps: Deps,
  input: Pick<LicenseCreate, 'name' | 'product'>,
  ownerId: string,
  terms: Terms,
): { readonly license: LicenseDoc; readonly licenseKey: string } => {
  const licenseKey = makeOneTimeCode(deps.random);
  const license: LicenseDoc = {
    id: makeId('license', deps.now(), deps.random),
    ownerId,
    productId: input.product,
    name: input.name,
    ...terms,
    status: 'active',
    reason: null,
    keyHash: deps.digest(licenseKey),
    generation: 1,
    resets: [],
    createdAt: deps.now(),
  };
  return { license, licenseKey };
};

/** Creates a license by its product's template. Its key is in the answer and nowhere else. */
export const createLicense = (
  deps: Deps,
  caller: AccountCaller,
  input: LicenseCreate,
  key: IdempotencyKey,
): Promise<Result<LicenseCreated, Refusal>> =>
  deps.store.transact(actorOf(caller), (tx) =>
    idempotent(deps, tx, { ...key, caller: caller.account.id }, async () => {
      const product = await tx.products.get(input.product);
      if (!product) {
        return fail(
          badField(
            'product',
            `There is no product “${input.product}”. Create it first with “licet product create”.`,
          ),
        );
      }
      const terms = newTerms(input, product, deps.now());
      if (!terms.ok) return terms;
      const owner = await ownerByEmail(tx, input.ownerEmail);
      if (!owner.ok) return owner;
      const { license, licenseKey } = newLicense(deps, input, owner.value.id, terms.value);
      tx.licenses.put(license);
      tx.record({
        action: 'license.create',
        target: license.id,
        outcome: 'ok',
        details: { owner: owner.value.id, product: product.id, name: license.name },
      });
      return ok({ ...(await viewLicense(deps, tx, license, 'operator')), licenseKey });
    }),
  );

/** The license as the patch makes it. */
const patched = (
  license: LicenseDoc,
  patch: LicensePatch,
  ownerId: string,
  now: number,
): Result<LicenseDoc, Refusal> => {
  if ((patch.status === 'suspended' || patch.status === 'revoked') && !patch.reason) {
    return fail(badField('reason', `Say why: the owner and the products are shown the reason.`));
  }
  if (license.status === 'revoked' && patch.status !== undefined && patch.status !== 'revoked') {
    return fail({
      code: 'conflict',
      detail: 'A revoked license stays revoked. Create a new one.',
    });
  }
  const type = patch.type ?? license.type;
  if (patch.expiresAt === null && type !== 'perpetual') {
    return fail(
      badField('expiresAt', `A ${type} has an end: give a date, or make the license perpetual.`),
    );
  }
  const kept = type === 'perpetual' ? null : license.expiresAt;
  const asked = typeof patch.expiresAt === 'string' ? Date.parse(patch.expiresAt) : kept;
  const end = endOf(type, asked, undefined, now);
  if (!end.ok) return end;
  return ok({
    ...license,
    ownerId,
    type,
    name: patch.name ?? license.name,
    expiresAt: end.value,
    maxActivations:
      patch.maxActivations === undefined ? license.maxActivations : patch.maxActivations,
    graceDays: patch.graceDays ?? license.graceDays,
    entitlements: patch.entitlements ?? license.entitlements,
    policy: mergePolicy(license.policy, patch.policy),
    status: patch.status ?? license.status,
    reason: patch.status === undefined ? license.reason : (patch.reason ?? null),
  });
};

const actionOf = (license: LicenseDoc, patch: LicensePatch): string => {
  if (patch.status === 'suspended') return 'license.suspend';
  if (patch.status === 'revoked') return 'license.revoke';
  if (patch.status === 'active' && license.status === 'suspended') return 'license.resume';
  return patch.ownerEmail === undefined ? 'license.change' : 'license.move';
};

/**
 * Changes a license; with `dryRun` says only what would be, and which machines would lose their seat.
 * Errors: `invalid-request`, `conflict`, `not-found`, `changed-meanwhile`.
 */
export const patchLicense = (
  deps: Deps,
  caller: AccountCaller,
  id: string,
  patch: LicensePatch,
  meantFor: MeantFor,
): Promise<Result<LicenseChanged, Refusal>> =>
  changeLicense(deps, caller, id, 'license.change', async (tx, { license }) => {
    const view = () => viewLicense(deps, tx, license, 'operator');
    const stale = await refuseStale(tx, license, meantFor, license.name, view);
    if (stale) return fail(stale);
    const owner = patch.ownerEmail
      ? await moveTo(deps, tx, patch.ownerEmail, patch.dryRun ?? false)
      : ok(license.ownerId);
    if (!owner.ok) return owner;
    const product = await tx.products.get(license.productId);
    const bought = purchase(license, product, patch, deps.now());
    if (!bought.ok) return bought;
    const misfit =
      product && patch.entitlements
        ? refuseEntitlements(product, patch.entitlements, license.entitlements)
        : null;
    if (misfit) return fail(misfit);
    const after = patched(license, bought.value, owner.value, deps.now());
    if (!after.ok) return after;
    const next = edited(license, after.value, caller.account.id, deps.now());
    const counter = await countSeats(deps, tx, license);
    const left = seatsLeft(counter, next.maxActivations);
    const hit =
      counter.online > left ? hitByLowering(await heldSeats(deps, tx, license), left) : [];
    const bound = license.policy.floating && !next.policy.floating;
    if (patch.dryRun) {
      // Floating seats that ended are still written down, and would count where seats are bound to machines.
      const spent = bound ? (await spentSeats(deps, tx, license)).length : 0;
      return ok(await changed(deps, tx, next, hit, hit.length + spent));
    }
    await writeOffSpent(deps, tx, license);
    for (const seat of hit) tx.activations.put(withoutSeat(seat));
    if (owner.value !== license.ownerId) await endFormerOwners(tx, id, owner.value);
    tx.licenses.put(next);
    tx.record({
      action: actionOf(license, patch),
      target: id,
      outcome: 'ok',
      details: { reason: patch.reason ?? null, hit: hit.length },
    });
    return ok(await changed(deps, tx, next, hit, 0));
  });

/**
 * Ends what a move leaves without sense: the new owner is no user any more, and what the former owner
 * offered, invitations and codes, is not theirs to offer. Users who are in stay, for the new owner to judge.
 */
const endFormerOwners = async (
  tx: LicetTransaction,
  licenseId: string,
  newOwnerId: string,
): Promise<void> => {
  for (const membership of await tx.memberships.by('license', licenseId)) {
    const { accountId, status } = membership;
    if (accountId === newOwnerId || status === 'invited') tx.memberships.delete(membership.id);
    else await dropOwnersCodes(tx, accountId);
  }
};

const moveTo = async (
  deps: Deps,
  tx: LicetTransaction,
  email: string,
  dryRun: boolean,
): Promise<Result<string, Refusal>> => {
  if (!dryRun) {
    const owner = await ownerByEmail(tx, email);
    return owner.ok ? ok(owner.value.id) : owner;
  }
  const account = await tx.accounts.first('email', email);
  return account
    ? ok(account.id)
    : fail(badField('ownerEmail', `No account has the e-mail ${email}.`));
};

const changed = async (
  deps: Deps,
  tx: LicetTransaction,
  license: LicenseDoc,
  hit: readonly Seat[],
  stillCounted: number,
): Promise<LicenseChanged> => {
  const view: License = await viewLicense(deps, tx, license, 'operator');
  return {
    ...view,
    counter: view.counter - stillCounted,
    hit: hit.map((seat) => viewTouched(seat, deps.now())),
  };
};

/** A new license key; the old one ends, machines that it activated run on. */
export const rotateLicenseKey = (deps: Deps, caller: AccountCaller, id: string) =>
  changeLicense(deps, caller, id, 'license.rotate-key', async (tx, { license }) => {
    const licenseKey = makeOneTimeCode(deps.random);
    tx.licenses.put({ ...license, keyHash: deps.digest(licenseKey) });
    tx.record({ action: 'license.rotate-key', target: id, outcome: 'ok' });
    return ok({ licenseKey });
  });
