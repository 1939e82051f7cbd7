/** What only a mishap, or what takes long, leads to. */
import { pages } from './page.ts';

/** What only a mishap leads to; each is met by the test that is named. */
export const mishaps = pages('ana', [
  {
    name: 'failed',
    drawn: 'failed/Failed',
    keys: '',
    shows: 'Back to the form',
    elsewhere: 'states.test.ts',
  },
  {
    name: 'progress',
    drawn: 'progress/Progress',
    keys: '',
    shows: 's left',
    elsewhere: 'downloads.test.ts',
  },
  {
    name: 'facts',
    drawn: 'done-view/FactsPage',
    keys: '',
    shows: 'under the number',
    elsewhere: 'operator.test.ts',
  },
  {
    name: 'changed meanwhile',
    drawn: 'conflict/ConflictQuestion',
    keys: '',
    shows: 'Changed meanwhile',
    elsewhere: 'two-editors.test.ts',
  },
  {
    name: 'a card',
    drawn: ['done-view/CardPage', 'done-view/DoneView', 'card/Card'],
    keys: '',
    shows: 'For Leo',
    elsewhere: 'secrets.test.ts',
  },
  {
    name: 'a card left',
    drawn: 'secret/useSecretLeave',
    keys: '',
    shows: 'Close this page?',
    elsewhere: 'secrets.test.ts',
  },
  {
    name: 'before the portal is loaded',
    drawn: 'app/App',
    keys: '',
    shows: 'Loading…',
    elsewhere: 'states.test.ts',
  },
]);
