/** The input of a route: each part checked against its schema, once, before the route runs. */
import type { RouteConfig } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { z } from 'zod';
import type { Refusal } from '../../shared/problems.ts';
import { bodyOf } from './bodies.ts';
import { RefusalError } from './problem.ts';

const fieldOf = (path: readonly PropertyKey[]): string => path.map(String).join('.');

/** The refusal of input that does not fit its schema: each field with what is wrong. */
const refuseInput = (error: z.core.$ZodError): Refusal => {
  const issues = error.issues.flatMap((issue) =>
    issue.code === 'invalid_union' && issue.errors.length > 0
      ? (issue.errors[0] ?? [issue])
      : [issue],
  );
  const errors = issues.map(({ path, message }) => ({ field: fieldOf(path), message }));
  const said = errors
    .slice(0, 3)
    .map(({ field, message }) => (field ? `${field}: ${message}` : message))
    .join('; ');
  return {
    code: 'invalid-request',
    detail: `The request does not fit: ${said}. See /openapi.json.`,
    extra: { errors: errors.slice(0, 20) },
  };
};

type Check = (c: Context) => void;
type Target = 'query' | 'param' | 'header' | 'json';

const jsonType = 'application/json';
/** JSON as a request may call it, with parameters. */
const isJsonType = (type: string): boolean =>
  type === jsonType || /^application\/(?:[a-z.-]+\+)?json(?:;\s*[a-z0-9-]+=[^;]+)*$/iu.test(type);

/** Puts what the schema makes of a value where `c.req.valid` finds it. @throws RefusalError */
const accept = (c: Context, target: Target, schema: z.ZodType, value: unknown): void => {
  const read = schema.safeParse(value);
  if (!read.success) throw new RefusalError(refuseInput(read.error));
  c.req.addValidatedData(target, read.data as object);
};

/** A parameter that is there once is its text, else the texts. */
const queryOf = (c: Context): Record<string, string | readonly string[]> =>
  c.req.url.includes('?')
    ? Object.fromEntries(
        Object.entries(c.req.queries()).map(([name, [first = '', ...others]]) => [
          name,
          others.length === 0 ? first : [first, ...others],
        ]),
      )
    : {};

/** Only the headers that the schema names: making an object of all takes longer than all the rest. */
const headerReader = (schema: z.ZodType) => {
  const names = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  return (c: Context): Record<string, string> => {
    const values: Record<string, string> = {};
    for (const name of names) {
      const value = c.req.header(name);
      if (value !== undefined) values[name] = value;
    }
    return values;
  };
};

/** A JSON body: refused in another type; where it may be left out, an empty object then. */
const checkBody = (schema: z.ZodType, required: boolean): Check => {
  return (c) => {
    const type = c.req.header('content-type');
    const body = bodyOf(c);
    if (type === undefined ? body.text !== '' : !isJsonType(type)) throw new HTTPException(415);
    if (type !== undefined) {
      if (!('json' in body)) throw new HTTPException(400);
      accept(c, 'json', schema, body.json);
    } else if (required) accept(c, 'json', schema, {});
    else c.req.addValidatedData('json', {});
  };
};

/** What checks the input that a route declares. */
export const createInputCheck = (request: RouteConfig['request']): Check => {
  const checks: Check[] = [];
  const { query, params, headers, body } = request ?? {};
  if (query) checks.push((c) => accept(c, 'query', query, queryOf(c)));
  if (params) checks.push((c) => accept(c, 'param', params, c.req.param()));
  if (headers instanceof z.ZodType) {
    const read = headerReader(headers);
    checks.push((c) => accept(c, 'header', headers, read(c)));
  }
  const content = body?.content[jsonType];
  const schema = content && 'schema' in content ? content.schema : undefined;
  if (schema instanceof z.ZodType) checks.push(checkBody(schema, body?.required === true));
  return (c) => {
    for (const check of checks) check(c);
  };
};
