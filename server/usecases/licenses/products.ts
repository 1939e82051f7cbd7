/** Products: what licenses are for, with a template for new ones. */
import type { Page, PageQuery } from '../../../shared/api/common.ts';
import type {
  Product,
  ProductCreate,
  ProductPatch,
  Snippet,
} from '../../../shared/api/licenses.ts';
import type { Refusal } from '../../../shared/problems.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';
import type { ProductDoc } from '../../domain/documents.ts';
import { edited, type MeantFor } from '../../domain/edits.ts';
import { refuseEntitlements } from '../../domain/entitlements.ts';
import { ownProduct } from '../../domain/releases.ts';
import { notFound } from '../access.ts';
import { actorOf, type AccountCaller } from '../caller.ts';
import type { Deps } from '../deps.ts';
import { refuseStale } from '../edits.ts';
import { idempotent, type IdempotencyKey } from '../idempotency.ts';
import { mapPage, pageFrom, storeQuery } from '../pages.ts';
import { viewProduct } from '../views.ts';

/** All products, in order of their ids. */
export const listProducts = (deps: Deps, query: PageQuery): Promise<Page<Product>> =>
  deps.store.read(async (reader) =>
    mapPage(pageFrom(await reader.products.list(storeQuery(query)), query), viewProduct),
  );

/** Errors: `conflict` for an id that is taken, also by the server's own program; `invalid-request`. */
export const createProduct = (
  deps: Deps,
  caller: AccountCaller,
  input: ProductCreate,
  key: IdempotencyKey,
): Promise<Result<Product, Refusal>> =>
  deps.store.transact(actorOf(caller), (tx) =>
    idempotent(deps, tx, { ...key, caller: caller.account.id }, async () => {
      if (input.id === ownProduct || (await tx.products.get(input.id))) {
        return fail({
          code: 'conflict',
          detail: `There is a product “${input.id}” already. Choose another id.`,
          extra: { errors: [{ field: 'id', message: 'is taken' }] },
        });
      }
      const product: ProductDoc = {
        id: input.id,
        name: input.name,
        template: input.template ?? {},
        trial: input.trial ?? null,
        createdAt: deps.now(),
      };
      const misfit = refuseEntitlements(product, product.trial?.entitlements ?? {});
      if (misfit) return fail(misfit);
      tx.products.put(product);
      tx.record({ action: 'product.create', target: product.id, outcome: 'ok' });
      return ok(viewProduct(product));
    }),
  );

/** Changes a product's name, template or trial; licenses that exist keep their terms. Errors: `not-found`, `invalid-request`, `changed-meanwhile`. */
export const patchProduct = (
  deps: Deps,
  caller: AccountCaller,
  id: string,
  patch: ProductPatch,
  meantFor: MeantFor,
): Promise<Result<Product, Refusal>> =>
  deps.store.transact(actorOf(caller), async (tx) => {
    const product = await tx.products.get(id);
    if (!product) return fail(notFound('product'));
    const view = () => viewProduct(product);
    const stale = await refuseStale(tx, product, meantFor, product.name, view);
    if (stale) return fail(stale);
    const changed: ProductDoc = {
      ...product,
      name: patch.name ?? product.name,
      template: patch.template ?? product.template,
      trial: patch.trial === undefined ? (product.trial ?? null) : patch.trial,
    };
    const misfit = refuseEntitlements(
      changed,
      changed.trial?.entitlements ?? {},
      product.trial?.entitlements,
    );
    if (misfit) return fail(misfit);
    const next = edited(product, changed, caller.account.id, deps.now());
    tx.products.put(next);
    tx.record({ action: 'product.change', target: id, outcome: 'ok' });
    return ok(viewProduct(next));
  });

/** What a product embeds, but where the server is. Error: `not-found`. */
export const snippetOf = async (
  deps: Deps,
  id: string,
): Promise<Result<Omit<Snippet, 'server'>, Refusal>> => {
  const product = await deps.store.read((reader) => reader.products.get(id));
  if (!product) return fail(notFound('product'));
  return ok({ product: product.id, productName: product.name, roots: [...deps.signer.roots] });
};
