/** Products: what licenses are for, with a template for new ones. */
import type { Page, PageQuery } from '../../shared/api/common.ts';
import type { Product, ProductCreate } from '../../shared/api/licenses.ts';
import type { Refusal } from '../../shared/problems.ts';
import { fail, ok, type Result } from '../../shared/result.ts';
import type { ProductDoc } from '../domain/documents.ts';
import { ownProduct } from '../domain/releases.ts';
import { actorOf, type AccountCaller } from './caller.ts';
import type { Deps } from './deps.ts';
import { idempotent, type IdempotencyKey } from './idempotency.ts';
import { mapPage, pageFrom, storeQuery } from './pages.ts';
import { viewProduct } from './views.ts';

export const listProducts = (deps: Deps, query: PageQuery): Promise<Page<Product>> =>
  deps.store.read(async (reader) =>
    mapPage(pageFrom(await reader.products.list(storeQuery(query)), query), viewProduct),
  );

/** Error: `conflict` for an id that is taken, also by the server's own program. */
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
        createdAt: deps.now(),
      };
      tx.products.put(product);
      tx.record({ action: 'product.create', target: product.id, outcome: 'ok' });
      return ok(viewProduct(product));
    }),
  );
