/** A license as facts: seats, expiration, status, type, entitlements. */
import { entitlementWords } from '../../client/actions/done.ts';
import type { License } from '../../../shared/api/licenses.ts';
import type { Fact } from '../../components/lines.tsx';
import { SeatBar } from '../../components/seat-bar.tsx';
import { expiryWords, statusWords, typeName } from '../../state/words/license-words.ts';

/** The fact below which the last days are shown. */
export const seatsLabel = 'Activations';

/** What a license is; `columns` are those of the facts with their labels. */
export const licenseFacts = (license: License, now: number, columns: number): Fact[] => {
  const status = statusWords(license);
  const expiry = expiryWords(license, now);
  return [
    {
      label: seatsLabel,
      value: (
        <SeatBar
          used={license.counter}
          limit={license.maxActivations}
          width={Math.max(16, columns - 14)}
          note={license.offline > 0 ? `${license.offline} by offline keys` : undefined}
        />
      ),
    },
    ...(license.relation === 'operator' && license.giveBacks > 0
      ? [{ label: 'Given back', value: `${license.giveBacks} by offline machines` }]
      : []),
    { label: 'Expiration', value: expiry.text, tone: expiry.tone },
    { label: 'Status', value: status.text, tone: status.tone },
    { label: 'Type', value: typeName(license) },
    { label: 'Package', value: `${license.name} (${license.productName})` },
    ...(license.reason === null ? [] : [{ label: 'Reason', value: license.reason }]),
    { label: 'Entitlements', value: entitlementWords(license.entitlements) },
    ...(license.relation === 'owner'
      ? []
      : [{ label: 'Owner', value: `${license.owner.name} <${license.owner.email}>` }]),
  ];
};
