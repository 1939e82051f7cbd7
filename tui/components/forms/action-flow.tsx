/** Draws an action from its form to its result. Which stage follows which is in state/action-stage.ts. */
import { useEffect, useEffectEvent, useReducer, useState } from 'react';
import type { FormStart } from '../../hooks/use-portal.ts';
import { conflictOf, type Conflict } from '../../client/actions/editing.ts';
import { ifUnchanged } from '../../client/api/if-unchanged.ts';
import type { Action, Values } from '../../client/actions/action.ts';
import type { Done } from '../../client/actions/done.ts';
import type { Client } from '../../client/api/client.ts';
import type { Failure } from '../../client/api/failure.ts';
import type { Work } from '../../client/api/files.ts';
import { useHold } from '../../hooks/use-hold.ts';
import { useNotify } from '../../hooks/use-terminal.ts';
import {
  firstStage,
  nextStage,
  questionOf,
  type Given,
  type Stage,
} from '../../state/action-stage.ts';
import { mayPass } from '../../client/api/failure.ts';
import { failureWords } from '../../state/words/failure-words.ts';
import { ActionForm } from './action-form.tsx';
import { ConflictQuestion } from './conflict.tsx';
import { ActionQuestion } from './action-question.tsx';
import { DoneView, mustShow } from './done-view.tsx';
import { Failed } from './failed.tsx';
import { Progress } from '../progress.tsx';
import { Waiting } from '../waiting.tsx';

export interface ActionFlowProps {
  readonly action: Action;
  readonly client: Client;
  /** Values that are known: their fields are not asked for. */
  readonly preset: Values;
  readonly form?: FormStart;
  readonly onClose: () => void;
  /** After the server did it, before the result is closed. */
  readonly onDone?: (done: Done) => void;
}

/** Forms and results cover the content, questions float over it. */
export const ActionFlow = (props: ActionFlowProps) => {
  const { action, preset, form = {}, onClose } = props;
  const notify = useNotify();
  const [stage, happened] = useReducer(
    (old: Stage, event: Parameters<typeof nextStage>[2]) => nextStage(action, old, event),
    preset,
    (known) => firstStage(action, known),
  );

  const [editing, edit] = useState(form.editing);
  const [conflict, setConflict] = useState<(Conflict & Given) | undefined>();
  const client = editing ? ifUnchanged(props.client, editing.version) : props.client;

  const finish = (done: Done): void => {
    props.onDone?.(done);
    if (mustShow(action, done)) {
      happened({ type: 'did', done });
      return;
    }
    onClose();
    notify(done.next === undefined ? done.message : `${done.message} ${done.next}`);
  };
  const run = async (values: Values, work?: Work): Promise<Failure | undefined> => {
    const answer = await action.run(client, values, work);
    if (answer.ok) finish(answer.value);
    return answer.ok ? undefined : answer.error;
  };
  const again = (): void => happened({ type: 'again' });

  switch (stage.at) {
    case 'form':
      return (
        <>
          <ActionForm
            key={editing?.version}
            action={action}
            preset={preset}
            editing={editing}
            typed={stage.typed}
            about={form.about}
            onCancel={onClose}
            submit={async (values, typed) => {
              // What needs neither question nor progress runs in the form, which keeps what was typed.
              if (!questionOf(action) && !action.long) {
                const failure = await run(values);
                const found = failure && conflictOf(failure, editing);
                if (found) setConflict({ ...found, values, typed });
                return failure;
              }
              happened({ type: 'filled', values, typed });
              return undefined;
            }}
          />
          {conflict && editing ? (
            <ConflictQuestion
              action={action}
              conflict={conflict}
              before={editing}
              mine={conflict.values}
              onBack={() => setConflict(undefined)}
              keepTheirs={() => {
                edit(conflict.theirs);
                setConflict(undefined);
              }}
              keepMine={() => {
                edit(conflict.theirs);
                setConflict(undefined);
                happened({ type: 'filled', values: conflict.values, typed: conflict.typed });
              }}
            />
          ) : null}
        </>
      );
    case 'ask':
      return (
        <ActionQuestion
          action={action}
          client={client}
          values={stage.values}
          onBack={stage.typed && again}
          onClose={onClose}
          onConfirm={(values) =>
            happened({
              type: 'confirmed',
              values,
              typed: values === stage.values ? stage.typed : undefined,
            })
          }
        />
      );
    case 'run':
      return (
        <Running
          action={action}
          run={async (work) => {
            const failure = await run(stage.values, work);
            if (failure) happened({ type: 'failed', failure });
          }}
        />
      );
    case 'failed':
      return (
        <Failed
          title={action.title}
          text={failureWords(stage.failure)}
          again={stage.typed && again}
          // What was confirmed is not sent twice: it may have been done.
          retry={questionOf(action) || !mayPass(stage.failure) ? undefined : again}
          onClose={onClose}
        />
      );
    case 'done':
      return <DoneView title={action.title} done={stage.done} onClose={onClose} />;
  }
};

interface RunningProps {
  readonly action: Action;
  readonly run: (work?: Work) => Promise<void>;
}

/** Runs it, once. What was sent can't be called back; what moves a file can be stopped. */
const Running = ({ action, run }: RunningProps) =>
  action.long ? (
    <Progress title={action.title} run={(work) => void run(work)} />
  ) : (
    <Sent title={action.title} run={run} />
  );

const Sent = ({ title, run }: { title: string; run: () => Promise<void> }) => {
  const runNow = useEffectEvent(run);
  useEffect(() => {
    void runNow();
  }, []);
  useHold('sent');
  return <Waiting title={title} />;
};
