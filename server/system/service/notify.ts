/** Tells systemd that the server answers (sd_notify(3)). */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/**
 * Sends READY=1 where systemd waits for it; elsewhere does nothing. Through systemd-notify, which waits
 * until the message was taken: Node has no datagram sockets in the file system.
 * @throws when systemd waits and can't be told, since it would stop the server later without a word
 */
export const notifyReady = async (
  environment: Readonly<Record<string, string | undefined>>,
): Promise<void> => {
  const socket = environment['NOTIFY_SOCKET'];
  if (socket === undefined || socket === '') return;
  await promisify(execFile)('systemd-notify', ['--ready', '--status=The server answers.'], {
    env: { PATH: environment['PATH'] ?? '/usr/bin:/bin', NOTIFY_SOCKET: socket },
    timeout: 30_000,
  });
};
