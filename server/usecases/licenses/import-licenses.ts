/** Many licenses at once, all or none: each bad row is named, and nothing is made while there is one. */
import {
  ImportRow,
  readMembers,
  RefusedFields,
  type ImportFault,
  type LicenseImport,
  type LicenseImported,
} from '../../../shared/api/import.ts';
import type { Refusal } from '../../../shared/problems.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';
import type { AccountDoc } from '../../domain/documents.ts';
import { newTerms, refuseTerms, type Terms } from '../../domain/policy.ts';
import { actorOf, type AccountCaller } from '../caller.ts';
import { issueCode } from '../accounts/codes.ts';
import type { Deps, LicetReader, LicetTransaction } from '../deps.ts';
import { idempotent, type IdempotencyKey } from '../idempotency.ts';
import { newAccount, promote } from '../accounts/operator-accounts.ts';
import { newLicense } from './operator-licenses.ts';
import { viewLicense } from '../views.ts';

const faultsShown = 200;

interface Ready {
  readonly row: number;
  readonly input: ImportRow;
  readonly terms: Terms;
}

type Checked =
  | { readonly faults: readonly ImportFault[] }
  | { readonly faults: readonly []; readonly ready: Ready };

/** The faults of a row whose terms are refused: of each field that the refusal names. */
const faultsOf = ({ detail, extra }: Refusal, row: number): readonly ImportFault[] => {
  const named = RefusedFields.safeParse(extra).data?.errors ?? [{ field: '', message: detail }];
  // The sentence ends where it is shown.
  return named.map(({ field, message }) => ({ row, field, message: message.replace(/\.$/u, '') }));
};

/** What the store says of a row: no such product or account, terms that the product doesn't allow. */
const storeFaults = async (
  deps: Deps,
  reader: LicetReader,
  { product: productId, ownerEmail, ...terms }: Partial<ImportRow>,
  row: number,
  createOwners: boolean,
): Promise<readonly ImportFault[]> => {
  const faults: ImportFault[] = [];
  const product = productId === undefined ? undefined : await reader.products.get(productId);
  if (product) {
    const refusals = refuseTerms(terms, product, deps.now());
    faults.push(...refusals.flatMap((refusal) => faultsOf(refusal, row)));
  } else if (productId !== undefined) {
    faults.push({ row, field: 'product', message: `there is no product ${productId}` });
  }
  const owner = ownerEmail && !createOwners && (await reader.accounts.first('email', ownerEmail));
  if (owner === undefined && ownerEmail !== undefined) {
    const message = `no account has the e-mail ${ownerEmail}; create it, or import with accounts created`;
    faults.push({ row, field: 'ownerEmail', message });
  }
  return faults;
};

/** One row against schema, product and owner: all that is wrong with it. */
const check = async (
  deps: Deps,
  reader: LicetReader,
  raw: unknown,
  row: number,
  createOwners: boolean,
): Promise<Checked> => {
  const parsed = ImportRow.safeParse(raw);
  const issues = parsed.success ? [] : parsed.error.issues;
  const faults = [
    ...issues.map(({ path, message }) => ({ row, field: path.map(String).join('.'), message })),
    ...(await storeFaults(deps, reader, readMembers(raw), row, createOwners)),
  ];
  const product = parsed.success && (await reader.products.get(parsed.data.product));
  if (!parsed.success || !product || faults.length > 0) return { faults };
  const terms = newTerms(parsed.data, product, deps.now());
  if (!terms.ok) return { faults: faultsOf(terms.error, row) };
  return { faults: [], ready: { row, input: parsed.data, terms: terms.value } };
};

/** The owner's account; made, with a code to hand over, where there is none. */
const ownerFor = async (
  deps: Deps,
  tx: LicetTransaction,
  input: ImportRow,
  made: LicenseImported['owners'],
): Promise<AccountDoc> => {
  const existing = await tx.accounts.first('email', input.ownerEmail);
  if (existing) return existing.role === 'user' ? promote(tx, existing, 'owner') : existing;
  const name = input.ownerName ?? input.ownerEmail;
  const account = newAccount(deps, { email: input.ownerEmail, name, role: 'owner' });
  tx.accounts.put(account);
  const { code } = await issueCode(deps, tx, account, 'operator');
  made.push({ email: account.email, name: account.name, setPasswordCode: code });
  return account;
};

const refuseAll = (faults: readonly ImportFault[]): Refusal => {
  const first = faults[0];
  return {
    code: 'invalid-request',
    detail: `Nothing was imported: ${faults.length} things are wrong, the first in row ${first?.row ?? 0} (${first?.field ?? ''}: ${first?.message ?? ''}). Correct them and import again.`,
    extra: { errors: faults.slice(0, faultsShown) },
  };
};

const checkAll = async (
  deps: Deps,
  reader: LicetReader,
  input: LicenseImport,
): Promise<readonly Checked[]> => {
  const checked: Checked[] = [];
  for (const [index, raw] of input.rows.entries()) {
    checked.push(await check(deps, reader, raw, index + 1, input.createOwners));
  }
  return checked;
};

/** Says what is wrong with which row, and makes nothing. */
export const checkImport = async (deps: Deps, input: LicenseImport): Promise<LicenseImported> => {
  const checked = await deps.store.read((reader) => checkAll(deps, reader, input));
  const faults = checked.flatMap((one) => one.faults).slice(0, faultsShown);
  return { rows: input.rows.length, faults, created: [], owners: [] };
};

/** Imports licenses, all or none. Error: `invalid-request`. */
export const importLicenses = (
  deps: Deps,
  caller: AccountCaller,
  input: LicenseImport,
  key: IdempotencyKey,
): Promise<Result<LicenseImported, Refusal>> =>
  deps.store.transact(actorOf(caller), (tx) =>
    idempotent(deps, tx, { ...key, caller: caller.account.id }, async () => {
      const checked = await checkAll(deps, tx, input);
      const faults = checked.flatMap((one) => one.faults);
      if (faults.length > 0) return fail(refuseAll(faults));
      const owners: LicenseImported['owners'] = [];
      const created: LicenseImported['created'] = [];
      for (const one of checked) {
        if (!('ready' in one)) continue;
        const { row, input: wanted, terms } = one.ready;
        const owner = await ownerFor(deps, tx, wanted, owners);
        const { license, licenseKey } = newLicense(deps, wanted, owner.id, terms);
        tx.licenses.put(license);
        const view = await viewLicense(deps, tx, license, 'operator');
        created.push({ row, license: view, licenseKey });
      }
      tx.record({
        action: 'license.import',
        target: 'licenses',
        outcome: 'ok',
        details: { licenses: created.length, owners: owners.length },
      });
      return ok({ rows: input.rows.length, faults: [], created, owners });
    }),
  );
