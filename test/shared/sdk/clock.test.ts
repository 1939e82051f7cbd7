/** What a machine gains by setting its clock back: at most a day, however often and by whatever keys. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { enterOfflineKey, verifyOfflineKey } from '../../../shared/sdk/index.ts';
import { makeOfflineMachine, must } from '../../support/machines/machine.ts';

const hour = 3_600_000;
const day = 24 * hour;

/** A machine with a key of so many days. `run` lets it run, looking hourly; it gives the hours that it ran. */
const runningMachine = async (days: number) => {
  const machine = await makeOfflineMachine();
  const { time, issue, options } = machine;
  const up = { ms: 5 * day };
  const here = { ...options, uptime: () => up.ms };
  const request = await machine.request();
  const makeKey = (signedAt: number, change: object = {}) => {
    const iat = Math.floor(signedAt / 1000);
    return issue(request, signedAt, { exp: iat + days * 86_400, jti: `key_${iat}`, ...change })
      .file;
  };
  const enter = (key: string) => enterOfflineKey({ ...here, key });
  const verify = () => verifyOfflineKey(here);
  const advance = (ms: number) => {
    time.now += ms;
    up.ms += ms;
  };
  const run = async (hours: number): Promise<number> => {
    for (let ran = 0; ran < hours; ran += 1) {
      if (!(await verify()).ok) return ran;
      advance(hour);
    }
    return hours;
  };
  return { ...machine, up, here, makeKey, enter, verify, advance, run };
};

describe('a clock that is set back', () => {
  it('by 23 hours before each end gives a key of three days one day more, not sixty', async () => {
    const { time, makeKey, enter, run } = await runningMachine(3);
    must(await enter(makeKey(time.now)));
    let ran = await run(71);
    for (let turn = 0; turn < 10; turn += 1) {
      time.now -= 23 * hour;
      ran += await run(23);
    }
    expect(ran).toBeLessThanOrEqual(4 * 24);
  });

  it('at each restart gives no more', async () => {
    const { time, up, makeKey, enter, run } = await runningMachine(3);
    must(await enter(makeKey(time.now)));
    let ran = await run(71);
    for (let turn = 0; turn < 10; turn += 1) {
      time.now -= 23 * hour;
      up.ms = 60_000;
      ran += await run(23);
    }
    expect(ran).toBeLessThanOrEqual(4 * 24 + 1);
  });

  it('by less than a minute, over and over, does not stop the time', async () => {
    const { time, makeKey, enter, verify, advance } = await runningMachine(3);
    must(await enter(makeKey(time.now)));
    let ran = 0;
    while (ran < 26 * 72 && (await verify()).ok) {
      advance(50_000);
      time.now -= 50_000;
      ran += 1;
    }
    expect(ran * 50_000).toBeLessThanOrEqual(25 * hour);
  });
});

describe('keys that were all signed on one day', () => {
  it('and are entered in turn run as long as the longest of them, not as their sum', async () => {
    const { time, makeKey, enter, run } = await runningMachine(10);
    const first = time.now;
    const keys = [0, 1, 2, 3, 4].map((minute) => makeKey(first + minute * 60_000));
    let ran = 0;
    for (const key of keys) {
      time.now = first + hour;
      await enter(key);
      ran += await run(9 * 24);
    }
    expect(ran).toBeLessThanOrEqual(11 * 24);
  });
});

describe('a clock that was years ahead', () => {
  it('is forgiven with a renewed key, also where the machine had started anew with it', async () => {
    const { time, up, makeKey, enter, run, verify } = await runningMachine(30);
    must(await enter(makeKey(time.now)));
    await run(48);
    const right = time.now;
    time.now += 4 * 365 * day;
    up.ms = 90_000;
    expect(await verify()).toMatchObject({ error: { reason: 'expired' } });
    time.now = right + hour;
    expect(await verify()).toMatchObject({ error: { reason: 'clock-set-back' } });
    must(await enter(makeKey(time.now)));
    must(await verify());
  });
});

it('marks of the first version are taken over', async () => {
  const { time, stateDir, makeKey, enter, run, verify } = await runningMachine(30);
  must(await enter(makeKey(time.now)));
  const marks = JSON.stringify({ seen: time.now + hour, issued: time.now - hour });
  await writeFile(path.join(stateDir, 'clock.json'), marks);
  expect(await run(48)).toBe(48);
  time.now -= 25 * hour;
  expect(await verify()).toMatchObject({ error: { reason: 'clock-set-back' } });
});

describe('an older key', () => {
  it('never replaces a newer one of its license, and one of another license may', async () => {
    const { time, makeKey, enter, verify, options } = await runningMachine(30);
    const [older, newer] = [makeKey(time.now - hour), makeKey(time.now)];
    const other = makeKey(time.now - 2 * hour, { sub: 'lic_other' });
    must(await enter(older));
    must(await enter(newer));
    const refused = { error: { kind: 'rejected', reason: 'superseded' } };
    expect(await enter(older)).toMatchObject(refused);
    const { id } = must(await verify());
    must(await enter(other));
    expect(await enter(older)).toMatchObject(refused);
    must(await enter(newer));
    expect(must(await verifyOfflineKey(options)).id).toBe(id);
  });
});
