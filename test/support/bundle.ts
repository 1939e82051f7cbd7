/** Programs of tests. The builder of the run (once-a-run.ts) bundles each once, for all files. */
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';

/**
 * A program of tests, bundled when it is first asked for.
 * @param entry a path from the project's root; 'next' for the program as its next version, whose data has
 *   another shape; 'shipped' for the program with the work factors of the product
 * @returns the path of the bundle
 */
export const bundle = async (entry: string): Promise<string> => {
  const socketPath = process.env['LICET_TEST_BUILDER'] ?? '';
  const asked = request({ socketPath, path: `/${entry}`, agent: false }).end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  const said = await text(answer);
  if (answer.statusCode !== 200) throw new Error(said);
  return said;
};
