/**
 * "Why was it refused?": the machines that asked for a seat in the last day and got none, in memory,
 * begun again from the end of the journal at a start; and who holds the seats.
 */
import type { RefusalReport } from '../../../shared/api/refusals.ts';
import { ok } from '../../../shared/result.ts';
import { day, iso } from '../../../shared/time.ts';
import { holdersShown, longestUnseenFirst, nextFree } from '../../domain/seats.ts';
import type { Change, JournalHeader } from '../../store/store.ts';
import { readLicense } from '../access.ts';
import type { AccountCaller } from '../caller.ts';
import type { Deps, LicetReader, Refused, RefusalLog } from '../deps.ts';
import { licenseOf } from '../events.ts';
import { heldKeys, heldSeats } from './seats.ts';
import { isoOrNull, viewActivation, viewOfflineSeat } from '../views.ts';

/** Bounds of what is kept, beside a day: machines a license, licenses, and records looked at when it begins again. */
const mostMachines = 20;
const mostLicenses = 10_000;
const mostRecords = 2000;

const asksForSeat = ({ action }: JournalHeader): boolean =>
  action === 'activation.create' || action === 'activation.check-in';

/** Starts watching. */
export const createRefusalLog = (deps: Pick<Deps, 'store' | 'now'>): RefusalLog => {
  const byLicense = new Map<string, Map<string, Refused>>();

  const note = (licenseId: string, header: JournalHeader): void => {
    const hostname = header.details?.['hostname'];
    if (typeof hostname !== 'string') return;
    const machines = byLicense.get(licenseId) ?? new Map<string, Refused>();
    // What was refused last stands last, in both maps: the first to go when there are too many is old.
    machines.delete(hostname);
    byLicense.delete(licenseId);
    if (header.outcome !== 'ok') {
      const { outcome, actor } = header;
      machines.set(hostname, { hostname, at: Date.parse(header.at), code: outcome, by: actor.id });
    }
    if (machines.size > mostMachines) machines.delete(machines.keys().next().value ?? '');
    if (machines.size === 0) return;
    byLicense.set(licenseId, machines);
    if (byLicense.size > mostLicenses) byLicense.delete(byLicense.keys().next().value ?? '');
  };

  const noteChange = (change: Change): void => {
    if (!asksForSeat(change.header)) return;
    const licenseId = licenseOf(change);
    if (licenseId !== null) note(licenseId, change.header);
  };

  const recent = (licenseId: string): readonly Refused[] =>
    [...(byLicense.get(licenseId)?.values() ?? [])]
      .filter(({ at }) => at > deps.now() - day)
      .toReversed();

  const stop = deps.store.watch(noteChange);
  return {
    recent,
    recall: async () => {
      const headers: JournalHeader[] = [];
      for await (const header of deps.store.entries({ newest: true, limit: mostRecords })) {
        if (Date.parse(header.at) < deps.now() - day) break;
        headers.push(header);
      }
      for (const header of headers.toReversed()) noteChange({ header, documents: {} });
    },
    stop,
  };
};

/** Who asked, in words: an activation asks with the e-mail that it was activated with. */
const labelOf = async (reader: LicetReader, id: string): Promise<string> => {
  if (id.startsWith('act_')) return (await reader.activations.get(id))?.activatedBy ?? id;
  if (id.startsWith('acc_')) return (await reader.accounts.get(id))?.email ?? id;
  return id === 'license-key' ? 'license key' : id;
};

/** Who was refused a seat lately, and who holds the seats. Error: `not-found`. */
export const readRefusals = (deps: Deps, caller: AccountCaller, licenseId: string) =>
  readLicense(deps, caller, licenseId, 'license.read', async (reader, { license }) => {
    const seats = await heldSeats(deps, reader, license);
    const keys = await heldKeys(deps, reader, license);
    const report: RefusalReport = {
      machines: await Promise.all(
        deps.refusals.recent(license.id).map(async ({ hostname, at, code, by }) => ({
          hostname,
          at: iso(at),
          code,
          by: await labelOf(reader, by),
        })),
      ),
      used: seats.length + keys.length,
      limit: license.maxActivations,
      holders: [
        ...longestUnseenFirst(seats, deps.now()).map((seat) =>
          viewActivation(license, seat, deps.now()),
        ),
        ...keys.map(viewOfflineSeat),
      ].slice(0, holdersShown),
      nextFreeAt: isoOrNull(nextFree(license, seats, keys)),
    };
    return ok(report);
  });
