import { chmod, readdir, readFile, rm, stat, writeFile, cp } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { verifyProof } from '../../../shared/statements/typed/deactivation.ts';
import { signerOf } from '../../../shared/statements/keys.ts';
import { shortenOfflineKey } from '../../../shared/statements/typed/offline-key.ts';
import {
  createRequest,
  enterOfflineKey,
  giveBackOfflineKey,
  machineFingerprint,
  verifyOfflineKey,
} from '../../../shared/sdk/index.ts';
import { signStatement } from '../../../shared/statements/statements.ts';
import { makeTrustFile } from '../../../shared/statements/trust.ts';
import { day, makeServerKeys, revocations } from '../../support/statements.ts';
import { makeOfflineMachine, must, temporaryFolder } from '../../support/machines/machine.ts';

const hours = 3_600_000;
const product = 'reports-server';

const licensed = async () => {
  const offline = await makeOfflineMachine();
  const request = await offline.request();
  const issued = offline.issue(request);
  must(await enterOfflineKey({ ...offline.options, key: issued.file }));
  return { ...offline, request, issued, verify: () => verifyOfflineKey(offline.options) };
};

describe('an offline machine', () => {
  it('is licensed by a file: what, for whom, until when', async () => {
    const { verify, issued } = await licensed();
    expect(must(await verify())).toMatchObject({
      source: 'offline-key',
      product,
      license: { name: 'Prod', entitlements: { reports: true, users: 25 } },
      administrator: { email: 'ana@example.com', password: 'choose' },
      until: new Date(issued.claims.exp * 1000).toISOString(),
      warnings: [],
    });
  });

  it('is licensed by typed lines, and holds the very statement that the server signed', async () => {
    const { options, request, issue, stateDir } = await makeOfflineMachine();
    const { jws } = issue(await request());
    const short = shortenOfflineKey(jws);
    const typed = short.ok ? short.value : '';
    must(await enterOfflineKey({ ...options, key: typed.toLowerCase() }));
    const kept = await readFile(path.join(stateDir, `offline-key.${product}.json`), 'utf8');
    expect(JSON.parse(kept)).toMatchObject({ key: jws });
    const wrong = typed.replace(/\n(.)/, (_, first: string) => `\n${first === 'Z' ? 'Y' : 'Z'}`);
    expect(await enterOfflineKey({ ...options, key: wrong })).toMatchObject({
      error: { kind: 'rejected', reason: 'unreadable', message: /^Line 2 / },
    });
  });

  it('keeps its key pair from request to request, so that a renewed key fits', async () => {
    const { request, issue, options, time } = await makeOfflineMachine();
    const first = await request();
    time.now += 30 * day * 1000;
    const second = await request();
    expect(second.request.key).toBe(first.request.key);
    expect(must(await enterOfflineKey({ ...options, key: issue(first).jws })).product).toBe(
      product,
    );
  });

  it('keeps its secrets to itself', async () => {
    const { stateDir, verify } = await licensed();
    const names = await readdir(stateDir);
    const modes = await Promise.all(names.map((name) => stat(path.join(stateDir, name))));
    expect(names.filter((_, index) => ((modes[index]?.mode ?? 0) & 0o077) !== 0)).toEqual([]);
    await chmod(path.join(stateDir, 'machine.json'), 0o644);
    expect(await verify()).toMatchObject({ error: { kind: 'state', message: /chmod 600/ } });
  });

  it('says what to do when there is nothing yet', async () => {
    const { options } = await makeOfflineMachine();
    expect(await verifyOfflineKey(options)).toMatchObject({ error: { kind: 'missing' } });
    expect(await giveBackOfflineKey(options)).toMatchObject({ error: { kind: 'missing' } });
  });

  it('warns, and runs on, when the end is near or past in grace', async () => {
    const { request, issue, options, time } = await makeOfflineMachine();
    const { jws } = issue(await request(), time.now, { exp: Date.UTC(2027, 1, 14) / 1000 });
    time.now = Date.UTC(2027, 0, 20);
    const told = async () => must(await verifyOfflineKey({ ...options, key: jws }));
    const message = 'The license expires in 11 days. Renew it.';
    expect(await told()).toMatchObject({
      warnings: [message],
      notices: [{ code: 'expires-within-30-days', daysLeft: 11, message }],
    });
    time.now = Date.UTC(2027, 1, 1);
    expect(await told()).toMatchObject({
      warnings: [expect.stringContaining('has expired')],
      notices: [{ code: 'in-grace', daysLeft: 13 }],
    });
  });
});

describe('a list of revoked keys', () => {
  const carried = async (...kids: readonly string[]) => {
    const machine = await licensed();
    const { root, cert, signing } = machine.server;
    const list = revocations(...kids.map((kid) => (kid === 'signing' ? signing.kid : kid)));
    const roots = JSON.stringify(
      makeTrustFile({
        issuer: list.iss,
        roots: [root],
        certificates: [cert],
        revocations: signStatement('revocations', list, signerOf(root)),
      }),
    );
    return { ...machine, list, roots, signing };
  };

  it('refuses what a revoked key signed, and is remembered where it was carried once', async () => {
    const { options, roots, signing, verify } = await carried('signing');
    must(await verify());
    const refused = {
      error: { reason: 'revoked-key', message: new RegExp(signing.kid.slice(0, 12), 'u') },
    };
    expect(await verifyOfflineKey({ ...options, roots })).toMatchObject(refused);
    expect(await verify()).toMatchObject(refused);
  });

  it('past its date warns, and refuses nothing', async () => {
    const { options, roots, list, time } = await carried('another');
    time.now = list.exp * 1000;
    expect(must(await verifyOfflineKey({ ...options, roots })).warnings).toEqual([]);
    time.now += 1;
    const message = 'The list of revoked keys is past its date. Bring a newer trust file.';
    expect(must(await verifyOfflineKey({ ...options, roots }))).toMatchObject({
      warnings: [message],
      notices: [{ code: 'revocations-outdated', daysLeft: null, message }],
    });
  });
});

describe('a key for something else', () => {
  it('is refused: another machine, a copy, another product, a stranger, no request', async () => {
    const one = await licensed();
    const other = await makeOfflineMachine(one.server);
    await other.request();
    const key = one.issued.file;
    expect(await verifyOfflineKey({ ...other.options, key })).toMatchObject({
      error: { reason: 'no-private-key', message: /copied key does not work/ },
    });
    expect(await verifyOfflineKey({ ...one.options, fingerprint: '88'.repeat(32) })).toMatchObject({
      error: { reason: 'wrong-machine' },
    });
    expect(await verifyOfflineKey({ ...one.options, key, product: 'other' })).toMatchObject({
      error: { reason: 'audience' },
    });
    const { sub } = one.issued.claims;
    must(await verifyOfflineKey({ ...one.options, key, licenseId: sub }));
    expect(await verifyOfflineKey({ ...one.options, key, licenseId: 'lic_other' })).toMatchObject({
      error: { reason: 'wrong-license', message: /\(Prod\), not of lic_other/ },
    });
    const stranger = await makeOfflineMachine(makeServerKeys());
    expect(await verifyOfflineKey({ ...one.options, roots: stranger.roots })).toMatchObject({
      error: { reason: 'unknown-key' },
    });
    const fresh = await makeOfflineMachine(one.server);
    expect(await verifyOfflineKey({ ...fresh.options, key })).toMatchObject({
      error: { reason: 'no-private-key', message: /no request/ },
    });
  });
});

describe('typed lines of another machine', () => {
  it('are told from damaged ones: every line is right, so it must be the machine', async () => {
    const one = await licensed();
    const other = await makeOfflineMachine(one.server);
    await other.request();
    const short = shortenOfflineKey(one.issued.jws);
    const typed = short.ok ? short.value : '';
    expect(await enterOfflineKey({ ...other.options, key: typed })).toMatchObject({
      error: { reason: 'wrong-machine', message: /not the key of this machine \(plc-7, finger/ },
    });
    must(await giveBackOfflineKey(one.options));
    must(await createRequest(one.options));
    expect(await enterOfflineKey({ ...one.options, key: typed })).toMatchObject({
      error: { reason: 'wrong-machine', message: /carry sheet.*set up anew.*make a new one/ },
    });
  });
});

describe('the clock', () => {
  it('may be set back by 24 hours, not by more', async () => {
    const { verify, time } = await licensed();
    time.now += 100 * hours;
    must(await verify());
    time.now -= 24 * hours;
    must(await verify());
    time.now -= 1;
    expect(await verify()).toMatchObject({
      error: { reason: 'clock-set-back', message: /already reached .* it was set back/ },
    });
  });

  it('may not be more than 24 hours before the key was signed', async () => {
    const { verify, time } = await licensed();
    time.now -= 24 * hours;
    must(await verify());
    time.now -= 11 * 60_000;
    expect(await verify()).toMatchObject({ error: { reason: 'not-yet-valid' } });
  });

  it('that was years ahead and is corrected comes back with a renewed key, never with the old one', async () => {
    const { verify, time, options, issue, request, issued } = await licensed();
    const right = time.now;
    time.now += 3 * 365 * 24 * hours;
    expect(await verify()).toMatchObject({ error: { reason: 'expired' } });
    time.now = right + hours;
    expect(await verify()).toMatchObject({ error: { reason: 'clock-set-back', message: /renew/ } });
    expect(await enterOfflineKey({ ...options, key: issued.file })).toMatchObject({
      error: { reason: 'clock-set-back' },
    });
    must(await enterOfflineKey({ ...options, key: issue(request).file }));
    must(await verify());
    time.now -= 25 * hours;
    expect(await verify()).toMatchObject({ ok: false });
  });

  it('that was years ahead already at the request is no obstacle', async () => {
    const { time, options, request, issue } = await makeOfflineMachine();
    const right = time.now;
    time.now += 9 * 365 * 24 * hours;
    const asked = await request();
    time.now = right;
    const entered = await enterOfflineKey({ ...options, key: issue(asked).file });
    expect(entered).toMatchObject({ ok: true });
  });

  it('marks that were removed stop the key, and a new request makes a new pair', async () => {
    const { verify, stateDir, request, options, issued } = await licensed();
    await rm(path.join(stateDir, 'clock.json'));
    expect(await verify()).toMatchObject({
      error: { kind: 'state', message: /clock\.json is missing/ },
    });
    const again = must(await createRequest(options));
    expect(again.request.key).not.toBe(request.request.key);
    expect(await verifyOfflineKey({ ...options, key: issued.file })).toMatchObject({
      error: { reason: 'no-private-key' },
    });
  });

  it('marks that are damaged are named', async () => {
    const { verify, stateDir } = await licensed();
    await writeFile(path.join(stateDir, 'clock.json'), '{"seen":1');
    expect(await verify()).toMatchObject({
      error: { kind: 'state', message: /clock\.json is damaged/ },
    });
  });
});

describe('giving back', () => {
  it('makes the key unusable, gives a proof that the server accepts, and shows it again', async () => {
    const { verify, options, issued, request } = await licensed();
    const back = must(await giveBackOfflineKey(options));
    const given = {
      id: issued.claims.jti,
      licenseId: issued.claims.sub,
      fingerprint: request.request.fingerprint,
      machineKey: request.request.key,
    };
    for (const form of [back.jws, back.file, back.typed]) {
      expect(verifyProof(form, given)).toMatchObject({ ok: true });
    }
    expect(await verify()).toMatchObject({
      error: { kind: 'missing', message: /given back on .*Make a new request/ },
    });
    expect(await enterOfflineKey({ ...options, key: issued.file })).toMatchObject({
      error: { reason: 'given-back' },
    });
    expect(must(await giveBackOfflineKey(options))).toEqual(back);
    expect(must(await giveBackOfflineKey({ ...options, key: issued.file }))).toEqual(back);
  });

  it('holds also when its tombstone is deleted: the private key is gone', async () => {
    const { options, issued, stateDir } = await licensed();
    must(await giveBackOfflineKey(options));
    await rm(path.join(stateDir, 'returned.json'));
    expect(await enterOfflineKey({ ...options, key: issued.file })).toMatchObject({
      error: { reason: 'no-private-key' },
    });
    expect(await readFile(path.join(stateDir, 'machine.json'), 'utf8')).not.toContain('"d"');
  });

  it('of one of two products can not be undone by deleting its tombstone', async () => {
    const { options, issued, issue, request, time, stateDir } = await licensed();
    const other = issue(request, time.now, { jti: 'key_other', sub: 'lic_other', aud: 'other' });
    must(await enterOfflineKey({ ...options, key: other.file }));
    must(await giveBackOfflineKey({ ...options, product }));
    await rm(path.join(stateDir, 'returned.json'));
    const refused = { error: { reason: 'given-back' } };
    expect(await enterOfflineKey({ ...options, key: issued.file })).toMatchObject(refused);
    must(await createRequest(options));
    expect(await enterOfflineKey({ ...options, key: issued.file })).toMatchObject(refused);
    must(await verifyOfflineKey({ ...options, product: 'other' }));
  });

  it('goes on where a crash stopped it', async () => {
    const { options, stateDir, verify } = await licensed();
    const before = await temporaryFolder();
    await cp(stateDir, before, { recursive: true });
    const proof = must(await giveBackOfflineKey(options));
    // As if the process had ended between the tombstone and the proof.
    const returned = JSON.parse(await readFile(path.join(stateDir, 'returned.json'), 'utf8'));
    returned.keys[0].proof = null;
    await cp(before, stateDir, { recursive: true, force: true });
    await writeFile(path.join(stateDir, 'returned.json'), JSON.stringify(returned), {
      mode: 0o600,
    });
    expect(await verify()).toMatchObject({ error: { reason: 'given-back' } });
    expect(must(await giveBackOfflineKey(options)).keyId).toBe(proof.keyId);
    expect(await verify()).toMatchObject({ error: { kind: 'missing' } });
  });

  it('works for a key that has ended, and then a new request starts anew', async () => {
    const { options, time, request } = await licensed();
    time.now += 400 * 24 * hours;
    must(await giveBackOfflineKey(options));
    const again = must(await createRequest(options));
    expect(again.request.key).not.toBe(request.request.key);
  });

  it('gives up every key of that license and pair, also one that was renewed and never entered', async () => {
    const { options, issued, issue, request, time } = await licensed();
    time.now += hours;
    const renewed = issue(request, time.now, { jti: 'key_renewed' });
    // Another product keeps the key pair in use.
    const other = issue(request, time.now, { jti: 'key_other', sub: 'lic_other', aud: 'other' });
    must(await enterOfflineKey({ ...options, key: other.file }));
    time.now += hours;
    const back = must(await giveBackOfflineKey({ ...options, product }));
    expect(back.keyId).toBe(issued.claims.jti);
    expect(await enterOfflineKey({ ...options, key: renewed.file })).toMatchObject({
      error: { reason: 'given-back' },
    });
    must(await verifyOfflineKey({ ...options, product: 'other' }));
    time.now += hours;
    const next = issue(request, time.now, { jti: 'key_next' });
    must(await enterOfflineKey({ ...options, key: next.file }));
  });

  it('refuses the key of another machine', async () => {
    const { options } = await licensed();
    const other = await licensed();
    expect(await giveBackOfflineKey({ ...options, key: other.issued.file })).toMatchObject({
      error: { kind: 'rejected' },
    });
  });
});

describe('the fingerprint', () => {
  it('is stable, and can be set', async () => {
    const stateDir = await temporaryFolder();
    const first = must(await machineFingerprint({ stateDir }));
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(must(await machineFingerprint({ stateDir }))).toBe(first);
    expect(must(await machineFingerprint({ stateDir, fingerprint: 'AB'.repeat(32) }))).toBe(
      'ab'.repeat(32),
    );
    expect(await machineFingerprint({ stateDir, fingerprint: 'pod-7' })).toMatchObject({
      error: { kind: 'state', message: /64 hex digits/ },
    });
  });

  it('that was set for the request is remembered for the key', async () => {
    const { options, request, issue } = await makeOfflineMachine();
    const key = issue(await request()).file;
    const verified = await verifyOfflineKey({ ...options, fingerprint: undefined, key });
    expect(verified).toMatchObject({ ok: true });
  });
});
