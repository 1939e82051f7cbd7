/**
 * The attacker writes what somebody else reads at a terminal: a file that is carried to a technician, or what
 * a hostile server answers. Terminals carry escape sequences out: they set titles, hide lines, answer as if
 * somebody had typed. The screens drew all text inert; the command line and the plain mode printed it.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { generateKey, signerOf } from '../../shared/statements/keys.ts';
import { toBase64url, utf8 } from '../../shared/bytes.ts';
import { random } from '../../server/system/create-deps.ts';
import { licet, makeFolder, type Ran, type TestFolder } from '../support/licet.ts';

/** Sets a title, clears the screen, goes over the line, in 8 bits too, and turns the line around. */
const commands = '\u001b]0;owned\u0007\u001b[2J\rover\u009b2J\u202eback\u007f';
// oxlint-disable-next-line no-control-regex -- they are what it is about
const carriedOut = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/u;

let folder: TestFolder;
beforeAll(async () => {
  folder = await makeFolder();
});
afterAll(() => folder.remove());

/** What a terminal would carry out of what was said; something must have been said. */
const carried = ({ stdout, stderr }: Ran): string | null => {
  if (stdout + stderr === '') return 'nothing was said';
  const found = carriedOut.exec(stdout + stderr);
  return found && JSON.stringify(found[0]);
};

/** A statement by nobody whose header and claims have the sequences. */
const hostileStatement = (header: object, claims: object): string => {
  const signer = signerOf(generateKey(random));
  const part = (value: object): string => toBase64url(utf8(JSON.stringify(value)));
  const head = { alg: 'EdDSA', typ: 'licet-offline-request+jwt', kid: signer.kid, ...header };
  const input = `${part(head)}.${part({ iss: signer.kid, iat: 1_800_000_000, ...claims })}`;
  return `${input}.${toBase64url(signer.sign(utf8(input)))}`;
};

describe('a file that was carried here', () => {
  test.each([
    ['a request for a product of that name', {}, { jti: 'a', aud: commands }],
    ['a proof for a key of that name', { typ: 'licet-deactivation+jwt' }, { sub: commands }],
    ['a key of that kid', { typ: 'licet-offline-key+jwt', kid: commands }, { sub: 'a' }],
    ['a type of that name', { typ: commands }, {}],
    ['a member of that name', { [commands]: true }, { [commands]: 1 }],
  ])('%s is shown inert by every command that reads one', async (_, header, claims) => {
    const file = await folder.file('carried.txt', hostileStatement(header, claims));
    const state = path.join(folder.path, 'state');
    for (const line of [
      `offline-key verify ${file}`,
      `offline-key inspect ${file}`,
      `offline-key enter ${file} --state-dir ${state}`,
    ]) {
      expect(carried(await licet(line))).toBeNull();
      expect(carried(await licet(`${line} --json`))).toBeNull();
    }
  });
});

describe('a hostile server', () => {
  const answering = async (answer: (url: string) => object, status = 200): Promise<string> => {
    const server = createServer((request, response) => {
      const type = status < 400 ? 'application/json' : 'application/problem+json';
      response.writeHead(status, { 'content-type': type });
      response.end(JSON.stringify(answer(request.url ?? '')));
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    onTestFinished(() => void server.close());
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };

  const problem = {
    type: 'about:blank',
    title: commands,
    status: 401,
    code: 'invalid-credentials',
    detail: `Wrong.${commands}`,
  };

  test('says nothing to the terminal by what it refuses with', async () => {
    const url = await answering(() => problem, 401);
    const env = { LICET_CONFIG_DIR: path.join(folder.path, 'config') };
    const line = `login ana@example.com --server ${url}`;
    const plain = await licet(line, { env, input: 'a password of mine' });
    expect(plain.stderr).toContain('Wrong.');
    expect(carried(plain)).toBeNull();
    const json = await licet(`${line} --json`, { env, input: 'a password of mine' });
    expect(carried(json)).toBeNull();
    // For programs nothing is lost: it is escaped.
    const { error } = JSON.parse(json.stderr) as { error: string };
    expect(error).toContain(commands);
  });

  test('nor in the plain mode, by its name or a refusal', async () => {
    const about = {
      name: `Portal${commands}`,
      version: '1.0.0',
      issuer: 'iss_1',
      state: 'ready',
      reason: null,
      signingKeyEndsAt: '2099-01-01T00:00:00Z',
      now: '2026-11-24T00:00:00Z',
      demo: { text: `Welcome${commands}` },
      support: { contact: null, links: [] },
    };
    const url = await answering((asked) => (asked.includes('sessions') ? problem : about));
    const ran = await licet(`--plain --server ${url}`, {
      env: { LICET_CONFIG_DIR: path.join(folder.path, 'plain') },
      input: '1\nana@example.com\na password of mine\n\n4\n',
    });
    expect(ran.stdout).toContain('Welcome');
    expect(carried(ran)).toBeNull();
  });
});
