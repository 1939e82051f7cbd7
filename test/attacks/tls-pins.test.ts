/**
 * The attacker has some certificate of an authority that clients have pinned, and stands between a client and
 * its server. A company's authority signs for everybody in it: laptops, mail, people. A pin on it once took any
 * of these for the server, for whatever host and purpose, even one that was signed by a laptop's certificate;
 * and the client sent its token. `licet serve --tls-cert` even asked for such pins.
 */
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { fingerprintOf } from '../../shared/sdk/certificate.ts';
import { createTransport } from '../../shared/sdk/transport.ts';
import { serve } from '../../server/main.ts';
import { createDataFolders, quietLog, type DataFolders } from '../support/server/data-folder.ts';

interface Made {
  readonly cert: string;
  readonly key: string;
}

const server = 'extendedKeyUsage=serverAuth';
const leaf = 'basicConstraints=critical,CA:FALSE';
const here = 'subjectAltName=DNS:localhost,IP:127.0.0.1';

let folder = '';
let folders: DataFolders;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'licet-pins-'));
  folders = await createDataFolders();
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await folders.remove();
});

/** A certificate with these extensions, signed by another or by itself. */
const make = (name: string, extensions: readonly string[], issuer?: Made): Made => {
  const made = { cert: join(folder, `${name}.pem`), key: join(folder, `${name}-key.pem`) };
  const signed = issuer ? ['-CA', issuer.cert, '-CAkey', issuer.key] : [];
  const added = extensions.flatMap((extension) => ['-addext', extension]);
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const out = ['-keyout', made.key, '-out', made.cert, '-days', '30', '-subj', `/CN=${name}`];
  execFileSync(
    'openssl',
    ['req', '-x509', '-config', config(), ...key, ...out, ...added, ...signed],
    {
      stdio: 'pipe',
    },
  );
  return made;
};

/** One without extensions of its own, so that only those of the test count. */
const config = (): string => {
  const file = join(folder, 'openssl.cnf');
  writeFileSync(file, '[req]\ndistinguished_name=dn\n[dn]\n');
  return file;
};

const pinOfFile = ({ cert }: Made): string =>
  fingerprintOf(new X509Certificate(readFileSync(cert)));

/** What a client with this pin hears from a server that shows the chain. */
const askPinned = async (chain: readonly [Made, ...Made[]], pin: string): Promise<string> => {
  let sent = 'nothing was sent';
  const listening = createServer(
    {
      cert: chain.map(({ cert }) => readFileSync(cert, 'utf8')).join('\n'),
      key: readFileSync(chain[0].key),
    },
    (request, response) => {
      sent = String(request.headers.authorization);
      response.end('{}');
    },
  );
  await new Promise<void>((resolve) => {
    listening.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => void listening.close());
  const { port } = listening.address() as AddressInfo;
  const send = createTransport({ pin, timeout: 5000, keepAlive: false });
  try {
    const headers = { authorization: 'the token' };
    await (await send(`https://127.0.0.1:${port}/`, { headers })).text();
  } catch (error) {
    return `${(error as Error).name}, ${sent}`;
  }
  return sent;
};

const refused = 'UntrustedError, nothing was sent';
const authority = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign'];

test('a pin on an authority takes certificates for servers, at this host, that authorities signed', async () => {
  const company = make('company', authority);
  const pin = pinOfFile(company);
  const good = make('good', [leaf, here, server], company);
  expect(await askPinned([good, company], pin)).toBe('the token');
  const middle = make('middle', authority, company);
  expect(await askPinned([make('under', [leaf, here, server], middle), middle, company], pin)).toBe(
    'the token',
  );

  const mail = make('mail', [leaf, 'subjectAltName=DNS:mail.example.com', server], company);
  expect(await askPinned([mail, company], pin)).toBe(refused);
  const laptop = make('laptop', [leaf, here, 'extendedKeyUsage=clientAuth'], company);
  expect(await askPinned([laptop, company], pin)).toBe(refused);
  const made = make('made', [leaf, here, server], good);
  expect(await askPinned([made, good, company], pin)).toBe(refused);
  // A common name counts for nothing: names are in the extension.
  expect(await askPinned([make('127.0.0.1', [leaf, server], company), company], pin)).toBe(refused);
});

test('a pin on the certificate itself needs nothing else', async () => {
  const own = make('own', ['subjectAltName=DNS:elsewhere.example.com']);
  expect(await askPinned([own], pinOfFile(own))).toBe('the token');
  expect(await askPinned([own], 'a'.repeat(64))).toBe(refused);
});

test('a server with a given certificate asks clients to pin that one, not who signed it', async () => {
  const company = make('company-2', authority);
  const good = make('good-2', [leaf, here, server], company);
  const chain = join(folder, 'chain.pem');
  writeFileSync(chain, `${readFileSync(good.cert, 'utf8')}\n${readFileSync(company.cert, 'utf8')}`);
  const running = await serve({
    directory: await folders.make(),
    version: 'test',
    log: quietLog,
    environment: {},
    flags: { listen: '127.0.0.1:0', tlsCert: chain, tlsKey: good.key },
  });
  onTestFinished(() => running.close());
  expect(running.fingerprint).toBe(pinOfFile(good));
  const send = createTransport({ pin: running.fingerprint, timeout: 5000 });
  expect((await send(`${running.url}/healthz`)).status).toBe(200);
});
