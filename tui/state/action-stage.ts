/** The way of an action from its fields to its result, as a table of stages and events. */
import type { Action, Danger, Values } from '../client/actions/action.ts';
import type { Field } from '../client/actions/fields.ts';
import type { Done } from '../client/actions/done.ts';
import type { Failure } from '../client/api/failure.ts';

/** What the action is given; `typed` as it stands in the form, where there was one to come back to. */
export interface Given {
  readonly values: Values;
  readonly typed?: Values | undefined;
}

export type Stage =
  | { readonly at: 'form'; readonly typed?: Values | undefined }
  | (Given & { readonly at: 'ask' })
  | (Given & { readonly at: 'run' })
  | (Given & { readonly at: 'failed'; readonly failure: Failure })
  | { readonly at: 'done'; readonly done: Done };

export type StageEvent =
  /** The form was sent. */
  | (Given & { readonly type: 'filled' })
  /** The question was answered: with these values, which may be gentler than those asked about. */
  | (Given & { readonly type: 'confirmed' })
  | { readonly type: 'failed'; readonly failure: Failure }
  | { readonly type: 'did'; readonly done: Done }
  /** Back to the form, or once more where there was none. */
  | { readonly type: 'again' };

/** What is asked before a screen does it: the danger, or what a slip of a key would do. */
export const questionOf = ({ danger, slip }: Action): Danger<Values> | undefined => danger ?? slip;

/** The fields of its form: those that are not known, and not offered by the question. */
export const fieldsAsked = ({ fields }: Action, known: Values): readonly Field[] =>
  fields.filter(({ name, offered }) => !(name in known) && offered !== true);

const begun = (action: Action, given: Given): Stage => ({
  at: questionOf(action) ? 'ask' : 'run',
  ...given,
});

/** Where an action begins that knows these values: its form asks for the others. */
export const firstStage = (action: Action, preset: Values): Stage =>
  fieldsAsked(action, preset).length > 0 ? { at: 'form' } : begun(action, { values: preset });

/** The stage after an event; an event that the stage doesn't know changes nothing. */
export const nextStage = (action: Action, stage: Stage, event: StageEvent): Stage => {
  switch (event.type) {
    case 'filled':
      return stage.at === 'form' ? begun(action, given(event)) : stage;
    case 'confirmed':
      return stage.at === 'ask' ? { at: 'run', ...given(event) } : stage;
    case 'failed':
      return stage.at === 'run' ? { ...stage, at: 'failed', failure: event.failure } : stage;
    case 'did':
      return stage.at === 'run' || stage.at === 'form' ? { at: 'done', done: event.done } : stage;
    case 'again':
      if (stage.at === 'form' || stage.at === 'done') return stage;
      return stage.typed ? { at: 'form', typed: stage.typed } : begun(action, given(stage));
  }
};

const given = ({ values, typed }: Given): Given => ({ values, typed });
