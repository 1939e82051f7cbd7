/** How a license is used: seats by day as a chart, and the figures of a day. */
import { useState } from 'react';
import type { License } from '../../../shared/api/licenses.ts';
import type { Usage, UsageDay } from '../../../shared/api/usage.ts';
import { counted, counterText } from '../../client/actions/done.ts';
import { showUsage } from '../../client/actions/licenses/insight.ts';
import { useContentSize } from '../../components/layout/frame.tsx';
import { paragraph } from '../../components/lines.tsx';
import { Page, pageTitleRows } from '../../components/layout/page.tsx';
import { Unanswered } from '../../components/states.tsx';
import { Text } from '../../components/text.tsx';
import { useAnswer } from '../../hooks/server/use-answer.ts';
import { useKeys } from '../../hooks/use-keys.ts';
import { usePortal } from '../../hooks/use-portal.ts';
import { date } from '../../client/relative-time.ts';
import {
  chartHeight,
  chartRows,
  chartTop,
  datesRow,
  dayWidth,
  markRow,
  refusedRow,
  scaleWidth,
  type ChartRow,
} from '../../state/usage-chart.ts';

export interface UsageScreenProps {
  readonly license: License;
  readonly onClose: () => void;
}

const dayText = (day: string): string => date(Date.parse(day));

/** "24 Nov 2026: 3 used, 3 at most, 2 refused"; used is at the end of the day. */
const figures = ({ day, used, peak, refused }: UsageDay): string =>
  `${dayText(day)}: ${used} used, ${peak} at most, ${refused} refused`;

/** The whole span in a sentence. */
const summary = ({ days, maxActivations }: Usage): string => {
  const peak = Math.max(0, ...days.map((day) => day.peak));
  const refused = days.reduce((sum, day) => sum + day.refused, 0);
  const now = counterText(days.at(-1)?.used ?? 0, maxActivations);
  return `${now} used now, ${peak} at most in ${counted(days.length, 'day')}, ${counted(refused, 'machine')} refused.`;
};

/** The page. Left and right mark a day; its figures are said below. */
export const UsageScreen = ({ license, onClose }: UsageScreenProps) => {
  const { client, revision, act } = usePortal();
  const { rows } = useContentSize();
  const asked = useAnswer(license.id, revision, () => client.usage(license.id));
  const low = rows < 10;
  return (
    <Page title={`Usage of ${license.name}`} bare={low}>
      {asked.value ? (
        <Chart
          usage={asked.value}
          height={low ? rows : rows - pageTitleRows(rows, false)}
          brief={low}
        />
      ) : (
        <Unanswered failure={asked.loading ? undefined : asked.failure} retry={asked.refresh} />
      )}
      <PageKeys
        csv={() => act(showUsage, { license: license.id, from: '', to: '', csv: 'yes' })}
        refresh={asked.refresh}
        onClose={onClose}
      />
    </Page>
  );
};

interface PageKeysProps {
  readonly csv: () => void;
  readonly refresh: () => void;
  readonly onClose: () => void;
}

/** Inside of the page's layer. */
const PageKeys = ({ csv, refresh, onClose }: PageKeysProps) => {
  useKeys({
    save: { run: csv, does: 'Show as CSV, to copy or save', hint: 'CSV' },
    refresh,
    back: { run: onClose },
    choose: { run: onClose, does: 'Back', hint: '' },
  });
  return null;
};

interface ChartProps {
  readonly usage: Usage;
  readonly height: number;
  /** Without the sentence on the whole span: each row counts. */
  readonly brief: boolean;
}

/** The chart and the marked day: the last one, until another is chosen. */
const Chart = ({ usage, height, brief }: ChartProps) => {
  const { columns } = useContentSize();
  const [back, setBack] = useState(0);
  // On a narrow screen the latest days.
  const room = columns - scaleWidth;
  const days = usage.days.slice(-Math.max(1, room));
  const marked = Math.max(0, days.length - 1 - back);
  const last = days.length - 1;
  useKeys({
    previousPart: {
      run: () => setBack(Math.min(last, back + 1)),
      does: 'The day before',
      hint: 'day before',
    },
    nextPart: { run: () => setBack(Math.max(0, back - 1)), does: 'The day after', hint: '' },
    first: { run: () => setBack(last), does: 'The first day' },
    last: { run: () => setBack(0), does: 'Today' },
  });
  const above = brief
    ? []
    : [
        ...paragraph(summary(usage), columns),
        ...(height >= airy ? [<Text key="air"> </Text>] : []),
      ];
  const below = days[marked] ? paragraph(figures(days[marked]), columns) : [];
  const free = height - above.length - below.length - (brief ? 2 : 3);
  const options = {
    days,
    limit: usage.maxActivations,
    width: dayWidth(room, days.length),
    height: chartHeight(
      chartTop({ days, limit: usage.maxActivations }),
      Math.max(1, Math.min(tallest, free)),
    ),
  };
  return (
    <>
      {above}
      {chartRows(options).map((row, at) => (
        // oxlint-disable-next-line react/no-array-index-key -- a line is its place
        <Row key={at} row={row} />
      ))}
      <Row row={refusedRow(options)} />
      <Row row={markRow(options, marked)} />
      {brief ? null : <Row row={datesRow(options, dayText)} />}
      {below}
    </>
  );
};

const tallest = 8;
/** Rows from which there is one to spare above the chart. */
const airy = 14;

const Row = ({ row }: { row: ChartRow }) => (
  <Text wrap="truncate-end">
    {row.map(({ text, tone }, at) => (
      // oxlint-disable-next-line react/no-array-index-key -- a part is its place
      <Text key={at} tone={tone}>
        {text}
      </Text>
    ))}
  </Text>
);
