/** The card that is handed over to a person who gets an account: all that is needed to sign in. */
import { groupedFingerprint } from '../../../../shared/sdk/certificate.ts';
import type { Client } from '../../api/client.ts';
import type { Preview } from '../action.ts';
import { time, type Block, type Shown } from '../done.ts';

export interface Handover {
  readonly email: string;
  readonly name: string;
  /** Null where the person signs in with a password that exists. */
  readonly code: string | null;
  readonly until: string | null;
}

/** What a new one-time code does to the one before it. */
export const newCodePreview = (email: string, data: unknown): Preview => ({
  sentences: [
    `${email} gets a new one-time code, which is shown once.`,
    'A code that you handed over before no longer works.',
  ],
  gentler: [],
  data,
});

/** The card with server, certificate's fingerprint, e-mail, code and until when it works. */
export const handoverCard = (client: Client, person: Handover): Block => {
  const rows: (readonly [string, Shown])[] = [['Server', client.server]];
  if (client.pin !== null) rows.push(['Fingerprint', groupedFingerprint(client.pin)]);
  rows.push(['E-mail', person.email]);
  if (person.code !== null) rows.push(['Code', person.code]);
  if (person.until !== null) rows.push(['Until', time(person.until)]);
  return {
    kind: 'card',
    title: `For ${person.name}`,
    rows,
    note:
      person.code === null
        ? `Run: licet --server ${client.server}, and sign in.`
        : `Run: licet --server ${client.server}, choose “I have a code”, and set a password.`,
  };
};
