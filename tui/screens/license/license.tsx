/** My License: is all well, which package, how many seats, until when; and My Info. */
import { Box } from 'ink';
import { useState, type ReactNode } from 'react';
import { editAccount } from '../../client/actions/accounts/account.ts';
import { resetActivations } from '../../client/actions/seats/activations.ts';
import { licenseValues } from '../../client/actions/licenses/initial-values.ts';
import { renewLicense, resumeLicense } from '../../client/actions/licenses/operator-licenses.ts';
import { useContentSize } from '../../components/layout/frame.tsx';
import { factLines, heading, Lines, type Fact } from '../../components/lines.tsx';
import { SeatBar } from '../../components/seat-bar.tsx';
import { Empty } from '../../components/states.tsx';
import { Text } from '../../components/text.tsx';
import type { Account } from '../../../shared/api/accounts.ts';
import type { License } from '../../../shared/api/licenses.ts';
import { useContact } from '../../hooks/use-app.ts';
import { useKeys } from '../../hooks/use-keys.ts';
import { useNow } from '../../hooks/use-now.ts';
import { usePortal } from '../../hooks/use-portal.ts';
import { dealWords, whatNeedsAttention, type Needed } from '../../state/words/attention.ts';
import { fit, inert } from '../../state/cells.ts';
import { expiryShort } from '../../state/words/license-words.ts';
import { signs } from '../../state/theme.ts';
import { healthLines } from './health-lines.tsx';
import { LastDays } from './last-days.tsx';
import { licenseFacts, seatsLabel } from './license-facts.tsx';
import { licenseKeys, usageKey } from '../operator/license-keys.tsx';
import { WhomToAsk } from './whom-to-ask.tsx';
import { whyHint, WhyRefused } from './why-refused.tsx';

/** The first section. */
export const LicenseScreen = () => {
  const portal = usePortal();
  const { license, licenses, account, act, whyNot } = portal;
  const { columns, rows } = useContentSize();
  const now = useNow();
  const [seatsOf, setSeatsOf] = useState<License>();
  const [askAbout, setAskAbout] = useState<Needed>();
  const needed = whatNeedsAttention(licenses, now);
  const first = needed[0];
  const deal = (one: Needed) => () => {
    if (one.deal === 'seats') setSeatsOf(one.license);
    else if (one.license.relation !== 'operator' || one.deal === 'ask') setAskAbout(one);
    else if (one.deal === 'resume') act(resumeLicense, { license: one.license.id });
    else act(renewLicense, { license: one.license.id }, { initial: licenseValues(one.license) });
  };
  const contact = useContact();
  useKeys({
    reset: license
      ? {
          run: () => act(resetActivations, { license: license.id, unseenDays: '' }),
          why: whyNot(resetActivations),
        }
      : undefined,
    ...(license?.relation === 'operator'
      ? licenseKeys(portal, license)
      : {
          edit: { run: () => act(editAccount), does: 'Edit my info', hint: 'edit info' },
          ...(license ? usageKey(portal, license) : {}),
        }),
    why: license ? { run: () => setSeatsOf(license), ...whyHint(license) } : undefined,
    open: first ? { run: deal(first), ...dealWords(first) } : undefined,
    refresh: portal.refresh,
  });
  if (!license) {
    return (
      <Empty
        title="You have no license here yet."
        hint={`Ask ${contact.contact} for one; it appears here by itself.`}
      />
    );
  }
  const health = healthLines(needed, columns);
  const packages = licenses.length > 1 ? packageLines(licenses, license, now, columns) : [];
  // An operator looks at somebody else's license here.
  const mine = license.relation === 'operator' ? undefined : account;
  const wide = columns >= twoColumns && mine !== undefined;
  const factWidth = wide ? columns - infoWidth : columns;
  const known = licenseFacts(license, now, factWidth - 2);
  const facts = factLines(
    rows < roomy ? known : withUsage(license, portal.revision, known),
    factWidth - 2,
  );
  const named = [...heading(inert(license.name)), ...facts];
  const info = mine
    ? [...heading('My Info'), ...factLines(infoFacts(mine, wide), wide ? infoWidth : columns)]
    : [];
  // On a low screen the facts of the open package come first: the title names it already.
  const lines =
    rows < low
      ? [...facts, ...health, ...packages, ...info]
      : [...health, ...packages, ...(wide ? beside(named, info, factWidth) : [...named, ...info])];
  return (
    <>
      <Lines lines={lines} height={rows} />
      {seatsOf ? <WhyRefused license={seatsOf} onClose={() => setSeatsOf(undefined)} /> : null}
      {askAbout ? <WhomToAsk said={askAbout} onClose={() => setAskAbout(undefined)} /> : null}
    </>
  );
};

/** Cells from which My Info stands beside the license, and what it takes of them. */
const twoColumns = 76;
const infoWidth = 32;

/** Two blocks of lines next to each other. */
const beside = (
  left: readonly ReactNode[],
  right: readonly ReactNode[],
  leftWidth: number,
): ReactNode[] =>
  Array.from({ length: Math.max(left.length, right.length) }, (_, row) => (
    // oxlint-disable-next-line react/no-array-index-key -- a line is its place
    <Box key={row} height={1} overflowY="hidden">
      <Box width={leftWidth}>{left[row] ?? <Text> </Text>}</Box>
      {right[row]}
    </Box>
  ));

const infoFacts = ({ name, email, company, phone }: Account, wide: boolean) => [
  // Below each other the values stand in one column with those of the license.
  { label: wide ? 'Name' : 'Name'.padEnd('Entitlements'.length), value: name },
  { label: 'E-mail', value: email },
  { label: 'Company', value: company ?? '-' },
  { label: 'Phone', value: phone ?? '-' },
];

/** Rows of content below which what is asked for most comes first. */
const low = 10;

/** Rows of content from which the last days are shown, too. */
const roomy = 26;

/** The facts with the last thirty days below the seats. */
const withUsage = (license: License, revision: number, facts: readonly Fact[]): Fact[] =>
  facts.flatMap((fact) =>
    fact.label === seatsLabel
      ? [fact, { label: 'Last 30 days', value: <LastDays license={license} revision={revision} /> }]
      : [fact],
  );

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
