/** What the actions that change a license have in common: which one, the change itself, and what it would do. */
import type { LicenseChanged, LicensePatch } from '../../../../shared/api/licenses.ts';
import { ok } from '../../../../shared/result.ts';
import type { Client } from '../../api/client.ts';
import type { Answer } from '../../api/failure.ts';
import type { Preview } from '../action.ts';
import { counted, type Done } from '../done.ts';
import { Named, text, type TypedField } from '../fields.ts';
import { findLicense } from '../find.ts';
import { licenseFacts } from './licenses.ts';
import { given, policyOf } from './terms.ts';

/** The license that is meant. */
export const theLicense: TypedField<string> = text(Named, {
  label: 'License',
  hint: 'Its id, or its name where that is unique.',
  refers: 'license',
});

type PolicyValues = Parameters<typeof policyOf>[0];

/** What was given, the members of the policy put into one. */
export const withPolicy = <T extends PolicyValues>(values: T) => {
  const { seats, leaseHours, checkInMinutes, resetsPerYear, offlineDays, ...rest } = values;
  const policy = policyOf({ seats, leaseHours, checkInMinutes, resetsPerYear, offlineDays });
  return { ...given(rest), ...(Object.keys(policy).length > 0 ? { policy } : {}) };
};

/** Who would lose a seat. */
export const hitSentence = ({ hit }: LicenseChanged): string =>
  hit.length === 0
    ? 'No machine loses its seat.'
    : `${counted(hit.length, 'machine')} would be hit: ${hit
        .slice(0, 10)
        .map(({ hostname }) => hostname)
        .join(', ')}${hit.length > 10 ? ', ...' : ''}.`;

/** Changes the named license, and says so. */
export const change = async (
  client: Client,
  license: string,
  patch: LicensePatch,
  message: (changed: LicenseChanged) => string,
): Promise<Answer<Done>> => {
  const found = await findLicense(client, license);
  if (!found.ok) return found;
  const answer = await client.changeLicense(found.value.id, patch);
  return answer.ok
    ? ok({
        message: message(answer.value),
        data: answer.value,
        blocks: [licenseFacts(answer.value)],
      })
    : answer;
};

/** What a change would do, by the same rules. */
export const previewChange = async (
  client: Client,
  license: string,
  patch: LicensePatch,
  effect: (changed: LicenseChanged) => readonly string[],
): Promise<Answer<Preview>> => {
  const found = await findLicense(client, license);
  if (!found.ok) return found;
  const answer = await client.changeLicense(found.value.id, { ...patch, dryRun: true });
  return answer.ok
    ? ok({ sentences: effect(answer.value), gentler: [], data: answer.value })
    : answer;
};

/** What runs on for now. */
export const stopping = ({ counter, offline }: LicenseChanged): readonly string[] => [
  `${counted(counter - offline, 'machine')} online ${counter - offline === 1 ? 'stops' : 'stop'} when the lease ends.`,
  ...(offline > 0
    ? [`${counted(offline, 'offline key')} ${offline === 1 ? 'runs' : 'run'} until its own end.`]
    : []),
];
