/** Two people changed the same thing: who was first, what both chose, and whose choice stays. */
import { inert } from '../../state/cells.ts';
import type { Action, Values } from '../../client/actions/action.ts';
import type { Conflict, Editing } from '../../client/actions/editing.ts';
import { relativeTime } from '../../client/relative-time.ts';
import { useNow } from '../../hooks/use-now.ts';
import { Dialog } from './dialog.tsx';

export interface ConflictProps {
  readonly action: Action;
  readonly conflict: Conflict;
  /** What my form began with. */
  readonly before: Editing;
  /** What I sent; what I left as it was is empty. */
  readonly mine: Values;
  readonly onBack: () => void;
  readonly keepTheirs: () => void;
  readonly keepMine: () => void;
}

const shown = (value: string | undefined): string => (value ? `“${inert(value, 60)}”` : 'empty');

/** A line for each field that they changed, with my choice where I made one too. */
const differences = ({ action, conflict, before, mine }: ConflictProps): string[] =>
  action.fields.flatMap(({ name, label }) => {
    const theirs = conflict.theirs.values[name];
    if (theirs === before.values[name]) return [];
    const chosen = mine[name];
    const yours = chosen ? `, yours ${shown(chosen === '-' ? '' : chosen)}` : '';
    return [`${label}: theirs ${shown(theirs)}${yours}.`];
  });

/** The question. Keeping mine changes only what I changed: theirs stays in all other fields. */
export const ConflictQuestion = (props: ConflictProps) => {
  const { conflict, onBack, keepTheirs, keepMine } = props;
  const now = useNow();
  return (
    <Dialog
      title="Changed meanwhile"
      tone="soon"
      lines={[
        {
          text: `${inert(conflict.by ?? 'Somebody else')} changed this ${relativeTime(conflict.at, now)}. Yours is not saved.`,
        },
        ...differences(props).map((text) => ({ text })),
      ]}
      stay={{ label: 'Back to the form', run: onBack }}
      answers={[
        { label: 'Keep theirs: start again from it', run: keepTheirs },
        { label: 'Keep mine: save what I changed', run: keepMine, tone: 'bad' },
      ]}
    />
  );
};
