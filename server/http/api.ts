/** Routes as they are declared: described for the API's documentation, and run as one function each. */
import { OpenAPIHono, type RouteConfig } from '@hono/zod-openapi';
import type { Context, Env, MiddlewareHandler } from 'hono';
import { createInputCheck } from './input.ts';

type Declared = RouteConfig & { readonly middleware?: MiddlewareHandler };
type Handler = (c: Context) => Response | Promise<Response>;

const goOn = async (): Promise<void> => undefined;

/** Who calls, then what they send, then the route. A guard does nothing after its `next`. */
const runInOrder = (
  guard: MiddlewareHandler | undefined,
  check: (c: Context) => void,
  handler: Handler,
): Handler =>
  guard
    ? async (c) => {
        await guard(c, goOn);
        check(c);
        return handler(c);
      }
    : (c) => {
        check(c);
        return handler(c);
      };

/**
 * An app whose invalid input is refused as a problem. The library itself would run a middleware for each part of the
 * input, each with a promise of its own.
 */
export const newApi = <E extends Env = Env>(): OpenAPIHono<E> => {
  const api = new OpenAPIHono<E>();
  const declare = ({ middleware, ...route }: Declared, handler: Handler): OpenAPIHono<E> => {
    api.openAPIRegistry.registerPath(route);
    const path = route.path.replaceAll(/\/\{(.+?)\}/gu, '/:$1');
    api.on(
      [route.method],
      [path],
      runInOrder(middleware, createInputCheck(route.request), handler),
    );
    return api;
  };
  api.openapi = declare as unknown as typeof api.openapi;
  return api;
};
