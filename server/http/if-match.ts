/** Changes that are meant for a version: If-Match and ETag (RFC 9110, 13.1.1 and 8.8.3). */
import type { Context } from 'hono';
import { z } from 'zod';
import type { MeantFor } from '../usecases/edits.ts';

const tag = '(?:W/)?"[\\x21\\x23-\\x7e]*"';

/** The header of a change that is refused where somebody else changed the same thing first. */
export const IfMatchHeader = z.object({
  'if-match': z
    .string()
    .max(400)
    .regex(
      new RegExp(`^(?:\\*|${tag}(?:\\s*,\\s*${tag})*)$`, 'u'),
      'must be the version in quotes, such as "3-mhx9k2q0"',
    )
    .optional(),
});

/** The versions in the header; a weak one (`W/"..."`) is never the same as any. */
export const meantFor = (headers: z.infer<typeof IfMatchHeader>): MeantFor => {
  const value = headers['if-match'];
  if (value === undefined || value === '*') return undefined;
  return [...value.matchAll(/(W\/)?"([^"]*)"/gu)].flatMap(([, weak, version]) =>
    weak === undefined && version !== undefined ? [version] : [],
  );
};

/** How /openapi.json describes an answer whose ETag is the version. */
export const versioned = <T extends object>(response: T) => ({
  ...response,
  headers: {
    ETag: {
      description: 'The version, for If-Match',
      schema: { type: 'string' as const, example: '"3-mhx9k2q0"' },
    },
  },
});

/** Answers with the version as the ETag. */
export const withVersion = <T extends { readonly version: string }>(c: Context, view: T): T => {
  c.header('ETag', `"${view.version}"`);
  return view;
};
