import { describe, expect, it } from 'vitest';
import { generateKey } from '../../shared/statements/keys.ts';
import { makeId } from '../../shared/ids.ts';
import {
  keyIdOfProof,
  makeProof,
  verifyProof,
} from '../../shared/statements/typed/deactivation.ts';
import {
  expandOfflineKey,
  inspectTypedKey,
  offlineKeyFile,
  shortenOfflineKey,
} from '../../shared/statements/typed/offline-key.ts';
import { makeRequest, parseRequestCode } from '../../shared/statements/typed/offline-request.ts';
import { signStatement, verifyStatement } from '../../shared/statements/statements.ts';
import { cutIntoQrParts, joinQrParts } from '../../shared/statements/typed/qr-parts.ts';
import { makeServerKeys, now, random, serverClaims } from '../support/statements.ts';

const typedLength = (text: string) => text.replaceAll(/\s/g, '').length;
const fingerprint = '5f'.repeat(32);
const fresh = (hostname = 'plc-7', product?: string) => {
  const key = generateKey(random);
  return { key, ...makeRequest({ key, fingerprint, hostname, product, now, random }) };
};

const wrongCharacter = (text: string, at: number) => {
  const other = text[at] === 'Z' ? '0' : 'Z';
  return `${text.slice(0, at)}${other}${text.slice(at + 1)}`;
};

describe('a request code', () => {
  it.each([
    ['typed', 'reports-server'],
    ['file', 'reports-server'],
    ['jws', undefined],
    ['typed', undefined],
  ] as const)('reads back from its %s form (product %s)', (form, product) => {
    const made = fresh('plc-7', product);
    expect(parseRequestCode(made[form])).toEqual({ ok: true, value: made.request });
    expect(made.request.clock).toBe(now);
  });

  it('takes under 200 typed characters, with a long hostname and a product', () => {
    const { typed } = fresh('line-7.press-shop.plant-2.example.com', 'reports-server');
    expect(typedLength(typed)).toBeLessThan(200);
    expect(parseRequestCode(typed)).toMatchObject({ ok: true });
  });

  it('is read however it is typed', () => {
    const { typed, request } = fresh();
    const forms = [
      typed.toLowerCase().replaceAll('0', 'o').replaceAll('1', 'l'),
      typed.replaceAll(' ', '-').replaceAll('\n', '\r\n\r\n'),
      typed.replaceAll(/\s/g, ''),
      typed
        .split('\n')
        .map((line, index) => `${index + 1}. ${line}`)
        .join('\n'),
    ];
    for (const form of forms) expect(parseRequestCode(form)).toEqual({ ok: true, value: request });
  });

  it('names the line of each wrong character', () => {
    const { typed } = fresh();
    for (const [index, character] of Array.from(typed).entries()) {
      if (!/\S/.test(character)) continue;
      const line = typed.slice(0, index).split('\n').length;
      const read = parseRequestCode(wrongCharacter(typed, index));
      expect(read).toMatchObject({ ok: false, error: expect.stringContaining(`Line ${line} `) });
    }
  });

  it('names swapped, missing and short lines', () => {
    const lines = fresh().typed.split('\n');
    const [first = '', second = '', ...rest] = lines;
    const read = (text: readonly string[]) => parseRequestCode(text.join('\n'));
    expect(read([second, first, ...rest])).toMatchObject({ error: /Line 1 / });
    expect(read(lines.slice(0, -1))).toMatchObject({
      error: new RegExp(`missing after line ${lines.length - 1}`),
    });
    expect(read([first, second.slice(1), ...rest])).toMatchObject({ error: /Line 2 has 29/ });
    expect(read([...lines, ...lines])).toMatchObject({ error: /more follows/ });
  });

  it('is refused when its content was changed, in every form', () => {
    const made = fresh();
    const [header, payload = '', signature] = made.jws.split('.');
    const claims = Buffer.from(payload, 'base64url').toString().replace('5f5f', '5f5e');
    const forged = [header, Buffer.from(claims).toString('base64url'), signature].join('.');
    expect(parseRequestCode(forged)).toMatchObject({ ok: false, error: /signature/ });
    const other = fresh('other');
    const mixed = [...other.typed.split('\n').slice(0, 2), ...made.typed.split('\n').slice(2)];
    expect(parseRequestCode(mixed.join('\n'))).toMatchObject({ error: /belong together/ });
  });

  it('is told from other codes', () => {
    expect(parseRequestCode('hello')).toMatchObject({ ok: false });
    expect(parseRequestCode('')).toMatchObject({ error: /no code/ });
    expect(parseRequestCode(offlineKeyFile('abc'))).toMatchObject({ error: /offline key/ });
  });
});

const issue = (claims = serverClaims['offline-key']) => {
  const server = makeServerKeys();
  const jws = signStatement('offline-key', claims, server.signer);
  return { ...server, jws, machine: claims.licet.machine };
};

describe('the typed form of an offline key', () => {
  it('is the same statement, rebuilt on the machine byte by byte', () => {
    const { jws, cert, machine, root } = issue();
    const short = shortenOfflineKey(jws);
    if (!short.ok) throw new Error(short.error);
    const certificates = [makeServerKeys().cert, cert];
    expect(expandOfflineKey(short.value, { machine, certificates })).toEqual({
      ok: true,
      value: jws,
    });
    expect(verifyStatement('offline-key', jws, { roots: [root], now })).toMatchObject({ ok: true });
  });

  const full = (administrator: { readonly email: string; readonly name: string }) => {
    const claims = structuredClone(serverClaims['offline-key']);
    claims.licet.license.name = 'Production, Europe';
    claims.licet.license.entitlements = { reports: true, users: 250, 'export-pdf': true } as never;
    claims.licet.administrator = { ...administrator, password: 'choose' };
    return issue(claims);
  };
  const ana = { email: 'ana.garcia@example.com', name: 'Ana Garcia' };

  it.each([
    ['a full license', ana, undefined],
    ['a long name', { email: 'max.oberhuber@example-works.de', name: 'Max Oberhuber' }, undefined],
    [
      'a long name that is not that of the address, where the request named the product',
      { email: 'm.oberhuber@industrieanlagen-gm.de', name: 'Maximilian O. Oberhuber' },
      'reports-server',
    ],
  ])('takes under 300 typed characters for %s', (_, administrator, product) => {
    const { jws, cert, machine } = full(administrator);
    const short = shortenOfflineKey(jws, product);
    if (!short.ok) throw new Error(short.error);
    expect(typedLength(short.value)).toBeLessThan(300);
    expect(
      expandOfflineKey(short.value, { machine: { ...machine, product }, certificates: [cert] }),
    ).toEqual({ ok: true, value: jws });
  });

  it('is there until 2058, and says why not from then on', () => {
    const claims = structuredClone(serverClaims['offline-key']);
    const at = (year: number) => Date.UTC(year, 0, 2) / 1000;
    const short = (iat: number) =>
      shortenOfflineKey(issue({ ...claims, iat, nbf: iat - 86_400, exp: iat + 86_400 }).jws);
    expect(short(at(2058))).toMatchObject({ ok: true });
    expect(short(at(2059))).toMatchObject({ ok: false, error: /typed form cannot say/ });
  });

  it('leaves out the product that the request named, which only that machine knows', () => {
    const { jws, cert, machine } = full(ana);
    const short = shortenOfflineKey(jws, 'reports-server');
    const text = short.ok ? short.value : '';
    expect(expandOfflineKey(text, { machine, certificates: [cert] })).toMatchObject({
      ok: false,
      error: /another request of this machine/,
    });
    expect(inspectTypedKey(text)).toMatchObject({
      ok: true,
      value: {
        product: '(the one that its request named)',
        license: { name: 'Production, Europe' },
      },
    });
  });

  it('takes no more characters for an end at any second than a time needs', () => {
    const length = (expiresAt: string) => {
      const claims = structuredClone(serverClaims['offline-key']);
      claims.licet.license.expiresAt = expiresAt;
      const short = shortenOfflineKey(issue(claims).jws);
      return short.ok ? typedLength(short.value) : Infinity;
    };
    const midnight = length('2027-12-31T00:00:00.000Z');
    expect(length('2027-12-31T23:59:59.000Z')).toBe(midnight);
    expect(length('2027-12-31T08:15:30.123Z')).toBeLessThan(midnight + 8);
  });

  it.each([
    { expiresAt: null, maxActivations: null, type: 'perpetual' },
    { expiresAt: '2027-01-31T08:15:30Z', maxActivations: 0, type: 'trial' },
    { expiresAt: '2027-12-31T23:59:59.000Z' },
    { expiresAt: '2027-12-31T08:15:30.123Z' },
    { expiresAt: '1999-12-31T23:59:59.000Z' },
    { entitlements: { ratio: 0.25, tier: 'Gold €', offset: -3, big: 5_000_000_000 } },
    { name: 'Прод 🚀 "quoted" \\', entitlements: {} },
  ])('says %j', (part) => {
    const claims = structuredClone(serverClaims['offline-key']);
    Object.assign(claims.licet.license, part);
    const { jws, cert, machine } = issue(claims);
    const short = shortenOfflineKey(jws);
    if (!short.ok) throw new Error(short.error);
    expect(expandOfflineKey(short.value, { machine, certificates: [cert] })).toEqual({
      ok: true,
      value: jws,
    });
  });

  it('does not verify on another machine', () => {
    const { jws, cert, machine, root } = issue();
    const short = shortenOfflineKey(jws);
    const known = { machine: { ...machine, fingerprint }, certificates: [cert] };
    const expanded = expandOfflineKey(short.ok ? short.value : '', known);
    const verified = verifyStatement('offline-key', expanded.ok ? expanded.value : '', {
      roots: [root],
      now,
    });
    expect(verified).toMatchObject({ error: { reason: 'signature' } });
  });

  it('says when the machine lacks the certificate', () => {
    const { jws, machine } = issue();
    const short = shortenOfflineKey(jws);
    expect(
      expandOfflineKey(short.ok ? short.value : '', { machine, certificates: [] }),
    ).toMatchObject({ error: /trust file/ });
  });
});

describe('the armor of an offline key', () => {
  const { jws } = issue();
  const file = offlineKeyFile(jws);
  const read = (text: string) => expandOfflineKey(text, undefined);

  it('has the lines of the design', () => {
    const lines = file.split('\n');
    expect(lines[0]).toBe('-----BEGIN LICET OFFLINE KEY-----');
    expect(lines.at(-2)).toBe('-----END LICET OFFLINE KEY-----');
    expect(lines.slice(1, -3).every((line) => line.length === 64)).toBe(true);
  });

  it.each([
    ['CRLF', file.replaceAll('\n', '\r\n')],
    ['a byte order mark', `\ufeff${file}`],
    ['spaces around and within', file.replaceAll('\n', '  \n   ')],
    ['a mail around it', `Hello,\n\n${file}\nRegards`],
    ['no armor', `  ${jws}\n`],
    ['other line lengths', jws.replaceAll(/.{50}/g, '$&\n')],
  ])('is read with %s', (_, text) => {
    expect(read(text)).toEqual({ ok: true, value: jws });
  });

  it.each([
    ['its end cut off', file.slice(0, 300), /END LICET OFFLINE KEY.*cut off/],
    ['its begin missing', file.slice(40), /BEGIN LICET OFFLINE KEY.*missing/],
    ['a stranger inside', file.replace('eyJ', 'ey*'), /"\*"/],
    ['two in one text', file + file, /more than one/],
    ['nothing inside', offlineKeyFile(''), /nothing between/],
  ])('is refused with %s', (_, text, message) => {
    expect(read(text)).toMatchObject({ ok: false, error: message });
  });
});

describe('a deactivation proof', () => {
  const given = { id: makeId('offlineKey', now, random), licenseId: 'lic_1', fingerprint };
  const key = generateKey(random);
  const proof = makeProof(key, given, now);
  const expected = { ...given, machineKey: key.x };

  it.each(['typed', 'file', 'jws'] as const)('is accepted in its %s form', (form) => {
    expect(verifyProof(proof[form], expected)).toMatchObject({
      ok: true,
      value: { sub: given.id, iat: now / 1000 },
    });
    expect(keyIdOfProof(proof[form])).toEqual({ ok: true, value: given.id });
  });

  it('takes under 160 typed characters', () => {
    expect(typedLength(proof.typed)).toBeLessThan(160);
  });

  it.each([
    ['another key', { ...expected, id: makeId('offlineKey', now, random) }, /Choose that key/],
    [
      'another machine key',
      { ...expected, machineKey: generateKey(random).x },
      /another machine|signature/,
    ],
    ['another license', { ...expected, licenseId: 'lic_2' }, /another license|signature/],
  ])('is refused for %s', (_, against, message) => {
    expect(verifyProof(proof.jws, against)).toMatchObject({ ok: false, error: message });
    expect(verifyProof(proof.typed, against)).toMatchObject({ ok: false, error: message });
  });
});

describe('parts of a QR code', () => {
  const { jws } = issue();

  it('join in any order to the same text', () => {
    const parts = cutIntoQrParts(jws, 5);
    expect(parts).toHaveLength(5);
    expect(joinQrParts(parts.toReversed().join('\n'))).toEqual({ ok: true, value: jws });
    expect(expandOfflineKey(parts.join('\n'), undefined)).toEqual({ ok: true, value: jws });
  });

  it('say which are missing, and refuse those of another code', () => {
    const parts = cutIntoQrParts(jws, 5);
    expect(joinQrParts(parts.slice(1).join('\n'))).toMatchObject({ error: /missing: 1/ });
    const mixed = [...parts.slice(1), ...cutIntoQrParts(jws.replace('e', 'f'), 5)];
    expect(joinQrParts(mixed.join('\n'))).toMatchObject({ error: /different codes/ });
  });
});
