/** An action from its question to its result: the fields it asks for, what it warns of, what it gives. */
import { useEffect, useRef, useState } from 'react';
import type { Action, Preview, Values } from '../../client/actions/action.ts';
import type { Done } from '../../client/actions/done.ts';
import type { Client } from '../../client/api/client.ts';
import type { Failure } from '../../client/api/failure.ts';
import { useNotify } from '../../hooks/use-terminal.ts';
import { failureWords } from '../../state/words/failure-words.ts';
import { ActionForm } from './action-form.tsx';
import { Dialog } from './dialog.tsx';
import { DoneView, mustShow } from './done-view.tsx';
import { Failed } from './failed.tsx';
import { Progress } from '../progress.tsx';
import { Waiting } from '../waiting.tsx';

export interface ActionFlowProps {
  readonly action: Action;
  readonly client: Client;
  /** Values that are known: their fields are not asked for. */
  readonly preset: Values;
  /** The form's starting values, by field. */
  readonly initial?: Values | undefined;
  /** What the form is about, said in place of the action's description. */
  readonly about?: string | undefined;
  readonly onClose: () => void;
  /** After the server did it, before the result is closed. */
  readonly onDone?: (done: Done) => void;
}

/** What the action is given; `typed` as it was in the form, if there was one. */
interface Given {
  readonly values: Values;
  readonly typed?: Values | undefined;
}

type Stage =
  /** `typed`: what the form holds, where one comes back to it. */
  | { readonly at: 'form'; readonly typed?: Values }
  | (Given & { readonly at: 'preview' })
  | (Given & { readonly at: 'ask'; readonly preview: Preview })
  | (Given & { readonly at: 'run' })
  | {
      readonly at: 'failed';
      readonly text: string;
      readonly typed: Values | undefined;
      /** What may be tried once more as it is: not what was confirmed, which may have been done. */
      readonly again: Stage | undefined;
    }
  | { readonly at: 'done'; readonly done: Done };

const failedOf = (stage: Extract<Stage, Given>, action: Action, failure: Failure): Stage => ({
  at: 'failed',
  text: failureWords(failure),
  typed: stage.typed,
  again:
    stage.typed === undefined && (stage.at === 'preview' || !action.danger)
      ? { ...stage }
      : undefined,
});

const asksFor = (action: Action, preset: Values): boolean =>
  action.fields.some(({ name }) => !(name in preset));

const start = (action: Action, preset: Values): Stage => {
  if (asksFor(action, preset)) return { at: 'form' };
  return { at: action.danger ? 'preview' : 'run', values: preset };
};

/** Draws what the stage needs; forms and results cover the content, questions float over it. */
export const ActionFlow = (props: ActionFlowProps) => {
  const { action, client, preset, onClose } = props;
  const notify = useNotify();
  const [stage, setStage] = useState(() => start(action, preset));

  const finish = (done: Done): void => {
    props.onDone?.(done);
    if (mustShow(action, done)) {
      setStage({ at: 'done', done });
      return;
    }
    onClose();
    notify(done.next === undefined ? done.message : `${done.message} ${done.next}`);
  };

  useStage(stage, action, client, setStage, finish);

  if (stage.at === 'form') {
    return (
      <ActionForm
        action={action}
        preset={preset}
        initial={props.initial ?? {}}
        typed={stage.typed}
        about={props.about}
        onCancel={onClose}
        submit={async (values, typed) => {
          if (action.danger || action.long) {
            setStage({ at: action.danger ? 'preview' : 'run', values, typed });
            return undefined;
          }
          const answer = await action.run(client, values);
          if (answer.ok) finish(answer.value);
          return answer.ok ? undefined : answer.error;
        }}
      />
    );
  }
  if (stage.at === 'run' && action.long) {
    return (
      <Progress
        title={action.title}
        run={(work) =>
          void action.run(client, stage.values, work).then((answer) => {
            if (answer.ok) finish(answer.value);
            else setStage(failedOf(stage, action, answer.error));
          })
        }
      />
    );
  }
  if (stage.at === 'ask') {
    return <Ask action={action} stage={stage} onClose={onClose} run={setStage} />;
  }
  if (stage.at === 'failed') {
    return (
      <Failed
        title={action.title}
        text={stage.text}
        again={stage.typed && (() => setStage({ at: 'form', typed: stage.typed ?? {} }))}
        retry={stage.again && (() => setStage(stage.again ?? stage))}
        onClose={onClose}
      />
    );
  }
  if (stage.at === 'done') {
    return <DoneView title={action.title} done={stage.done} onClose={onClose} />;
  }
  // What is being fetched for the question can be left; what was sent can not be called back.
  return <Waiting title={action.title} onCancel={stage.at === 'preview' ? onClose : undefined} />;
};

/** Fetches the preview, or runs the action, once for each time the stage asks for it. */
const useStage = (
  stage: Stage,
  action: Action,
  client: Client,
  setStage: (stage: Stage) => void,
  finish: (done: Done) => void,
): void => {
  const begun = useRef<Stage>(undefined);
  useEffect(() => {
    if (begun.current === stage) return;
    begun.current = stage;
    if (stage.at === 'preview' && action.danger) {
      const { values, typed } = stage;
      void action.danger.preview(client, values).then((answer) => {
        if (answer.ok) setStage({ at: 'ask', values, typed, preview: answer.value });
        else setStage(failedOf(stage, action, answer.error));
      });
    }
    if (stage.at === 'run' && !action.long) {
      void action.run(client, stage.values).then((answer) => {
        if (answer.ok) finish(answer.value);
        else setStage(failedOf(stage, action, answer.error));
      });
    }
  });
};

interface AskProps {
  readonly action: Action;
  readonly stage: Extract<Stage, { at: 'ask' }>;
  readonly onClose: () => void;
  readonly run: (stage: Stage) => void;
}

/** The question. The gentler acts come before the one that was asked for. */
const Ask = ({ action, stage, onClose, run }: AskProps) => (
  <Dialog
    title={`${action.title}?`}
    tone="soon"
    lines={stage.preview.sentences.map((text) => ({ text }))}
    stay={{ label: 'Leave everything as it is', run: onClose }}
    onBack={
      stage.typed && (() => run({ at: 'form', ...(stage.typed ? { typed: stage.typed } : {}) }))
    }
    answers={[
      ...stage.preview.gentler.map(({ title, values }) => ({
        label: title,
        run: () => run({ at: 'run', values }),
      })),
      {
        label: action.danger?.confirm ?? action.title,
        run: () => run({ at: 'run', values: stage.values, typed: stage.typed }),
        tone: 'bad' as const,
      },
    ]}
  />
);
