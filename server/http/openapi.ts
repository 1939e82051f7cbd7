/** Corrects what the generator of /openapi.json writes in a way that JSON Schema does not mean. */

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/**
 * A pattern is written with the end of its literal, `^[0-9]{6}$/u`. JSON Schema knows no flags, so what
 * ignores case is spelled out.
 */
const plainPattern = (pattern: string): string => {
  const [, source, flags] = /^(.*)\/([a-z]*)$/su.exec(pattern) ?? [];
  if (source === undefined || flags === undefined) return pattern;
  return flags.includes('i')
    ? source.replaceAll(/a-([fz])/gu, (range, last: string) => `${range}A-${last.toUpperCase()}`)
    : source;
};

const isObject = (value: Json | undefined): value is { [name: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A named schema or null comes as `allOf` of both, which nothing fits: `anyOf` is meant. */
const isNullableReference = (parts: Json | undefined): parts is Json[] => {
  if (!Array.isArray(parts) || parts.length !== 2) return false;
  const [reference, rest] = parts;
  const types = isObject(rest) ? rest['type'] : undefined;
  return (
    isObject(reference) && '$ref' in reference && Array.isArray(types) && types.includes('null')
  );
};

/** The document with patterns and nullable references as JSON Schema has them. */
export const correctDocument = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(correctDocument);
  if (!isObject(value)) return value;
  const members = Object.entries(value).map(([name, member]): [string, Json] => {
    if (name === 'pattern' && typeof member === 'string') return [name, plainPattern(member)];
    if (name === 'allOf' && isNullableReference(member)) {
      return ['anyOf', [correctDocument(member[0] ?? null), { type: 'null' }]];
    }
    return [name, correctDocument(member)];
  });
  return Object.fromEntries(members);
};
