/** My License: is all well, which package, how many seats, until when; and My Info. */
import { Box } from 'ink';
import { useState, type ReactNode } from 'react';
import { editAccount } from '../../client/actions/accounts/account.ts';
import { resetActivations } from '../../client/actions/seats/activations.ts';
import { editingLicense } from '../../client/actions/licenses/initial-values.ts';
import { renewLicense, resumeLicense } from '../../client/actions/licenses/operator-licenses.ts';
import { useContentSize } from '../../components/layout/frame.tsx';
import { factLines, heading, Lines, type Fact, type MarkedLine } from '../../components/lines.tsx';
import { SeatBar } from '../../components/seat-bar.tsx';
import { Empty } from '../../components/states.tsx';
import { Text } from '../../components/text.tsx';
import type { Account } from '../../../shared/api/accounts.ts';
import type { License } from '../../../shared/api/licenses.ts';
import { useContact } from '../../hooks/use-app.ts';
import { useKeys, type ScreenKeys } from '../../hooks/use-keys.ts';
import { useNow } from '../../hooks/use-now.ts';
import { usePortal, type Portal } from '../../hooks/use-portal.ts';
import { dealWords, whatNeedsAttention, type Needed } from '../../state/words/attention.ts';
import { fit, inert, widest } from '../../state/cells.ts';
import { expiryShort } from '../../state/words/license-words.ts';
import { signs } from '../../state/theme.ts';
import { healthLines } from './health-lines.tsx';
import { LastDays } from './last-days.tsx';
import { licenseFacts, seatsLabel } from './license-facts.tsx';
import { licenseKeys, usageKey } from '../operator/license-keys.tsx';
import { WhomToAsk } from './whom-to-ask.tsx';
import { whyHint, WhyRefused } from './why-refused.tsx';

/** Lines that are only read. */
const plain = (lines: readonly ReactNode[]): readonly MarkedLine[] =>
  lines.map((node) => ({ node }));

/** What the mark can stand on: what needs somebody, then the packages where there are several. */
type Stop =
  | { readonly kind: 'alert'; readonly needed: Needed; readonly license: License }
  | { readonly kind: 'package'; readonly license: License };

const stopsOf = (needed: readonly Needed[], licenses: readonly License[]): readonly Stop[] => [
  ...needed.map((one) => ({ kind: 'alert' as const, needed: one, license: one.license })),
  ...(licenses.length > 1
    ? licenses.map((license) => ({ kind: 'package' as const, license }))
    : []),
];

/**
 * The one mark of the screen. It always stands on the open license: moving it opens the license that it
 * comes to, and opening another by a key takes it there.
 */
const useMark = (stops: readonly Stop[]) => {
  const { license, choose } = usePortal();
  const [kind, setKind] = useState<Stop['kind']>('alert');
  const at = (wanted: Stop['kind']): number =>
    stops.findIndex((stop) => stop.kind === wanted && stop.license.id === license?.id);
  const marked = at(kind) === -1 ? at(kind === 'alert' ? 'package' : 'alert') : at(kind);
  const mark = (stop: number): void => {
    const next = stops[stop];
    if (!next) return;
    setKind(next.kind);
    choose(next.license.id);
  };
  return { marked, mark };
};

/** The keys of the screen: of the open license, and what Enter does where the mark stands. */
const screenKeys = (
  portal: Portal,
  stop: Stop | undefined,
  deal: (one: Needed) => () => void,
  seeSeats: () => void,
): ScreenKeys => {
  const { license, act, whyNot } = portal;
  const enter =
    stop?.kind === 'alert'
      ? { run: deal(stop.needed), ...dealWords(stop.needed) }
      : stop && { run: seeSeats, does: 'See who holds the seats', hint: 'who holds seats' };
  if (!license) return { edit: editInfo(portal), refresh: portal.refresh };
  return {
    reset: {
      run: () => act(resetActivations, { license: license.id }),
      why: whyNot(resetActivations),
    },
    ...(license.relation === 'operator'
      ? licenseKeys(portal, license)
      : { edit: editInfo(portal), ...usageKey(portal, license) }),
    why: { run: seeSeats, ...whyHint(license) },
    open: enter,
    refresh: portal.refresh,
  };
};

const editInfo = ({ act }: Portal) => ({
  run: () => act(editAccount),
  does: 'Edit my info',
  hint: 'edit info',
});

/** The first section. */
export const LicenseScreen = () => {
  const portal = usePortal();
  const { license, licenses, account, act } = portal;
  const { columns, rows } = useContentSize();
  const now = useNow();
  const [page, setPage] = useState<'seats' | 'ask'>();
  const needed = whatNeedsAttention(licenses, now);
  const stops = stopsOf(needed, licenses);
  const { marked, mark } = useMark(stops);
  const stop = stops[marked];
  const deal = (one: Needed) => () => {
    if (one.deal === 'seats') setPage('seats');
    else if (one.license.relation !== 'operator' || one.deal === 'ask') setPage('ask');
    else if (one.deal === 'resume') act(resumeLicense, { license: one.license.id });
    else act(renewLicense, { license: one.license.id }, { editing: editingLicense(one.license) });
  };
  const contact = useContact();
  useKeys(screenKeys(portal, stop, deal, () => setPage('seats')));
  if (!license) {
    return (
      <Empty
        title="You have no license here yet."
        hint={`Ask ${contact.contact} for one; it appears here by itself.`}
      />
    );
  }
  const alert = stop?.kind === 'alert' ? stop.needed : undefined;
  const health = healthLines(needed, alert && marked, columns);
  const packages =
    licenses.length > 1
      ? packageLines({
          licenses,
          open: license,
          marked: stop?.kind === 'package',
          now,
          columns,
          before: needed.length,
        })
      : [];
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
      ? [...plain(facts), ...health, ...packages, ...plain(info)]
      : [
          ...health,
          ...packages,
          ...plain(wide ? beside(named, info, factWidth) : [...named, ...info]),
        ];
  return (
    <>
      <Lines
        lines={lines.map(({ node }) => node)}
        height={rows}
        stops={{
          count: stops.length,
          marked,
          mark,
          lineOf: (wanted) => lines.findIndex(({ stop }) => stop === wanted),
        }}
      />
      {page === 'seats' ? (
        <WhyRefused license={license} onClose={() => setPage(undefined)} />
      ) : null}
      {page === 'ask' && alert ? (
        <WhomToAsk said={alert} onClose={() => setPage(undefined)} />
      ) : null}
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

interface PackagesProps {
  readonly licenses: readonly License[];
  readonly open: License;
  /** The mark stands on the open package, and not on what needs somebody. */
  readonly marked: boolean;
  readonly now: number;
  readonly columns: number;
  /** Stops before the first package. */
  readonly before: number;
}

/** The packages as bars, the open one strong; a window of them when there are many. */
const packageLines = (props: PackagesProps): readonly MarkedLine[] => {
  const { licenses, open, now, columns, before } = props;
  const at = licenses.findIndex(({ id }) => id === open.id);
  const first = Math.max(0, Math.min(at - 3, licenses.length - shownPackages));
  const nameWidth = Math.min(24, widest(licenses.map(({ name }) => inert(name))));
  const barWidth = Math.min(40, columns - nameWidth - 4 - 12);
  return [
    ...plain(heading('Packages')),
    ...licenses.slice(first, first + shownPackages).map((license, row) => {
      const isOpen = license.id === open.id;
      const marked = isOpen && props.marked;
      const expiry = expiryShort(license, now);
      const node = (
        <Text key={license.id} wrap="truncate-end">
          <Text tone={marked ? 'selected' : isOpen ? 'strong' : 'plain'}>
            {`${marked ? signs.pointer : ' '} ${fit(inert(license.name), nameWidth)}  `}
          </Text>
          {fitBar(license, barWidth)}
          <Text tone={expiry.tone}>{`  ${expiry.text}`}</Text>
        </Text>
      );
      return { node, stop: before + first + row };
    }),
  ];
};

const fitBar = (license: License, width: number): ReactNode => (
  <SeatBar used={license.counter} limit={license.maxActivations} width={width} fill />
);
