/** Headers of every answer, for browsers and caches that come by. */
import type { Context, MiddlewareHandler } from 'hono';

const headers = {
  // Answers hold tokens and people's data; a route that may be cached says so itself.
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
} as const;

const jsonHeaders = { 'content-type': 'application/json', ...headers } as const;

type Headers = Readonly<Record<string, string>>;

/**
 * Adds the headers. A `c.json` gets all of them as it is made, together with those of `c.header`: the listener then
 * writes it in one go, while a header that is added later takes a Headers object and its copy.
 */
export const answerHeaders: MiddlewareHandler = async (c, next) => {
  let set: Headers | undefined;
  let whole: Response | undefined;
  const { header } = c;
  c.header = (name, value, options) => {
    if (value === undefined || options?.append === true) header(name, value, options);
    else set = { ...set, [name.toLowerCase()]: value };
  };
  const answer = (value: unknown, status = 200, given?: Headers): Response => {
    const all = set || given ? { ...jsonHeaders, ...set, ...given } : jsonHeaders;
    whole = new Response(JSON.stringify(value), { status, headers: all });
    return whole;
  };
  // What the types say of an answer is not in its value.
  c.json = answer as Context['json'];
  await next();
  if (c.res === whole) return;
  for (const [name, value] of Object.entries({ ...set })) c.res.headers.set(name, value);
  for (const [name, value] of Object.entries(headers)) {
    if (!c.res.headers.has(name)) c.res.headers.set(name, value);
  }
};
