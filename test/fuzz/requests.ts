/** Arbitrary requests (fast-check) from the API's description: some valid, some broken, all cheeky. */
import * as fc from 'fast-check';
import type { Operation, Schema } from './api-description.ts';

export interface FuzzRequest {
  /** Method and path, as the description has them. */
  readonly route: string;
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** An index into the callers of the test. */
  readonly caller: number;
}

export const routeOf = ({ method, path }: Operation): string => `${method} ${path}`;

/** Values that the API knows, by the name of a member or the segment before a path parameter. */
export type Known = Readonly<Record<string, readonly string[]>>;

const nasty = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '',
    ' ',
    '..',
    '../../etc/passwd',
    '%2e%2e%2f',
    '\u0000',
    '\u202e',
    "' OR 1=1 --",
    '<script>',
    '__proto__',
    'constructor',
    'toString',
    '\u001b]52;c;aGk=\u0007',
    'a'.repeat(300),
    '9'.repeat(40),
    '1e999',
    '-0',
    '2026-02-30T00:00:00Z',
    '🗝️'.repeat(20),
  ),
);

const textOf = (schema: Schema): fc.Arbitrary<string> => {
  const least = Number(schema['minLength'] ?? 0);
  const most = Math.min(Number(schema['maxLength'] ?? 60), least + 40);
  if (schema['format'] === 'date-time') {
    return fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
  }
  const plain = fc.string({ unit: 'grapheme-ascii', minLength: least, maxLength: most });
  if (typeof schema['pattern'] !== 'string') return plain;
  try {
    return fc.stringMatching(new RegExp(schema['pattern'], 'u'));
  } catch {
    // Lookaround: such a member gets known values besides.
    return plain;
  }
};

const numberOf = (schema: Schema): fc.Arbitrary<number> => {
  const range = {
    min: Number(schema['minimum'] ?? -1_000_000),
    max: Number(schema['maximum'] ?? 1_000_000),
  };
  return schema['type'] === 'integer'
    ? fc.integer(range)
    : fc.double({ ...range, noNaN: true, noDefaultInfinity: true });
};

const objectOf = (schema: Schema, known: Known): fc.Arbitrary<unknown> => {
  const properties = Object.entries((schema['properties'] ?? {}) as Record<string, Schema>);
  const required = new Set((schema['required'] ?? []) as string[]);
  const more = schema['additionalProperties'];
  if (properties.length === 0 && typeof more === 'object' && more !== null) {
    const name = fc.stringMatching(/^[a-z]{1,8}$/u);
    return fc.dictionary(name, valid(more as Schema, known), { maxKeys: 4 });
  }
  return fc.record(
    Object.fromEntries(properties.map(([name, member]) => [name, valid(member, known, name)])),
    { requiredKeys: [...required] },
  );
};

/** Values that fit a schema, as far as it says everything. */
export const valid = (schema: Schema, known: Known, name = ''): fc.Arbitrary<unknown> => {
  const choices = (schema['anyOf'] ?? schema['allOf']) as Schema[] | undefined;
  if (choices) return fc.oneof(...choices.map((choice) => valid(choice, known, name)));
  if (Array.isArray(schema['enum'])) return fc.constantFrom(...(schema['enum'] as unknown[]));
  const { type } = schema;
  if (Array.isArray(type)) {
    return fc.oneof(...type.map((one: unknown) => valid({ ...schema, type: one }, known, name)));
  }
  switch (type) {
    case 'string': {
      const values = known[name];
      return values === undefined
        ? textOf(schema)
        : fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...values) }, textOf(schema));
    }
    case 'integer':
    case 'number':
      return numberOf(schema);
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(valid((schema['items'] ?? {}) as Schema, known), { maxLength: 4 });
    case 'object':
      return objectOf(schema, known);
    default:
      return fc.jsonValue();
  }
};

/** JSON text with something wrong in it. */
const broken = (schema: Schema, known: Known): fc.Arbitrary<string> => {
  const wrong = fc.oneof(
    nasty,
    fc.jsonValue(),
    fc.constantFrom(null, -1, 1e308, 2 ** 53, [], {}, true),
  );
  const withWrongMember = fc
    .tuple(valid(schema, known), wrong, fc.nat())
    .map(([value, other, pick]) => {
      if (typeof value !== 'object' || value === null) return JSON.stringify(other);
      const names = Object.keys(value);
      const name = names[pick % Math.max(1, names.length)] ?? 'extra';
      return JSON.stringify({ ...value, [name]: other });
    });
  const whole = valid(schema, known).map((value) => JSON.stringify(value));
  return fc.oneof(
    { weight: 6, arbitrary: withWrongMember },
    whole.chain((text) => fc.nat(text.length).map((end) => text.slice(0, end))),
    whole.map((text) => text.replace('{', '{"__proto__":{"role":"operator"},')),
    whole.map((text) => text.replace('{', '{"constructor":{"prototype":1},')),
    fc.nat(200).map((depth) => '['.repeat(depth)),
    fc.jsonValue().map((value) => JSON.stringify(value)),
    nasty,
  );
};

const segmentBefore = (path: string, name: string): string =>
  path.split(`/{${name}}`)[0]?.split('/').at(-1) ?? '';

const pathValue = (path: string, name: string, known: Known): fc.Arbitrary<string> => {
  const own = known[`/${segmentBefore(path, name)}`] ?? [];
  const all = Object.entries(known).flatMap(([key, values]) => (key.startsWith('/') ? values : []));
  return fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...(own.length > 0 ? own : all)) },
    fc.constantFrom(...all),
    // Two dots would be another path before it is sent.
    nasty.filter((text) => text !== '' && !/^\.{1,2}$/u.test(text)),
  );
};

/** Lone surrogates can't be in a URL. */
const encode = (text: string): string => encodeURIComponent(text.toWellFormed());

const headerText = fc.stringMatching(/^[\x21-\x7e]{1,40}$/u);

const bodyOf = (operation: Operation, known: Known): fc.Arbitrary<string | undefined> => {
  if (operation.isUpload) return fc.string({ maxLength: 200 });
  if (!operation.body) return fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, nasty);
  return fc.oneof(
    { weight: 5, arbitrary: valid(operation.body, known).map((value) => JSON.stringify(value)) },
    { weight: 4, arbitrary: broken(operation.body, known) },
  );
};

const ofOperation = (
  operation: Operation,
  known: Known,
  callers: number,
): fc.Arbitrary<FuzzRequest> => {
  const inPath = operation.parameters.filter((parameter) => parameter.in === 'path');
  const inQuery = operation.parameters.filter((parameter) => parameter.in === 'query');
  const query = fc.record(
    Object.fromEntries(
      inQuery.map(({ name, schema }) => [
        name,
        fc.oneof(valid(schema, known, name).map(String), nasty),
      ]),
    ),
    { requiredKeys: [] },
  );
  return fc
    .record({
      path: fc.tuple(...inPath.map(({ name }) => pathValue(operation.path, name, known))),
      query,
      key: fc.option(headerText, { nil: undefined, freq: 4 }),
      type: fc.oneof(
        { weight: 12, arbitrary: fc.constant('application/json') },
        fc.constantFrom('text/plain', 'application/octet-stream', 'application/problem+json'),
        headerText,
      ),
      body: bodyOf(operation, known),
      caller: fc.nat(callers - 1),
    })
    .map(({ path, query, key, type, body, caller }) => {
      const pathname = inPath.reduce(
        (target, { name }, index) => target.replace(`{${name}}`, encode(path[index] ?? '')),
        operation.path,
      );
      const search = Object.entries(query)
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => `${encode(name)}=${encode(value ?? '')}`)
        .join('&');
      return {
        route: routeOf(operation),
        method: operation.method,
        target: search === '' ? pathname : `${pathname}?${search}`,
        headers: {
          ...(body === undefined
            ? {}
            : { 'content-type': operation.isUpload ? 'application/octet-stream' : type }),
          ...(key === undefined ? {} : { 'idempotency-key': key }),
        },
        body,
        caller,
      };
    });
};

/** Any request to any operation. */
export const anyRequest = (
  operations: readonly Operation[],
  known: Known,
  callers: number,
): fc.Arbitrary<FuzzRequest> =>
  fc.oneof(...operations.map((operation) => ofOperation(operation, known, callers)));
