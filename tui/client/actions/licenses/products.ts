/** Products, as operators look after them. */
import { line } from '../../../../shared/api/common.ts';
import { ProductId, Template, type Product } from '../../../../shared/api/licenses.ts';
import { z } from 'zod';
import { fail, mapOk, ok } from '../../../../shared/result.ts';
import type { Client } from '../../api/client.ts';
import type { Answer } from '../../api/failure.ts';
import { action } from '../action.ts';
import { counted, time, type Block } from '../done.ts';
import { block, found, Named, optional, text, toggle } from '../fields.ts';
import { allPages } from '../find.ts';
import {
  changedTemplate,
  given,
  templateChangeFields,
  templateFields,
  templateOf,
  templateText,
} from './terms.ts';
import { changedTrial, trialChangeFields, trialFields, trialOf } from './trial-offer.ts';

export const listProducts = action({
  id: 'products.list',
  title: 'List products',
  description: 'Show the products that licenses are made for.',
  who: 'operator',
  reads: true,
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
          columns: ['Id', 'Name', 'New licenses start with', 'Trial', 'Since'],
          rows: all.value.map((product) => [
            product.id,
            product.name,
            templateText(product.template),
            product.trial ? counted(product.trial.days, 'day') : null,
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

/** What is shown of a product. */
const productFacts = (product: Product): Block => ({
  kind: 'facts',
  rows: [
    ['Id', product.id],
    ['Name', product.name],
    ['New licenses', templateText(product.template)],
    ['Trial', product.trial ? counted(product.trial.days, 'day') : 'none'],
    ...(product.trial?.url ? [['Trial instance', product.trial.url] as const] : []),
  ],
});

const jsonTemplate = optional(
  block(TemplateJson, {
    label: 'Template',
    hint: 'The same as JSON: {"maxActivations": 3, "days": 365}.',
  }),
);

export const createProduct = action({
  id: 'products.create',
  title: 'Create a product',
  description: 'Create a product, with what its licenses start with and how it is tried.',
  who: 'operator',
  fields: {
    id: text(ProductId as z.ZodType<string, string>, {
      label: 'Id',
      example: 'acme-server',
      hint: 'What the product names itself by; it never changes.',
    }),
    name: text(line(120), { label: 'Name', example: 'Acme Server' }),
    ...templateFields,
    ...trialFields,
    template: jsonTemplate,
  },
  run: async (client, values) => {
    const { id, name, template } = values;
    const trial = trialOf(values);
    return mapOk(
      await client.createProduct({
        id,
        name,
        template: { ...template, ...templateOf(values) },
        ...(trial ? { trial } : {}),
      }),
      (value) => ({
        message: `The product ${value.name} is created.`,
        data: value,
        blocks: [productFacts(value)],
        next: `Make a license of it: licet license create --product ${value.id}. Put it into the product: licet product snippet ${value.id}.`,
      }),
    );
  },
});

/** The product of an id or name. */
export const findProduct = async (client: Client, named: string): Promise<Answer<Product>> => {
  const all = await allPages((query) => client.products(query));
  if (!all.ok) return all;
  const found =
    all.value.find(({ id }) => id === named) ??
    all.value.find(({ name }) => name.toLowerCase() === named.toLowerCase());
  return found
    ? ok(found)
    : fail({
        kind: 'refused',
        what: `There is no product “${named}”.`,
        next: 'See them all with: licet product list.',
      });
};

export const productField = text(Named, { label: 'Product', hint: 'Its id.', refers: 'product' });

const theProduct = found(productField, findProduct);

export const editProduct = action({
  id: 'products.edit',
  title: 'Edit a product',
  description:
    'Change what new licenses of a product start with, and its trial; licenses that exist keep their terms.',
  who: 'operator',
  edits: true,
  fields: {
    product: theProduct,
    name: optional(text(line(120), { label: 'Name' })),
    ...templateChangeFields,
    ...trialChangeFields,
    withoutTrial: toggle({
      label: 'Without a trial',
      hint: 'Offer none any more; trials under way go on.',
    }),
    template: jsonTemplate,
  },
  run: async (client, { product, name, template, withoutTrial, ...change }) => {
    const before = { ...product.template, ...template };
    const trial = withoutTrial ? null : changedTrial(product.trial, change);
    const patch = {
      ...given({ name }),
      template: changedTemplate(before, change),
      ...(trial === undefined ? {} : { trial }),
    };
    // The template goes as a whole: somebody else's change since it was read must not be lost.
    return mapOk(await client.changeProduct(product.id, patch, product.version), (value) => ({
      message: `The product ${value.name} is changed.`,
      data: value,
      blocks: [productFacts(value)],
    }));
  },
});

const js = (value: string): string => `'${value.replaceAll(/['\\]/gu, '\\$&')}'`;

export const showSnippet = action({
  id: 'products.snippet',
  title: 'Snippet for a product',
  description: 'Print what a product embeds to be licensed here, in one paste.',
  who: 'operator',
  shows: true,
  fields: { product: theProduct },
  run: async (client, { product }) => {
    const answer = await client.snippet(product.id);
    if (!answer.ok) return answer;
    const { server, roots, productName } = answer.value;
    const lines = [
      `// Licensing of ${productName.replaceAll(/[\r\n]/gu, ' ')}. Public keys only: safe to ship.`,
      'export const licensing = {',
      `  server: ${js(server)},`,
      `  product: ${js(answer.value.product)},`,
      `  roots: [${roots.map(js).join(', ')}],`,
      ...(client.pin === null ? [] : [`  pin: ${js(client.pin)},`]),
      '};',
    ];
    return ok({
      message: `Put this into ${productName}.`,
      data: { ...answer.value, pin: client.pin },
      blocks: [
        {
          kind: 'verbatim',
          title: 'licensing.js',
          text: lines.join('\n'),
          fileName: 'licensing.js',
        },
      ],
    });
  },
});
