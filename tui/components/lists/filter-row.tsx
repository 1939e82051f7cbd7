/** The row of a list's filter, one cell row high. */
import type { Filter } from '../../hooks/lists/use-filter.ts';
import { cut, inert } from '../../state/cells.ts';
import { FieldValue } from '../forms/field.tsx';
import { Text } from '../text.tsx';

/** What is typed, or what was kept; to be drawn while the filter is shown. */
export const FilterRow = ({ filter, width }: { filter: Filter; width: number }) => (
  <Text wrap="truncate-end">
    <Text tone="accent">/ </Text>
    {filter.typing ? (
      <FieldValue width={Math.min(40, width - 3)} state={filter.state} focused />
    ) : (
      cut(inert(filter.state.text), width - 3)
    )}
  </Text>
);
