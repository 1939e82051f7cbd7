/** The products that licenses are made for. */
import type { Product } from '../../../shared/api/licenses.ts';
import { createLicense } from '../../client/actions/licenses/operator-licenses.ts';
import { editingProduct } from '../../client/actions/licenses/initial-values.ts';
import { templateText } from '../../client/actions/licenses/terms.ts';
import { createProduct, editProduct, showSnippet } from '../../client/actions/licenses/products.ts';
import type { Fact } from '../../components/lines.tsx';
import { ListScreen } from '../../components/lists/list-screen.tsx';
import type { Column } from '../../components/lists/table.tsx';
import { useFilter } from '../../hooks/lists/use-filter.ts';
import { usePortal } from '../../hooks/use-portal.ts';
import { useRows } from '../../hooks/lists/use-rows.ts';
import { date, exactTime } from '../../client/relative-time.ts';

const columns: readonly Column<Product>[] = [
  { title: 'Id', width: { share: 3 }, cell: ({ id }) => id },
  { title: 'Name', width: { share: 3 }, cell: ({ name }) => name },
  {
    title: 'New licenses start with',
    width: { share: 5 },
    from: 60,
    cell: (row) => ({ text: templateText(row.template), tone: 'dim' }),
  },
  {
    title: 'Since',
    width: 12,
    align: 'end',
    from: 96,
    cell: ({ createdAt }) => ({ text: date(Date.parse(createdAt)), tone: 'dim' }),
  },
];

const productFacts = ({ id, template, trial, createdAt }: Product): readonly Fact[] => [
  { label: 'Id', value: id },
  { label: 'New licenses', value: templateText(template) },
  { label: 'Trial', value: trial === null ? 'not offered' : `${trial.days} days` },
  { label: 'Since', value: exactTime(Date.parse(createdAt)) },
];

/** The section. */
export const ProductsScreen = () => {
  const { client, revision, act } = usePortal();
  const filter = useFilter();
  const rows = useRows({
    key: 'products',
    revision,
    load: (query) => client.products(query),
    words: ({ id, name }) => `${id} ${name}`,
    filter: filter.text,
  });
  return (
    <ListScreen
      rows={rows}
      columns={columns}
      filter={filter}
      idOf={({ id }) => id}
      empty={{
        title: 'There is no product yet.',
        hint: 'Press a to name one: licenses are made for products.',
      }}
      details={(row) => ({ title: row.name, facts: productFacts(row) })}
      keys={(row) => ({
        add: { run: () => act(createProduct), does: 'Create a product' },
        open: row
          ? {
              run: () => act(createLicense, { product: row.id }),
              does: 'Make a license of the marked product',
              hint: 'make a license',
            }
          : undefined,
        edit: row
          ? {
              run: () =>
                act(
                  editProduct,
                  { product: row.id },
                  { editing: editingProduct(row), about: `${row.id}: licenses that exist stay.` },
                ),
              does: 'Edit name, template and trial of the product',
            }
          : undefined,
        snippet: row ? () => act(showSnippet, { product: row.id }) : undefined,
      })}
    />
  );
};
