/** How a form is drawn: its fields, what the server said, what Enter does, and the ways on. */
import { Box } from 'ink';
import { cut, wrapWords } from '../../state/cells.ts';
import { fieldFault, type FormLink, type FormState } from '../../state/form-state.ts';
import { signs } from '../../state/theme.ts';
import { FormRows } from './form-rows.tsx';
import { useLate } from '../states.tsx';
import { Text } from '../text.tsx';

export interface FormBodyProps {
  readonly state: FormState;
  readonly width: number;
  /** Rows that all of it may take. */
  readonly height: number;
  readonly submitLabel: string;
  readonly busyLabel: string;
  readonly links: readonly FormLink[];
}

/** What went wrong as a whole, as lines; what is about a field is said at the field. */
const faultLines = ({ problem, fields }: FormState, width: number): string[] =>
  problem === undefined || fields.some(({ name }) => name === problem.field)
    ? []
    : wrapWords(`${signs.bad} ${problem.text}`, width - 2);

const clipped = (lines: readonly string[], most: number): readonly string[] =>
  lines.length <= most
    ? lines
    : lines.slice(0, most).map((line, at) => (at === most - 1 ? `${line}${signs.more}` : line));

/** With room enough there is air between the parts; without it every row is one of use. */
export const FormBody = (props: FormBodyProps) => {
  const { state, width, height, submitLabel, busyLabel, links } = props;
  // A field and a row for each way on stay in sight; a sentence that is longer says so.
  const faults = clipped(faultLines(state, width), Math.max(1, height - links.length - 1));
  const needed = state.fields.length + 1 + Math.max(1, faults.length) + links.length;
  const airy = height >= needed + 3;
  // What Enter does can be guessed; what went wrong can not.
  const enterRow = airy || faults.length === 0 || height > needed;
  const below = faults.length + (enterRow ? 1 : 0) + links.length + (airy ? 2 : 0);
  const ready = state.fields.every((field) => fieldFault(state, field) === undefined);
  const gap = airy ? <Text> </Text> : null;
  return (
    <Box flexDirection="column">
      <FormRows state={state} width={width} height={Math.max(1, height - below)} />
      {gap}
      {faults.map((line) => (
        <Text key={line} tone="bad">
          {`  ${line}`}
        </Text>
      ))}
      {state.busy ? (
        <BusyRow label={busyLabel} before={enterRow ? submitLabel : ''} width={width} />
      ) : enterRow ? (
        <Text tone={ready ? 'accent' : 'dim'}>{cut(`  ↵ ${submitLabel}`, width)}</Text>
      ) : null}
      {links.length === 0 ? null : gap}
      {links.map(({ label }, index) => {
        const focused = state.focus === state.fields.length + index;
        return (
          <Text key={label} tone={focused ? 'selected' : 'dim'}>
            {cut(`${focused ? signs.pointer : ' '} ${label}`, width)}
          </Text>
        );
      })}
    </Box>
  );
};

interface BusyRowProps {
  readonly label: string;
  /** What stands there while nothing needs to be said yet. */
  readonly before: string;
  readonly width: number;
}

/** That it is sent is said only where it takes a while: else a word would flash. */
const BusyRow = ({ label, before, width }: BusyRowProps) => {
  const sent = useLate() ? `${label}${signs.more}` : before === '' ? '' : `↵ ${before}`;
  return <Text tone="dim">{cut(`  ${sent}`, width)}</Text>;
};
