/** The API as /openapi.json describes it, its references resolved. */
import { z } from 'zod';

export type Schema = { readonly [name: string]: unknown };

export interface Operation {
  readonly method: string;
  /** With its parameters in braces. */
  readonly path: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly in: 'path' | 'query' | 'header';
    readonly required: boolean;
    readonly schema: Schema;
  }[];
  /** Of a JSON body; null when there is none. */
  readonly body: Schema | null;
  readonly isUpload: boolean;
  /** By status: a check of the JSON, or null where there is no JSON. */
  readonly answers: ReadonlyMap<number, z.ZodType | null>;
}

const resolve = (value: unknown, schemas: Schema): unknown => {
  if (Array.isArray(value)) return value.map((item) => resolve(item, schemas));
  if (typeof value !== 'object' || value === null) return value;
  if ('$ref' in value && typeof value.$ref === 'string') {
    return resolve(schemas[value.$ref.replace('#/components/schemas/', '')], schemas);
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, resolve(member, schemas)]),
  );
};

const Content = z.object({ schema: z.record(z.string(), z.unknown()) });
const Described = z.object({
  components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.object({
        parameters: z
          .array(
            z.object({
              name: z.string(),
              in: z.enum(['path', 'query', 'header']),
              required: z.boolean(),
              schema: z.record(z.string(), z.unknown()),
            }),
          )
          .default([]),
        requestBody: z.object({ content: z.record(z.string(), Content) }).optional(),
        responses: z.record(
          z.string(),
          z.object({ content: z.record(z.string(), Content).optional() }),
        ),
      }),
    ),
  ),
});

const checkOf = (
  content: Record<string, z.infer<typeof Content>> | undefined,
): z.ZodType | null => {
  const json = content?.['application/json'] ?? content?.['application/problem+json'];
  return json ? z.fromJSONSchema(json.schema) : null;
};

/** All operations of the document. */
export const readApi = (document: unknown): readonly Operation[] => {
  const raw = Described.parse(document);
  const { paths } = Described.parse(resolve(raw, raw.components.schemas));
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      parameters: operation.parameters,
      body: operation.requestBody?.content['application/json']?.schema ?? null,
      isUpload: operation.requestBody?.content['application/octet-stream'] !== undefined,
      answers: new Map(
        Object.entries(operation.responses).map(([status, { content }]) => [
          Number(status),
          checkOf(content),
        ]),
      ),
    })),
  );
};
