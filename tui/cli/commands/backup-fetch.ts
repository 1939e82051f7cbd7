/** `licet backup --server URL`: a backup from a server elsewhere, by an operator who is signed in. */
import { open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { Done } from '../../client/actions/done.ts';
import { cancelable } from '../cancelable.ts';
import { connect, type ConnectOptions } from '../connect.ts';
import { CommandError, exitCodes, toCommandError } from '../failure.ts';
import type { Io } from '../io.ts';
import { openInput, readSecret } from '../secrets.ts';

const kindOf = (file: string): Promise<'folder' | 'file' | 'nothing'> =>
  stat(file).then(
    (found) => (found.isDirectory() ? 'folder' : 'file'),
    () => 'nothing',
  );

/** The file to make: what was named, or in a named folder by the name that the server gives. */
const fileFor = async (place: string, answer: Response): Promise<string> => {
  const named = /filename="([\w.-]+)"/u.exec(answer.headers.get('content-disposition') ?? '')?.[1];
  const isFolder = (await kindOf(place)) === 'folder';
  const file = isFolder ? path.join(place, named ?? 'licet.tar.gz') : place;
  if ((await kindOf(file)) === 'nothing') return file;
  throw new CommandError(exitCodes.failed, `${file} is there already.`, 'Name another file.');
};

/** Writes the answer to the file, and unpacks it on the way: one that was cut off is found at once. */
const receive = async (answer: Response, file: string, signal: AbortSignal): Promise<number> => {
  const part = `${file}.part`;
  const handle = await open(part, 'w', 0o600);
  let bytes = 0;
  const write = async function* (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      await handle.appendFile(chunk);
      bytes += chunk.length;
      yield chunk;
    }
  };
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  try {
    await pipeline(answer.body ?? [], write, createGunzip(), nowhere, { signal });
    await handle.sync();
    await handle.close();
    await rename(part, file);
    return bytes;
  } catch (error) {
    await handle.close();
    await rm(part, { force: true });
    if (signal.aborted) throw signal.reason;
    throw new CommandError(
      exitCodes.failed,
      `The backup did not arrive whole (${error instanceof Error ? error.message : String(error)}). Nothing is kept of it.`,
      "Try again. If it stays so, the server's log says why.",
    );
  }
};

/** Fetches a backup into the file or folder. */
export const fetchBackup = async (
  io: Io,
  options: ConnectOptions & { readonly passwordFile?: string | undefined },
  place: string,
  releases: boolean,
): Promise<Done> => {
  const { client } = await connect(io, options, true);
  const currentPassword = await readSecret(io, openInput(io), options.passwordFile, {
    label: 'Your password',
    option: '--password-file',
    chosen: false,
    hidden: true,
    check: (text) => (text === '' ? 'The password is needed.' : undefined),
  });
  return cancelable(async (signal) => {
    const answer = await client.backup({ currentPassword }, releases, signal);
    if (!answer.ok) throw toCommandError(answer.error);
    const file = await fileFor(place, answer.value);
    const bytes = await receive(answer.value, file, signal);
    return {
      message: `The backup is made: ${file}`,
      data: { file, bytes, server: client.server },
      blocks: [],
      next: `It has all but the unlock secret. To bring it back: licet restore ${file} --data NEW-FOLDER`,
    };
  });
};
