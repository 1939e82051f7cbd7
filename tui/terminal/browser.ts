/** Opening an address in the person's browser, where there is one. */
import { spawn } from 'node:child_process';

/** The program that opens addresses; undefined over SSH, and on Linux without a display. */
const opener = (env: NodeJS.ProcessEnv): readonly [string, ...string[]] | undefined => {
  if (env['SSH_CONNECTION'] || env['SSH_TTY']) return undefined;
  if (process.platform === 'darwin') return ['open'];
  // No shell: an address may hold what a shell would read as its own.
  if (process.platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler'];
  return env['DISPLAY'] || env['WAYLAND_DISPLAY'] ? ['xdg-open'] : undefined;
};

/** Opens it; false where no browser can be. Only addresses of the web are opened. */
export const openBrowser = async (env: NodeJS.ProcessEnv, url: string): Promise<boolean> => {
  const command = opener(env);
  if (!command || !/^https?:\/\//u.test(url)) return false;
  const [program, ...args] = command;
  return new Promise((resolve) => {
    const child = spawn(program, [...args, url], { stdio: 'ignore', detached: true, env });
    child.once('error', () => resolve(false));
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
};
