/** All that is known of a machine that holds a seat. */
import type { Activation } from '../../../shared/api/activations.ts';
import type { Fact } from '../../components/lines.tsx';
import { exactTime, relativeTime } from '../../client/relative-time.ts';

const when = (at: string | null, now: number): string =>
  at === null ? 'never' : `${exactTime(Date.parse(at))} (${relativeTime(Date.parse(at), now)})`;

/** What tells whether the seat is needed comes first. Times are exact, with how long ago. */
export const machineFacts = (machine: Activation, now: number): readonly Fact[] => [
  { label: 'Last seen', value: when(machine.lastSeenAt, now) },
  { label: 'Lease until', value: when(machine.leaseExpiresAt, now) },
  { label: 'Seat since', value: when(machine.seatSince, now) },
  { label: 'Seat', value: machine.kind === 'offline' ? 'Held by an offline key' : 'Online' },
  { label: 'Activated', value: when(machine.activatedAt, now) },
  { label: 'Activated by', value: machine.activatedBy },
  { label: 'Version', value: `${machine.version} on ${machine.platform}` },
  { label: 'Fingerprint', value: machine.fingerprint },
  { label: 'Id', value: machine.id },
];
