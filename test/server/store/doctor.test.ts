import { createHash } from 'node:crypto';
import { chmod, cp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { backup } from '../../../server/store/backup/backup.ts';
import { diagnose } from '../../../server/store/doctor/doctor.ts';
import { openStore, type FileStore } from '../../../server/store/folder/open-store.ts';
import { repair } from '../../../server/store/doctor/repair.ts';
import { portSchema, type PortSchema } from './schema.ts';
import { flip, makeTemporaryFolder, openPort, putSeat, silentLog } from './support.ts';

let place: string;
let directory: string;

const open = (): Promise<FileStore<PortSchema>> =>
  openStore({ directory, schema: portSchema, now: Date.now, log: silentLog, create: true });

const doctor = () => diagnose({ directory, now: Date.now });
const heal = () => repair({ directory, now: Date.now, log: silentLog });

const hostnames = async (): Promise<readonly string[]> => {
  const store = await open();
  const all = await store.read(async (reader) =>
    (await reader.seats.list()).map((seat) => seat.hostname),
  );
  await store.close();
  return all;
};

const fingerprint = async (): Promise<string> => {
  const hash = createHash('sha256');
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const { mode, mtimeMs } = await stat(path);
    hash.update(`${path} ${mode} ${mtimeMs}`).update(await readFile(path));
  }
  return hash.digest('hex');
};

beforeEach(async () => {
  place = await makeTemporaryFolder();
  directory = join(place, 'data');
  const store = await open();
  for (let n = 1; n <= 5; n += 1)
    await putSeat(store, { id: `act_${n}`, licenseId: 'l', hostname: `h${n}` });
  await store.close();
});

afterEach(() => rm(place, { recursive: true, force: true }));

describe('the doctor', () => {
  it('finds nothing in a sound folder but that no backup is known, and changes nothing', async () => {
    const before = await fingerprint();
    expect(await doctor()).toMatchObject({
      ok: true,
      inUseBy: undefined,
      newestBackup: undefined,
      findings: [{ severity: 'note', message: 'No backup of this folder is known.' }],
      state: { seq: 5, era: 1, schemaVersion: 1, documents: 5, segments: 1 },
    });
    expect(await fingerprint()).toBe(before);
    const { file } = await backup({ directory, file: place, now: Date.now });
    expect(await doctor()).toMatchObject({ findings: [], newestBackup: { file, seq: 5 } });
  });

  it('looks at a folder that is in use, and says by which process', async () => {
    const store = await open();
    await putSeat(store, { id: 'act_6', licenseId: 'l', hostname: 'h6' });
    expect(await doctor()).toMatchObject({
      ok: true,
      inUseBy: process.pid,
      state: { seq: 6, documents: 6 },
    });
    await expect(heal()).rejects.toMatchObject({ code: 'in-use' });
    await store.close();
  });

  it('says that the oldest records are missing, although a start does not need them', async () => {
    const store = await openPort(directory, { segment: 600 });
    for (let n = 6; n <= 12; n += 1)
      await putSeat(store, { id: `act_${n}`, licenseId: 'l', hostname: `h${n}` });
    await store.close();
    expect((await doctor()).ok).toBe(true);
    await rm(join(directory, 'journal/000000000001.jsonl'));
    const { ok, findings } = await doctor();
    expect(ok).toBe(false);
    expect(findings[0]).toMatchObject({
      severity: 'warning',
      message: expect.stringMatching(/^The journal begins with record \d+: .* missing/u),
    });
    expect(await hostnames()).toHaveLength(12);
  });

  it('calls a snapshot of schema version 0 damaged rather than fail on it', async () => {
    const path = join(directory, 'db.json');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace('"schemaVersion":1', '"schemaVersion":0'));
    await expect(open()).rejects.toMatchObject({ code: 'damaged' });
    expect((await doctor()).findings[0]).toMatchObject({ severity: 'damage', file: path, line: 1 });
  });

  it('refuses what is no data folder', async () => {
    await expect(diagnose({ directory: place, now: Date.now })).rejects.toMatchObject({
      code: 'not-licet',
    });
  });

  it('makes a damaged or lost snapshot anew from a whole journal, and keeps the damaged one', async () => {
    const path = join(directory, 'db.json');
    const bytes = await readFile(path);
    flip(bytes, 400);
    await writeFile(path, bytes);
    const before = await fingerprint();
    const { ok, findings } = await doctor();
    expect(ok).toBe(false);
    expect(findings[0]).toMatchObject({ severity: 'damage', file: path });
    expect(await fingerprint()).toBe(before);

    const { repaired, after } = await heal();
    expect(repaired).toHaveLength(1);
    expect(after.ok).toBe(true);
    const [stamp = ''] = await readdir(join(directory, 'set-aside'));
    expect(await readFile(join(directory, 'set-aside', stamp, 'db.json'))).toEqual(bytes);
    expect(await hostnames()).toEqual(['h1', 'h2', 'h3', 'h4', 'h5']);

    await rm(path);
    expect((await doctor()).findings[0]).toMatchObject({ severity: 'damage', file: path });
    await heal();
    expect(await hostnames()).toEqual(['h1', 'h2', 'h3', 'h4', 'h5']);
  });

  it('leaves a snapshot alone that the journal has not everything for, and names the backup', async () => {
    const { file } = await backup({ directory, file: place, now: Date.now });
    const store = await open();
    await store.eraseBodies({ id: 'system', from: 'local' }, 'acc_1', () => true);
    await store.close();
    const path = join(directory, 'db.json');
    await rm(path);
    const journal = join(directory, 'journal/000000000001.jsonl');
    const whole = await readFile(journal, 'utf8');
    await writeFile(journal, whole.replace('"hostname":"h3"', '"hostname":"hX"'));
    const { findings } = await doctor();
    expect(findings[0]).toMatchObject({
      file: path,
      choices: [expect.stringContaining(file), expect.any(String)],
    });
    expect(findings[0]?.remedy).toBeUndefined();
    expect(findings[1]).toMatchObject({ file: journal, line: 3 });
    expect((await heal()).repaired).toEqual([]);
  });

  it('names file and line of a damaged journal, and what the choices are', async () => {
    const path = join(directory, 'journal/000000000001.jsonl');
    const bytes = await readFile(path);
    flip(bytes, bytes.indexOf('h4'));
    await writeFile(path, bytes);
    const { file } = await backup({ directory, file: place, now: Date.now }).catch(() => ({
      file: '',
    }));
    expect(file).toBe('');
    const { ok, findings } = await doctor();
    expect(ok).toBe(false);
    expect(findings[0]).toMatchObject({
      severity: 'damage',
      file: path,
      line: 4,
    });
    expect(findings[0]?.remedy).toBeUndefined();
    expect(findings[0]?.choices.length).toBeGreaterThan(1);
  });

  it('cuts an unfinished write off and keeps it', async () => {
    await cp(directory, join(place, 'copy'), { recursive: true });
    const path = join(directory, 'journal/000000000001.jsonl');
    await writeFile(path, `${await readFile(path, 'utf8')}{"seq":6,`);
    expect((await doctor()).findings[0]).toMatchObject({ severity: 'note', file: path, line: 6 });
    const { repaired, after } = await heal();
    expect(repaired).toHaveLength(1);
    expect(after.ok).toBe(true);
    expect(await readFile(path)).toEqual(
      await readFile(join(place, 'copy/journal/000000000001.jsonl')),
    );
    expect(await readFile(`${path}.torn-${(await stat(path)).size}`, 'utf8')).toBe('{"seq":6,');
  });

  it('closes what others may read, and moves left-over files aside', async () => {
    await chmod(directory, 0o755);
    await chmod(join(directory, 'db.json'), 0o644);
    await writeFile(join(directory, 'db.json.tmp'), 'half', { mode: 0o600 });
    const { ok, findings } = await doctor();
    expect(ok).toBe(false);
    expect(findings.map(({ severity, file }) => [severity, file])).toEqual([
      ['note', join(directory, 'db.json.tmp')],
      ['warning', directory],
      ['warning', join(directory, 'db.json')],
      ['note', directory],
    ]);
    const { after } = await heal();
    expect(after.ok).toBe(true);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    const [stamp = ''] = await readdir(join(directory, 'set-aside'));
    expect(await readFile(join(directory, 'set-aside', stamp, 'db.json.tmp'), 'utf8')).toBe('half');
  });

  it('tells of a clock that was set back', async () => {
    const store = await openStore({
      directory,
      schema: portSchema,
      now: () => Date.now() + 86_400_000,
      log: silentLog,
    });
    await putSeat(store, { id: 'act_6', licenseId: 'l', hostname: 'h6' });
    await cp(directory, join(place, 'live'), { recursive: true });
    await store.close();
    const { findings } = await diagnose({ directory: join(place, 'live'), now: Date.now });
    expect(findings).toContainEqual(
      expect.objectContaining({
        severity: 'warning',
        message: expect.stringContaining("this machine's clock says"),
      }),
    );
  });
});
