/** The version of this program; the bundler writes it in, from package.json. */
declare const LICET_VERSION: string | undefined;

export const version: string = typeof LICET_VERSION === 'string' ? LICET_VERSION : '0.0.0-source';
