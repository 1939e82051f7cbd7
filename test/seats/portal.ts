/**
 * A portal for many sequences at once: each has a license and a clock of its own, all share one store, so
 * that they share its syncs as customers do. Passwords aren't hashed: whoever a command acts as is proven.
 */
import { existsSync } from 'node:fs';
import type { AccountDoc, LicenseDoc } from '../../server/domain/documents.ts';
import { createLicense } from '../../server/usecases/licenses/operator-licenses.ts';
import type { AccountCaller } from '../../server/usecases/caller.ts';
import type { Deps } from '../../server/usecases/deps.ts';
import type { LicenseCreated } from '../../shared/api/licenses.ts';
import { ok } from '../../shared/result.ts';
import { openServer, type TestServer } from '../support/server/server.ts';

/** What somebody is to every license of the portal. */
export type Person = 'operator' | 'owner' | 'manager' | 'user';

export const people: readonly Person[] = ['operator', 'owner', 'manager', 'user'];

/** Who may free a seat. */
export const mayFree = (person: Person): boolean => person !== 'user';

export interface SeatPortal {
  readonly server: TestServer;
  readonly accounts: Readonly<Record<Person, AccountDoc>>;
  /** The server's dependencies by another clock. */
  depsAt(now: () => number): Deps;
  caller(person: Person): AccountCaller;
  /** A license on which each of the people is what their name says. */
  license(
    deps: Deps,
    seats: number,
    policy: Partial<LicenseDoc['policy']>,
  ): Promise<LicenseCreated>;
}

/** Opens one, with an account for each of the people. */
export const openSeatPortal = async (
  atEnd: (close: () => Promise<void>) => void,
): Promise<SeatPortal> => {
  const temporary = process.env['TMPDIR'];
  // A disk in memory, where there is one: the store syncs it all the same.
  if (existsSync('/dev/shm')) process.env['TMPDIR'] = '/dev/shm';
  const server = await openServer(atEnd, undefined, { scouting: false });
  if (temporary === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = temporary;
  await server.createAccount('ana@example.com');
  for (const name of ['manager', 'user']) await server.createAccount(`${name}@example.com`);
  // Makes the product.
  await server.createLicense();
  const emails: Readonly<Record<Person, string>> = {
    operator: 'op@example.com',
    owner: 'ana@example.com',
    manager: 'manager@example.com',
    user: 'user@example.com',
  };
  const accounts = Object.fromEntries(
    await Promise.all(
      people.map(async (person) => [
        person,
        await server.deps.store.read((reader) => reader.accounts.first('email', emails[person])),
      ]),
    ),
  ) as Record<Person, AccountDoc>;
  const caller = (person: Person): AccountCaller => {
    const account = accounts[person];
    const session = {
      id: `ses_${person}`,
      tokenHash: person,
      accountId: account.id,
      createdAt: 0,
      expiresAt: Number.MAX_SAFE_INTEGER,
      from: 'local',
      agent: 'test',
    };
    return { account, session, from: 'local' };
  };
  return {
    server,
    accounts,
    caller,
    depsAt: (now) => ({
      ...server.deps,
      now,
      passwords: { ...server.deps.passwords, verify: async () => ok(true) },
    }),
    license: async (deps, seats, policy) => {
      const input = {
        ownerEmail: 'ana@example.com',
        name: 'Prod',
        product: 'suite',
        type: 'perpetual' as const,
        maxActivations: seats,
        policy,
      };
      const nothing = { key: undefined, route: '', content: '' };
      const made = await createLicense(deps, caller('operator'), input, nothing);
      if (!made.ok) throw new Error(made.error.detail);
      await deps.store.transact({ id: 'system', from: 'local' }, async (tx) => {
        for (const person of ['manager', 'user'] as const) {
          tx.memberships.put({
            id: `mem_${made.value.id}_${person}`,
            licenseId: made.value.id,
            accountId: accounts[person].id,
            manage: person === 'manager',
            status: 'active',
            addedAt: deps.now(),
            addedBy: 'ana@example.com',
            createdAccount: false,
          });
        }
        tx.record({ action: 'license.users', target: made.value.id, outcome: 'ok' });
      });
      return made.value;
    },
  };
};
