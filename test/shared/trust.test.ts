import { describe, expect, it } from 'vitest';
import { signerOf, toJwk } from '../../shared/statements/keys.ts';
import { signStatement } from '../../shared/statements/statements.ts';
import { makeTrustFile, parseTrust, toPem } from '../../shared/statements/trust.ts';
import { issuer, makeServerKeys, revocations } from '../support/statements.ts';

const server = makeServerKeys();
const { root, signing, cert } = server;
const spare = makeServerKeys().root;
const list = revocations(signing.kid);
const file = makeTrustFile({
  issuer,
  roots: [root, spare],
  certificates: [cert],
  revocations: signStatement('revocations', list, signerOf(root)),
});

const kids = (text: string): string[] | string => {
  const trust = parseTrust(text);
  return trust.ok ? trust.value.roots.map(({ kid }) => kid) : trust.error;
};

describe('what is trusted', () => {
  it.each([
    ['a trust file', JSON.stringify(file), [root.kid, spare.kid]],
    [
      'a trust file with a byte order mark and CRLF',
      `\ufeff${JSON.stringify(file, null, 2).replaceAll('\n', '\r\n')}`,
      [root.kid, spare.kid],
    ],
    ['a JWK', JSON.stringify(toJwk(root)), [root.kid]],
    ['a JWKS', JSON.stringify({ keys: [toJwk(root), toJwk(spare)] }), [root.kid, spare.kid]],
    ['PEM keys, one after the other', toPem(root) + toPem(spare), [root.kid, spare.kid]],
    ['a bare key', `${root.x}\n`, [root.kid]],
  ])('is read from %s', (_, text, expected) => {
    expect(kids(text)).toEqual(expected);
  });

  it('brings certificates and the list of revoked keys', () => {
    expect(parseTrust(JSON.stringify(file))).toMatchObject({
      ok: true,
      value: { issuer, certificates: [cert], revocations: list },
    });
  });

  it.each([
    ['nothing', '', /not a root key or trust file/],
    ['a word', 'trust me', /not a root key or trust file/],
    ['JSON of something else', '{"a":1}', /not a root key or trust file/],
    ['broken JSON', '{"keys":[', /not a root key or trust file/],
    [
      'a private PEM',
      '-----BEGIN PRIVATE KEY-----\nMC4CAQAw\n-----END PRIVATE KEY-----',
      /not a root key/,
    ],
    [
      'a degenerate key',
      JSON.stringify({ kty: 'OKP', crv: 'Ed25519', x: `AQ${'A'.repeat(41)}` }),
      /not a usable/,
    ],
    ['a P-256 key', JSON.stringify({ kty: 'EC', crv: 'P-256', x: 'a', y: 'b' }), /not a usable/],
    [
      'a certificate of a stranger',
      JSON.stringify({ ...file, certificates: [makeServerKeys().cert] }),
      /certificate in this file is refused/,
    ],
    [
      'a list that a signing key signed',
      JSON.stringify({
        ...file,
        revocations: signStatement('revocations', list, signerOf(signing)),
      }),
      /revocation list in this file is refused/,
    ],
  ])('is not read from %s', (_, text, message) => {
    expect(kids(text)).toMatch(message);
  });
});
