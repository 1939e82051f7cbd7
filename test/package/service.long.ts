/** `licet service` under a systemd that runs: the executable, installed as root would, on a system just booted. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canBoot, inBootedSystem, type Step } from '../support/server/booted-system.ts';

const makeExecutable = async (folder: string): Promise<string> => {
  const name = `linux-${process.arch}`;
  const program = path.join(import.meta.dirname, '../../scripts/package/package.ts');
  await promisify(execFile)(process.execPath, [program, '--out', folder, name]);
  return path.join(folder, `licet-${name}`);
};

const server = 'http://127.0.0.1:8417';
const data = '/var/lib/licet';
/** Waits, for a minute at most, until a command succeeds. */
const until = (command: string): string =>
  `for n in $(seq 1200); do ${command} && break; sleep 0.05; done`;
const pid = '$(systemctl show licet -p MainPID --value)';

/** In this order. */
const steps = {
  init: `echo 'three green kites over the bay' > /tmp/password; echo 'a passphrase for the root' > /tmp/passphrase; licet init --data ${data} --operator-email a@example.com --operator-password-file /tmp/password --root-passphrase-file /tmp/passphrase`,
  install: 'licet service install --data /var/lib/licet --json',
  ready: `curl -sf ${server}/readyz`,
  shown: 'systemctl show licet -p ActiveState -p StatusText -p UnitFileState',
  status: 'licet service status --json',
  user: `ps -o user= -p ${pid}`,
  powers: `grep -E '^(Cap|NoNewPrivs|Seccomp:)' /proc/${pid}/status`,
  secret: `ls -l /etc/licet/unlock; ls ${data}/keys`,
  // From inside of its own view of the system.
  writes: `nsenter -t ${pid} -m sh -c 'for at in /usr /etc /var/lib /root ${data}; do touch $at/x 2> /dev/null && echo $at; done'`,
  reload: `echo '{"name":"Harbour licenses"}' > ${data}/licet.json; systemctl reload licet && ${until(
    `curl -sf ${server}/v1/server | grep Harbour`,
  )}`,
  rotate: `echo 'a passphrase for the root' | systemd-run --pipe --wait -q --uid=licet -p LoadCredential=unlock:/etc/licet/unlock licet keys rotate --data ${data} --root-passphrase-file - --json && ${until(`curl -sf ${server}/.well-known/jwks.json | grep -o kid | wc -l | grep 2`)}`,
  killed: `before=${pid}; systemctl kill -s KILL licet; ${until(
    `[ ${pid} != $before ] && curl -sf ${server}/readyz`,
  )}`,
  signIn: `curl -sf ${server}/v1/sessions -H 'content-type: application/json' -d '{"email":"a@example.com","password":"three green kites over the bay"}'`,
  before: `grep -c ses_ ${data}/db.json`,
  stop: 'systemctl stop licet; systemctl show licet -p ActiveState -p Result',
  after: `grep -c ses_ ${data}/db.json`,
  log: 'journalctl -u licet -o cat --no-pager',
  https: `echo '{"tls":true}' > ${data}/licet.json; licet service install --data ${data} --listen 127.0.0.1:443 --json && curl -skf https://127.0.0.1/readyz`,
  portPower: `grep CapEff /proc/${pid}/status`,
  broken: `echo '{"listen":"nowhere"}' > ${data}/licet.json; licet service install --data ${data}`,
  failing: `echo '{}' > ${data}/licet.json; mv ${data}/db.json ${data}/away; licet service install --data ${data} --json; mv ${data}/away ${data}/db.json`,
  uninstall: `licet service uninstall --json; systemctl is-active licet; ls ${data} /etc/licet /etc/systemd/system`,
};

describe.runIf(canBoot)('a service under systemd', () => {
  let folder = '';
  let ran: Readonly<Record<keyof typeof steps, Step>>;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'licet-service-'));
    ran = await inBootedSystem(await makeExecutable(folder), steps);
  }, 480_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('is installed by one command, which ends when the server answers', () => {
    expect(ran.init.code).toBe(0);
    expect(ran.install).toMatchObject({ code: 0, stderr: '' });
    expect(ran.ready).toMatchObject({ code: 0, stdout: '{"status":"ready","reason":null}' });
    expect(ran.shown.stdout.trim().split('\n').toSorted()).toEqual([
      'ActiveState=active',
      'StatusText=The server answers.',
      'UnitFileState=enabled',
    ]);
    expect(JSON.parse(ran.status.stdout)).toEqual({
      installed: true,
      state: 'active',
      pid: expect.any(Number),
    });
  });

  test('runs as a user of its own that may do nothing else', () => {
    expect(ran.user.stdout).toBe('licet\n');
    expect(ran.powers.stdout.replaceAll(/\s+/gu, ' ').trim()).toBe(
      `${['Inh', 'Prm', 'Eff', 'Bnd', 'Amb'].map((set) => `Cap${set}: 0000000000000000`).join(' ')} NoNewPrivs: 1 Seccomp: 2`,
    );
    expect(ran.writes.stdout).toBe(`${data}\n`);
  });

  test('gets the unlock secret from systemd alone', () => {
    expect(ran.secret.stdout).toMatch(/^-rw------- 1 root root .* \/etc\/licet\/unlock\n/u);
    expect(ran.secret.stdout).toContain('keyring.json');
    expect(ran.secret.stdout.split('\n')).not.toContain('unlock');
  });

  test('reads its settings again at a reload, and comes back when it was killed', () => {
    expect(ran.reload.stdout).toContain('Harbour licenses');
    expect(ran.killed).toMatchObject({ code: 0, stdout: expect.stringContaining('ready') });
  });

  test('lets a command have the unlock secret, as its own user', () => {
    expect(ran.rotate).toMatchObject({ code: 0, stdout: expect.stringMatching(/2\n$/u) });
  });

  test('leaves a snapshot when it is stopped', () => {
    expect(ran.signIn.code).toBe(0);
    expect(ran.before.stdout).toBe('0\n');
    expect(ran.stop.stdout.trim().split('\n').toSorted()).toEqual([
      'ActiveState=inactive',
      'Result=success',
    ]);
    expect(ran.after.stdout).toBe('1\n');
    expect(ran.log.stdout).toContain('The server has stopped.');
  });

  test('speaks HTTPS on a port below 1024, with that one right more', () => {
    expect(ran.https).toMatchObject({ code: 0, stdout: expect.stringContaining('ready') });
    // CAP_NET_BIND_SERVICE is bit 10.
    expect(ran.portPower.stdout).toBe('CapEff:\t0000000000000400\n');
  });

  test('that can’t start is told at once, with where to look', () => {
    expect(ran.broken).toMatchObject({ code: 2, stdout: '' });
    expect(ran.broken.stderr).toContain('The setting "listen" is "nowhere"');
    expect(ran.failing.stderr).toContain('journalctl -u licet');
  });

  test('goes away, and leaves data and secret', () => {
    expect(ran.uninstall.code).toBe(0);
    for (const left of ['inactive', 'db.json', 'unlock'])
      expect(ran.uninstall.stdout).toContain(left);
    expect(ran.uninstall.stdout).not.toContain('licet.service');
  });
});
