/** `licet product ...`. */
import type { Command } from 'commander';
import {
  createProduct,
  editProduct,
  listProducts,
  showSnippet,
} from '../../client/actions/licenses/products.ts';
import { group } from '../group.ts';
import type { Io } from '../io.ts';

export const productCommand = (io: Io): Command =>
  group(io, 'product', 'Products that licenses are made for', [
    { name: 'list', action: listProducts, examples: ['product list'] },
    {
      name: 'create',
      action: createProduct,
      places: ['id'],
      examples: [
        'product create acme-server --name "Acme Server"',
        'product create acme-server --name "Acme Server" --max-activations 3 --days 365 --grace-days 14 --entitlements "exports, users=25"',
        'product create acme-viewer --name "Acme Viewer" --seats floating --lease-hours 4 --trial-days 14 --trial-url https://try.example.com',
      ],
    },
    {
      name: 'edit',
      action: editProduct,
      places: ['product'],
      examples: [
        'product edit acme-server --max-activations 5',
        'product edit acme-server --trial-days 30',
        'product edit acme-server --without-trial',
      ],
    },
    {
      name: 'snippet',
      action: showSnippet,
      places: ['product'],
      examples: ['product snippet acme-server > licensing.js'],
    },
  ]);
