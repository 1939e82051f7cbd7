/** Why machines are refused: who asked for a seat, who holds them, and the longest unseen to release. */
import type { Activation } from '../../../shared/api/activations.ts';
import type { License } from '../../../shared/api/licenses.ts';
import type { RefusalReport, RefusedMachine } from '../../../shared/api/refusals.ts';
import { releaseActivation, resetActivations } from '../../client/actions/seats/activations.ts';
import { whyNot } from '../../client/actions/action.ts';
import { useContentSize } from '../../components/layout/frame.tsx';
import { paragraph } from '../../components/lines.tsx';
import { ListScreen } from '../../components/lists/list-screen.tsx';
import { Page } from '../../components/layout/page.tsx';
import { SeatBar } from '../../components/seat-bar.tsx';
import type { Column } from '../../components/lists/table.tsx';
import { Text } from '../../components/text.tsx';
import { useAnswer } from '../../hooks/server/use-answer.ts';
import { useFilter } from '../../hooks/lists/use-filter.ts';
import { useKeys } from '../../hooks/use-keys.ts';
import { useNow } from '../../hooks/use-now.ts';
import { usePortal } from '../../hooks/use-portal.ts';
import { heldRows } from '../../hooks/lists/use-rows.ts';
import { inert } from '../../state/cells.ts';
import { relativeTime, shortAge } from '../../client/relative-time.ts';
import { seenTone } from '../../state/words/seen.ts';
import { signs } from '../../state/theme.ts';
import { machineFacts } from './machine-facts.ts';

export interface WhyRefusedProps {
  readonly license: License;
  readonly onClose: () => void;
}

/** The key is in the footer only when a machine was refused. */
export const whyHint = ({ refused }: License): { readonly hint: string } => ({
  hint: refused === null ? '' : 'why refused',
});

/** Covers the section; what it shows follows what happens. */
export const WhyRefused = ({ license, onClose }: WhyRefusedProps) => (
  <Page title="" bare>
    <Holders license={license} onClose={onClose} />
  </Page>
);

const columnsAt = (now: number): readonly Column<Activation>[] => [
  { title: 'Longest unseen first', width: { share: 3 }, cell: ({ hostname }) => hostname },
  {
    title: 'Activated by',
    width: { share: 3 },
    from: 60,
    cell: ({ activatedBy }) => ({ text: activatedBy, tone: 'dim' }),
  },
  {
    title: 'Seen',
    width: 7,
    align: 'end',
    cell: ({ lastSeenAt }) =>
      lastSeenAt === null
        ? { text: 'offline', tone: 'dim' }
        : { text: shortAge(Date.parse(lastSeenAt), now), tone: seenTone(lastSeenAt, now) },
  },
];

/** Sentences for why, by the problem's code. */
const reasons: Readonly<Record<string, string>> = {
  'activation-limit-exceeded': 'no seat was free',
  'license-expired': 'the license has expired',
  'license-suspended': 'the license is suspended',
  'license-revoked': 'the license is revoked',
  conflict: 'it runs on an offline key',
};

const refusedShown = 3;

const refusedWords = ({ hostname, at, code, by }: RefusedMachine, now: number): string =>
  `${hostname} (${by}) was refused ${relativeTime(Date.parse(at), now)}: ${reasons[code] ?? code}.`;

/** The title stands there from the first frame on, before the answer. */
const titleLine = ({ name }: License, refuses: boolean) => (
  <Text key="title" tone="title" wrap="truncate-end">
    {refuses ? `Why ${inert(name)} refuses machines` : `Who holds the seats of ${inert(name)}`}
  </Text>
);

const headLines = (license: License, report: RefusalReport, columns: number, now: number) => {
  const { machines, used, limit, nextFreeAt } = report;
  const more = machines.length - refusedShown;
  return [
    titleLine(license, machines.length > 0),
    ...machines
      .slice(0, refusedShown)
      .flatMap((machine) =>
        paragraph(`${signs.bad} ${refusedWords(machine, now)}`, columns, 'bad'),
      ),
    ...(more > 0 ? paragraph(`  and ${more} more`, columns, 'dim') : []),
    <SeatBar key="seats" used={used} limit={limit} width={columns} />,
    ...(nextFreeAt === null
      ? []
      : paragraph(
          `A seat comes free by itself ${relativeTime(Date.parse(nextFreeAt), now)}.`,
          columns,
          'dim',
        )),
  ];
};

const Holders = ({ license, onClose }: WhyRefusedProps) => {
  const { client, account, revision, act } = usePortal();
  const { columns } = useContentSize();
  const now = useNow();
  useKeys({ back: { run: onClose } });
  const filter = useFilter();
  const asked = useAnswer(license.id, revision, () => client.refusals(license.id));
  const asker = { role: account.role, relation: license.relation };
  return (
    <ListScreen
      rows={heldRows(asked, asked.value?.holders ?? [], {
        words: ({ hostname, activatedBy }) => `${hostname} ${activatedBy}`,
        filter: filter.text,
      })}
      columns={columnsAt(now)}
      filter={filter}
      head={
        asked.value
          ? headLines(license, asked.value, columns, now)
          : [titleLine(license, license.refused !== null)]
      }
      empty={{ title: 'No machine holds a seat.', hint: 'The next machine that asks gets one.' }}
      details={(row) => ({ title: row.hostname, facts: machineFacts(row, now) })}
      keys={(row) => ({
        release: {
          run: () => {
            if (row) act(releaseActivation, { license: license.id, activation: row.id });
          },
          why: whyNot(releaseActivation, asker) ?? releaseWhy(row),
        },
        reset: {
          run: () => act(resetActivations, { license: license.id }),
          why: whyNot(resetActivations, asker),
        },
      })}
    />
  );
};

/** Why a machine can't be released; undefined when it can. */
export const releaseWhy = (row: Activation | undefined): string | undefined => {
  if (!row) return 'There is no machine to release.';
  return row.kind === 'offline'
    ? 'An offline key holds this seat: give it back by its proof, or report it lost, in Offline keys.'
    : undefined;
};
