/** How a product may be tried, as operators type it. */
import type { z } from 'zod';
import { WebUrl, type TrialOffer } from '../../../../shared/api/licenses.ts';
import { clearable, edited, type Change, type Clearable } from '../clearable.ts';
import { optional, text, wholeNumber } from '../fields.ts';
import { EntitlementList, given, Seats } from './terms.ts';

export const trialFields = {
  trialDays: optional(
    text(wholeNumber(1, 365), {
      label: 'Trial days',
      hint: 'How long owners may try it; 14 unless told.',
    }),
  ),
  trialActivations: optional(
    text(Seats, { label: 'Trial activations', hint: 'How many machines of a trial; 1 if empty.' }),
  ),
  trialEntitlements: optional(
    text(EntitlementList, {
      label: 'Trial entitlements',
      hint: 'Beside the template’s. User management, system configuration and uploads are off in every trial.',
    }),
  ),
  trialUrl: optional(
    text(WebUrl as z.ZodType<string, string>, {
      label: 'Trial instance',
      hint: 'Where it can be tried at once; owners arrive signed in.',
      example: 'https://try.example.com',
    }),
  ),
};

/** The same where there is an offer already. */
export const trialChangeFields = clearable(trialFields);

interface TrialValues {
  readonly trialDays?: number | undefined;
  readonly trialActivations?: number | null | undefined;
  readonly trialEntitlements?: TrialOffer['entitlements'] | undefined;
  readonly trialUrl?: string | undefined;
}

const membersOf = (values: Clearable<TrialValues>): Change<Partial<TrialOffer>> => ({
  days: values.trialDays,
  maxActivations: values.trialActivations,
  entitlements: values.trialEntitlements,
  url: values.trialUrl,
});

/** The offer as these fields change it: what they clear is as for a new one. Undefined: as it is. */
export const changedTrial = (before: TrialOffer | null, values: Clearable<TrialValues>) => {
  const change = membersOf(values);
  if (Object.values(change).every((value) => value === undefined)) return undefined;
  const { days, maxActivations, entitlements, url }: Partial<TrialOffer> = before ?? {};
  const after = edited<Partial<TrialOffer>>(
    given({ days, maxActivations, entitlements, url }),
    change,
  );
  return before === null && Object.keys(after).length === 0 ? undefined : after;
};

/** The offer that these fields make; undefined when none was filled in. */
export const trialOf = (values: TrialValues) => changedTrial(null, values);
