/** My License: is all well, which package, how many seats, until when; and My Info. */
import type { ReactNode } from 'react';
import { editAccount } from '../actions/account.ts';
import { resetActivations } from '../actions/activations.ts';
import { useContentSize } from '../components/frame.tsx';
import { factLines, heading, Lines, paragraph } from '../components/lines.tsx';
import { SeatBar } from '../components/seat-bar.tsx';
import { Empty } from '../components/states.tsx';
import { Text } from '../components/text.tsx';
import type { License } from '../../shared/api/licenses.ts';
import { useKeys } from '../hooks/use-keys.ts';
import { useNow } from '../hooks/use-now.ts';
import { usePortal } from '../hooks/use-portal.ts';
import { fit, inert } from '../state/cells.ts';
import {
  attention,
  entitlementWords,
  expiryShort,
  expiryWords,
  statusWords,
  typeName,
} from '../state/license-words.ts';
import { signs } from '../theme.ts';

/** The first section. */
export const LicenseScreen = () => {
  const portal = usePortal();
  const { license, licenses, account, act, whyNot } = portal;
  const { columns, rows } = useContentSize();
  const now = useNow();
  useKeys({
    reset: license
      ? {
          run: () => act(resetActivations, { license: license.id, unseenDays: '' }),
          why: whyNot(resetActivations),
        }
      : undefined,
    edit:
      license?.relation === 'operator'
        ? undefined
        : { run: () => act(editAccount), does: 'Edit my info', hint: 'edit info' },
    refresh: portal.refresh,
  });
  if (!license) {
    return (
      <Empty
        title="You have no license here yet."
        hint="Ask the operator of this server for one; it appears here by itself."
      />
    );
  }
  const info = [
    // As wide as the widest label above, so that the values stand in one column.
    { label: 'Name'.padEnd('Entitlements'.length), value: account.name },
    { label: 'E-mail', value: account.email },
    { label: 'Company', value: account.company ?? '-' },
    { label: 'Phone', value: account.phone ?? '-' },
  ];
  const health = healthLines(licenses, now, columns);
  const packages = licenses.length > 1 ? packageLines(licenses, license, now, columns) : [];
  const facts = factLines(licenseFacts(license, now, columns), columns);
  // An operator looks at somebody else's license here.
  const mine =
    license.relation === 'operator' ? [] : [...heading('My Info'), ...factLines(info, columns)];
  // On a low screen the facts of the open package come first: the title names it already.
  const lines =
    rows < low
      ? [...facts, ...health, ...packages, ...mine]
      : [...health, ...packages, ...heading(inert(license.name)), ...facts, ...mine];
  return <Lines lines={lines} height={rows} />;
};

/** Rows of content below which what is asked for most comes first. */
const low = 10;

/** "All is well", or what needs attention first. */
const healthLines = (licenses: readonly License[], now: number, columns: number): ReactNode[] => {
  const said = licenses.flatMap((license) => attention(license, now));
  if (said.length === 0) {
    return [
      <Text key="well">
        <Text tone="good">{`${signs.good} `}</Text>
        All is well.
      </Text>,
    ];
  }
  return [...said]
    .sort((a, b) => Number(b.tone === 'bad') - Number(a.tone === 'bad'))
    .flatMap(({ text, tone }) =>
      paragraph(`${tone === 'bad' ? signs.bad : signs.soon} ${text}`, columns, tone),
    );
};

const shownPackages = 8;

/** The packages as bars, the open one marked; a window of them when there are many. */
const packageLines = (
  licenses: readonly License[],
  open: License,
  now: number,
  columns: number,
): ReactNode[] => {
  const at = licenses.findIndex(({ id }) => id === open.id);
  const first = Math.max(0, Math.min(at - 3, licenses.length - shownPackages));
  const nameWidth = Math.min(24, Math.max(...licenses.map(({ name }) => name.length)));
  const barWidth = Math.min(40, columns - nameWidth - 4 - 12);
  return [
    ...heading('Packages'),
    ...licenses.slice(first, first + shownPackages).map((license) => {
      const marked = license.id === open.id;
      const expiry = expiryShort(license, now);
      return (
        <Text key={license.id} wrap="truncate-end">
          <Text tone={marked ? 'selected' : 'plain'}>
            {`${marked ? signs.pointer : ' '} ${fit(inert(license.name), nameWidth)}  `}
          </Text>
          {fitBar(license, barWidth)}
          <Text tone={expiry.tone}>{`  ${expiry.text}`}</Text>
        </Text>
      );
    }),
  ];
};

const fitBar = (license: License, width: number): ReactNode => (
  <SeatBar used={license.counter} limit={license.maxActivations} width={width} fill />
);

const licenseFacts = (license: License, now: number, columns: number) => {
  const status = statusWords(license);
  const expiry = expiryWords(license, now);
  return [
    {
      label: 'Activations',
      value: (
        <SeatBar
          used={license.counter}
          limit={license.maxActivations}
          width={Math.max(16, columns - 14)}
          note={license.offline > 0 ? `${license.offline} by offline keys` : undefined}
        />
      ),
    },
    { label: 'Expiration', value: expiry.text, tone: expiry.tone },
    { label: 'Status', value: status.text, tone: status.tone },
    { label: 'Type', value: typeName(license) },
    { label: 'Package', value: `${license.name} (${license.productName})` },
    ...(license.reason === null ? [] : [{ label: 'Reason', value: license.reason }]),
    { label: 'Entitlements', value: entitlementWords(license) },
    ...(license.relation === 'owner'
      ? []
      : [{ label: 'Owner', value: `${license.owner.name} <${license.owner.email}>` }]),
  ];
};
