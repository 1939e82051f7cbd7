/** The browser of the person at this terminal, where there is one. */
import { z } from 'zod';
import type { Action } from '../client/actions/action.ts';
import type { Done } from '../client/actions/done.ts';
import { useApp } from './use-app.ts';
import { useNotify } from './use-terminal.ts';

const Leading = z.looseObject({ url: z.string() });

/**
 * Takes the person to where a trial can be tried, and says so. Over SSH, without a display, or where the
 * person's machine is not this one, nothing happens: the action's page shows the address.
 */
export const useBrowser = (): ((action: Action, done: Done) => Promise<void>) => {
  const { env, files } = useApp();
  const notify = useNotify();
  return async ({ opensUrl }, { data }) => {
    const url = opensUrl ? Leading.safeParse(data).data?.url : undefined;
    if (!files || url === undefined) return;
    const { openBrowser } = await import('../terminal/browser.ts');
    if (await openBrowser({ ...env }, url)) notify('Your browser opens it now.', 'good');
  };
};
