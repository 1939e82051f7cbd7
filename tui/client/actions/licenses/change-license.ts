/** What the actions that change a license have in common: which one, the change itself, and what it would do. */
import type { License, LicenseChanged, LicensePatch } from '../../../../shared/api/licenses.ts';
import { mapOk } from '../../../../shared/result.ts';
import type { Client } from '../../api/client.ts';
import type { Answer } from '../../api/failure.ts';
import type { Preview } from '../action.ts';
import { counted, type Done } from '../done.ts';
import { found, Named, text } from '../fields.ts';
import { findLicense } from '../find.ts';
import { licenseFacts } from './licenses.ts';
import { given, policyOf } from './terms.ts';

/** The license that is meant. */
export const theLicense = found(
  text(Named, {
    label: 'License',
    hint: 'Its id, or its name where that is unique.',
    refers: 'license',
  }),
  findLicense,
);

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

/** Changes the license, and says so. */
export const change = async (
  client: Client,
  license: License,
  patch: LicensePatch,
  message: (changed: LicenseChanged) => string,
): Promise<Answer<Done>> => {
  return mapOk(await client.changeLicense(license.id, patch), (value) => ({
    message: message(value),
    data: value,
    blocks: [licenseFacts(value)],
  }));
};

/** What a change would do, by the same rules. */
export const previewChange = async (
  client: Client,
  license: License,
  patch: LicensePatch,
  effect: (changed: LicenseChanged) => readonly string[],
): Promise<Answer<Preview>> => {
  return mapOk(await client.changeLicense(license.id, { ...patch, dryRun: true }), (value) => ({
    sentences: effect(value),
    gentler: [],
    data: value,
  }));
};

/** What runs on for now. */
export const stopping = ({ counter, offline }: LicenseChanged): readonly string[] => [
  `${counted(counter - offline, 'machine')} online ${counter - offline === 1 ? 'stops' : 'stop'} when the lease ends.`,
  ...(offline > 0
    ? [`${counted(offline, 'offline key')} ${offline === 1 ? 'runs' : 'run'} until its own end.`]
    : []),
];
