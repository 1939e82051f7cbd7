/** The seats of the last thirty days in one row, for a glance; `u` opens them as a chart. */
import type { License } from '../../../shared/api/licenses.ts';
import { Text } from '../../components/text.tsx';
import { useAnswer } from '../../hooks/server/use-answer.ts';
import { usePortal } from '../../hooks/use-portal.ts';
import { sparkline } from '../../state/usage-chart.ts';

export interface LastDaysProps {
  readonly license: License;
  readonly revision: number;
}

/** One row. It is an extra: where the days don't come, a dash stands for them. */
export const LastDays = ({ license, revision }: LastDaysProps) => {
  const { client } = usePortal();
  const { value, failure } = useAnswer(license.id, revision, () => client.usage(license.id));
  if (!value) return <Text tone="dim">{failure ? '-' : ' '}</Text>;
  const peak = Math.max(0, ...value.days.map((day) => day.peak));
  return (
    <Text wrap="truncate-end">
      {sparkline({ days: value.days, limit: value.maxActivations }).map(({ text, tone }, at) => (
        // oxlint-disable-next-line react/no-array-index-key -- a part is its place
        <Text key={at} tone={tone}>
          {text}
        </Text>
      ))}
      <Text tone="dim">{`  ${peak} at most`}</Text>
    </Text>
  );
};
