/** Sets the stage for requests over HTTP: an unlimited license with machines that hold its seats, and its owner. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { email, password, type BenchServer } from '../server-process.ts';
import type { Load } from './wrk.ts';

const seated = 1000;

export interface Stage {
  readonly activation: Load;
  readonly checkIn: Load;
  readonly read: Load;
  /** What `read` answers. */
  readonly license: unknown;
}

/** The machine of requests.lua's numbers, or of one here. */
const machine = (number: string) => ({
  fingerprint: number.padStart(64, '0'),
  hostname: `host-${number}`,
  platform: 'linux-x64',
  version: '1.4.2',
});

/** Makes the license and writes what wrk sends below `folder`. @throws Error when a request is refused */
export const setStage = async (server: BenchServer, folder: string): Promise<Stage> => {
  const must = async (...request: Parameters<BenchServer['ask']>) => {
    const answer = await server.ask(...request);
    if (answer.status >= 200 && answer.status < 300) return answer.body;
    throw new Error(`${request[0]} ${request[1]}: ${answer.status} ${JSON.stringify(answer.body)}`);
  };
  const operator = String((await must('POST', '/v1/sessions', { email, password }))['token']);
  const owner = { email: 'ana@example.com', name: 'Ana', password };
  await must('POST', '/v1/operator/accounts', owner, operator);
  await must('POST', '/v1/operator/products', { id: 'suite', name: 'Suite' }, operator);
  const { id, licenseKey } = await must(
    'POST',
    '/v1/operator/licenses',
    { ownerEmail: owner.email, name: 'Prod', product: 'suite', maxActivations: null },
    operator,
  );
  const session = await must('POST', '/v1/sessions', { email: owner.email, password });
  const token = String(session['token']);

  const tokens: string[] = [];
  for (let number = 0; number < seated; number += 1) {
    const body = { licenseKey, machine: machine(String(number)) };
    const { activation, activationToken } = await must('POST', '/v1/activations', body);
    tokens.push(`${(activation as { id: string }).id} ${String(activationToken)}`);
  }
  const place = `/v1/licenses/${String(id)}`;
  const write = async (
    kind: Load['kind'],
    path: string,
    lines: readonly string[],
  ): Promise<Load> => {
    const file = join(folder, `${kind}.txt`);
    await writeFile(file, `${lines.join('\n')}\n`);
    return { kind, url: `${server.url}${path}`, file, pid: server.pid };
  };
  const template = JSON.stringify({
    licenseKey,
    machine: { ...machine(''), fingerprint: '%064x', hostname: 'host-%d' },
  });
  return {
    activation: await write('activation', '/v1/activations', [template]),
    checkIn: await write('check-in', '/', tokens),
    read: await write('read', place, [`Bearer ${token}`]),
    license: await must('GET', place, undefined, token),
  };
};
