/** Forms and actions as state machines, by what a person may do in any order. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resetActivations } from '../../tui/client/actions/seats/activations.ts';
import { addUser, newUserCode } from '../../tui/client/actions/accounts/users.ts';
import { downloadRelease } from '../../tui/client/actions/releases/releases.ts';
import {
  firstStage,
  nextStage,
  type Stage,
  type StageEvent,
} from '../../tui/state/action-stage.ts';
import {
  fieldFault,
  formReducer,
  formValues,
  isDirty,
  shownFault,
  startForm,
  type FieldSpec,
  type FormAction,
} from '../../tui/state/form-state.ts';
import { editing } from '../../tui/state/text-edit.ts';

const fields: readonly FieldSpec[] = [
  { name: 'email', label: 'E-mail', check: (text) => (text.includes('@') ? undefined : 'No @.') },
  { name: 'secret', label: 'Password', kind: 'password' },
  { name: 'note', label: 'Note', optional: true, initial: 'as it was' },
  {
    name: 'role',
    label: 'Role',
    kind: 'choice',
    choices: ['owner', 'operator'].map((value) => ({ value, label: value })),
  },
  { name: 'manage', label: 'Manages', kind: 'toggle' },
];
const links = 2;

const written = ['email', 'secret', 'note'] as const;
const acts: fc.Arbitrary<FormAction> = fc.oneof(
  fc.record({
    type: fc.constant('edit' as const),
    name: fc.constantFrom(...written),
    to: fc.constantFrom('', 'ana', 'ana@acme', ' blank ').map(editing),
  }),
  fc.record({
    type: fc.constantFrom('focus' as const, 'change' as const),
    by: fc.constantFrom(-1, 1),
  }),
  fc.record({ type: fc.constantFrom('reveal', 'try', 'send', 'sent') }),
  fc.record({
    type: fc.constant('failed' as const),
    problem: fc.record({
      text: fc.constant('Refused.'),
      field: fc.constantFrom(undefined, 'secret', 'no field of it'),
    }),
  }),
);

test('a form holds what was typed, sends one thing at a time, and says each fault where it is', () => {
  fc.assert(
    fc.property(fc.array(acts, { maxLength: 40 }), (taken) => {
      let state = startForm(fields, links);
      const typed: Record<string, string> = { email: '', secret: '', note: 'as it was' };
      for (const action of taken) {
        const before = state;
        state = formReducer(state, action);
        const answers = action.type === 'failed' || action.type === 'sent';
        const ignored = before.busy && !answers;
        expect(state === before || !ignored).toBe(true);
        if (action.type === 'edit' && !ignored) typed[action.name] = action.to.text;
        expect(state.busy).toBe(before.busy ? !answers : action.type === 'send');
        expect(state.focus).toBeGreaterThanOrEqual(0);
        expect(state.focus).toBeLessThan(fields.length + links);
        // Passwords exactly as typed, all else without the blanks around it.
        expect(formValues(state)).toMatchObject({
          email: typed['email']?.trim(),
          secret: typed['secret'],
          note: typed['note']?.trim(),
        });
        expect(['owner', 'operator']).toContain(formValues(state)['role']);
        for (const field of fields) {
          const fault = shownFault(state, field);
          // What is said is so: the field's own fault, or what the server said of it.
          expect([undefined, fieldFault(state, field), 'Refused.']).toContain(fault);
        }
        const faulty = fields.findIndex((field) => fieldFault(state, field) !== undefined);
        const tried = action.type === 'try' && !ignored && faulty !== -1;
        expect(tried ? state.focus : faulty).toBe(faulty);
      }
      const same = written.every((name) => typed[name] === (name === 'note' ? 'as it was' : ''));
      const { role, manage } = formValues(state);
      expect(isDirty(state)).toBe(!(same && role === 'owner' && manage === 'no'));
    }),
    { numRuns: 500 },
  );
});

describe('an action', () => {
  const failure = { kind: 'unreachable', server: 'here', cause: 'it is off' } as const;
  const done = { message: 'Done.', blocks: [] };
  const filled: StageEvent = { type: 'filled', values: { a: '1' }, typed: { a: ' 1' } };
  const walk = (action: Parameters<typeof nextStage>[0], preset: object, ...events: StageEvent[]) =>
    events.reduce<Stage>(
      (stage, event) => nextStage(action, stage, event),
      firstStage(action, { ...preset }),
    ).at;

  test.each([
    ['without a question runs in its form', walk(addUser, { license: 'l' }), 'form'],
    ['is done from there', walk(addUser, {}, { type: 'did', done }), 'done'],
    ['that moves a file leaves its form', walk(downloadRelease, {}, filled), 'run'],
    ['with a danger asks first', walk(resetActivations, { license: 'l' }), 'ask'],
    [
      'that a slip of a key begins asks, too',
      walk(newUserCode, { license: 'l', user: 'u' }),
      'ask',
    ],
    [
      'runs once it is confirmed',
      walk(resetActivations, { license: 'l' }, { type: 'confirmed', values: {} }),
      'run',
    ],
    [
      'that failed leads back to what was typed',
      walk(downloadRelease, {}, filled, { type: 'failed', failure }, { type: 'again' }),
      'form',
    ],
    [
      'is not confirmed by what comes late',
      walk(resetActivations, { license: 'l' }, { type: 'did', done }, { type: 'failed', failure }),
      'ask',
    ],
  ])('%s', (_, at, expected) => {
    expect(at).toBe(expected);
  });

  const events: fc.Arbitrary<StageEvent> = fc.constantFrom<StageEvent>(
    filled,
    { type: 'confirmed', values: {} },
    { type: 'failed', failure },
    { type: 'did', done },
    { type: 'again' },
  );

  test('with a danger never runs unasked, whatever happens in which order', () => {
    fc.assert(
      fc.property(fc.array(events, { maxLength: 12 }), fc.boolean(), (taken, known) => {
        let stage = firstStage(resetActivations, known ? { license: 'l' } : {});
        for (const event of taken) {
          const before = stage;
          stage = nextStage(resetActivations, stage, event);
          const began = stage.at === 'run' && before.at !== 'run';
          const confirmed = before.at === 'ask' && event.type === 'confirmed';
          expect(began).toBe(confirmed);
          expect(before.at === 'done' ? stage : before).toBe(before);
        }
      }),
    );
  });
});
