/** Products, as operators look after them. */
import { line } from '../../shared/api/common.ts';
import { ProductId, Template } from '../../shared/api/licenses.ts';
import { z } from 'zod';
import { ok } from '../../shared/result.ts';
import { action } from './action.ts';
import { time } from './done.ts';
import { block, optional, text } from './fields.ts';
import { allPages } from './find.ts';

export const listProducts = action({
  id: 'products.list',
  title: 'List products',
  description: 'Show the products that licenses are made for.',
  who: 'operator',
  fields: {},
  run: async (client) => {
    const all = await allPages((query) => client.products(query));
    if (!all.ok) return all;
    return ok({
      message: 'Products.',
      data: { items: all.value },
      blocks: [
        {
          kind: 'table',
          columns: ['Id', 'Name', 'Template', 'Since'],
          rows: all.value.map((product) => [
            product.id,
            product.name,
            JSON.stringify(product.template),
            time(product.createdAt),
          ]),
          empty: 'No products yet. Create one with: licet product create.',
        },
      ],
    });
  },
});

/** Settings of new licenses as a JSON object. */
const TemplateJson = z.string().transform((typed, context) => {
  let json: unknown;
  try {
    json = JSON.parse(typed);
  } catch {
    json = undefined;
  }
  const parsed = Template.safeParse(json);
  if (parsed.success) return parsed.data;
  context.addIssue({
    code: 'custom',
    message: `must be a JSON object such as {"maxActivations": 3}${
      parsed.error.issues[0] ? ` (${parsed.error.issues[0].path.join('.')})` : ''
    }`,
  });
  return z.NEVER;
});

export const createProduct = action({
  id: 'products.create',
  title: 'Create a product',
  description: 'Create a product, with what its new licenses start with.',
  who: 'operator',
  fields: {
    id: text(ProductId as z.ZodType<string, string>, {
      label: 'Id',
      example: 'acme-server',
      hint: 'What the product names itself by; it never changes.',
    }),
    name: text(line(120), { label: 'Name', example: 'Acme Server' }),
    template: optional(
      block(TemplateJson, {
        label: 'Template',
        hint: 'What new licenses start with, as JSON: {"maxActivations": 3, "days": 365}.',
      }),
    ),
  },
  run: async (client, { template, ...product }) => {
    const answer = await client.createProduct({
      ...product,
      ...(template === undefined ? {} : { template }),
    });
    return answer.ok
      ? ok({
          message: `The product ${answer.value.name} is created.`,
          data: answer.value,
          blocks: [
            {
              kind: 'facts',
              rows: [
                ['Id', answer.value.id],
                ['Name', answer.value.name],
              ],
            },
          ],
          next: `Make a license of it: licet license create --product ${answer.value.id}.`,
        })
      : answer;
  },
});
