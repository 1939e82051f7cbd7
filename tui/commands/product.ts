/** `licet product create|list`. */
import type { Command } from 'commander';
import { createProduct, listProducts } from '../actions/products.ts';
import { group } from './group.ts';
import type { Io } from './io.ts';

export const productCommand = (io: Io): Command =>
  group(io, 'product', 'Products that licenses are made for', [
    { name: 'list', action: listProducts, examples: ['product list'] },
    {
      name: 'create',
      action: createProduct,
      places: ['id'],
      examples: [
        'product create acme-server --name "Acme Server"',
        `product create acme-server --name "Acme Server" --template '{"maxActivations": 3, "days": 365}'`,
      ],
    },
  ]);
