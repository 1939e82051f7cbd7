/** The version of this program; the bundler writes it in, from package.json. */
declare const LICET_VERSION: string | undefined;

export const version: string = typeof LICET_VERSION === 'string' ? LICET_VERSION : '0.0.0-source';

/** Whether the command line asks for the version alone; answered before anything more is loaded. */
export const asksVersion = (args: readonly string[]): boolean =>
  args.length === 1 && (args[0] === '--version' || args[0] === '-V');
