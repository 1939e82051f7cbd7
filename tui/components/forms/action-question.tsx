/** The question before an action: what it would do now, kept current while it stands there. */
import type { Action, Preview, Values } from '../../client/actions/action.ts';
import type { Client } from '../../client/api/client.ts';
import { useAnswer } from '../../hooks/server/use-answer.ts';
import { useRevision } from '../../hooks/use-portal.ts';
import { questionOf } from '../../state/action-stage.ts';
import { mayPass } from '../../client/api/failure.ts';
import { failureWords, isPassing } from '../../state/words/failure-words.ts';
import { ok } from '../../../shared/result.ts';
import { Dialog } from './dialog.tsx';
import { Failed } from './failed.tsx';
import { Waiting } from '../waiting.tsx';

export interface ActionQuestionProps {
  readonly action: Action;
  readonly client: Client;
  readonly values: Values;
  /** Back to the form that it came from. */
  readonly onBack: (() => void) | undefined;
  readonly onClose: () => void;
  /** With the values that were asked about, or gentler ones. */
  readonly onConfirm: (values: Values) => void;
}

/** The question. The gentler acts come before the one that was asked for. */
export const ActionQuestion = (props: ActionQuestionProps) => {
  const { action, client, values, onBack, onClose, onConfirm } = props;
  const question = questionOf(action);
  const asked = useAnswer<Preview | undefined>('preview', useRevision(), async () =>
    question ? question.preview(client, values) : ok(undefined),
  );
  const { value, failure } = asked;
  if (failure && !asked.loading && !(value && isPassing(failure))) {
    return (
      <Failed
        title={action.title}
        text={failureWords(failure)}
        again={onBack}
        retry={onBack || !mayPass(failure) ? undefined : asked.refresh}
        onClose={onClose}
      />
    );
  }
  // What is being fetched for the question can be left.
  if (!value || !question) return <Waiting title={action.title} onCancel={onClose} />;
  return (
    <Dialog
      title={`${action.title}?`}
      tone="soon"
      lines={value.sentences.map((text) => ({ text }))}
      stay={{ label: 'Leave everything as it is', run: onClose }}
      onBack={onBack}
      answers={[
        ...value.gentler.map(({ title, values }, index) => ({
          id: `gentler ${index}`,
          label: title,
          run: () => onConfirm(values),
        })),
        { label: question.confirm, run: () => onConfirm(values), tone: 'bad' as const },
      ]}
    />
  );
};
