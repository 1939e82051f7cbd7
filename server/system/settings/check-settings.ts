/** What must hold among the settings of a server, and of the files that they name, before it starts. */
import { checkPlainHttp } from '../listen.ts';
import type { ServerSettings } from './settings-table.ts';
import { readIdentity } from '../tls/identity.ts';

const usesTls = ({ tls, tlsCert }: ServerSettings): boolean => tls || tlsCert !== null;

/** Refuses plain HTTP where others could listen. @throws Failure `setting` */
export const checkTransport = (settings: ServerSettings): void =>
  checkPlainHttp(settings.listen, usesTls(settings), settings.insecureHttp);

/**
 * All that a start would refuse of settings, but what only the machine can tell: whether the port is free,
 * and whether the keys open. Changes nothing. `now` in milliseconds.
 * @throws Failure `setting`
 */
export const checkSettings = async (
  directory: string,
  settings: ServerSettings,
  now: number,
): Promise<void> => {
  checkTransport(settings);
  // A certificate of its own is made when the server starts.
  await readIdentity({ directory }, { ...settings, tls: false }, now);
};
