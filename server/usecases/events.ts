/** What changed, told live to whoever may see it. */
import type { ChangeEvent } from '../../shared/api/server.ts';
import type { Change } from '../store/store.ts';
import { roleMay } from '../domain/permissions.ts';
import { relationTo } from './access.ts';
import type { AccountCaller } from './caller.ts';
import type { Deps } from './deps.ts';

/** The license that a change is about: the one it put, or the one that what it put belongs to. */
export const licenseOf = (change: Change): string | null => {
  if (change.header.target.startsWith('lic_')) return change.header.target;
  for (const [key, document] of Object.entries(change.documents)) {
    if (document && 'licenseId' in document) return String(document.licenseId);
    if (key.startsWith('licenses/')) return key.slice('licenses/'.length);
  }
  const license = change.header.details?.['license'];
  return typeof license === 'string' ? license : null;
};

/** Ids that a change names: whoever is among them may see it. */
const named = ({ header }: Change): readonly unknown[] => [
  header.actor.id,
  header.target,
  header.details?.['account'],
];

const maySee = async (
  deps: Deps,
  caller: AccountCaller,
  licenseId: string | null,
  ids: readonly unknown[],
): Promise<boolean> => {
  if (roleMay(caller.account.role, 'event.see-all') || ids.includes(caller.account.id)) return true;
  if (licenseId === null) return false;
  return deps.store.read(async (reader) => {
    const license = await reader.licenses.get(licenseId);
    return license !== undefined && (await relationTo(reader, caller, license)) !== null;
  });
};

/** Calls back with each change that the caller may see, in order; returns what ends it. */
export const watchChanges = (
  deps: Deps,
  caller: AccountCaller,
  listener: (event: ChangeEvent) => void,
): (() => void) => {
  let last: Promise<void> = Promise.resolve();
  const tell = (event: ChangeEvent, ids: readonly unknown[]): void => {
    last = last.then(async () => {
      if (await maySee(deps, caller, event.licenseId, ids)) listener(event);
    });
  };
  const endStore = deps.store.watch((change) => {
    const { seq, at, action, outcome, actor } = change.header;
    const licenseId = licenseOf(change);
    tell({ seq, at, action, outcome, by: actor.id, licenseId }, named(change));
  });
  const endLive = deps.live.watch((licenseId, activationId) => {
    const at = new Date(deps.now()).toISOString();
    const seen = { seq: deps.store.seq(), at, action: 'activation.seen', outcome: 'ok' };
    tell({ ...seen, by: activationId, licenseId }, []);
  });
  return () => {
    endStore();
    endLive();
  };
};
