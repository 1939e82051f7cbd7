/** The sign-in, the ways from it, and This machine. */
import { ofText, pages, text } from './page.ts';

/** In the order in which they are gone through. */
export const nobody = pages('nobody', [
  {
    name: 'sign-in',
    drawn: ['sign-in/SignInScreen', 'frame/Frame'],
    keys: '',
    shows: 'E-mail',
  },
  { name: 'a code', over: 'sign-in', keys: 'up up up enter', shows: '▌ Code' },
  { name: 'forgot', over: 'sign-in', keys: 'up up enter', shows: 'Ask for a code' },
  {
    name: 'this machine',
    drawn: ['this-machine/MachineScreen', 'page/Page'],
    over: 'sign-in',
    keys: 'up enter',
    shows: 'Enter a key',
    here: 'Enter',
  },
  {
    name: 'its request',
    ...text,
    over: 'this machine',
    keys: 'home enter',
    shows: 'The request of',
  },
  ...ofText('its request'),
  { name: 'enter a key', over: 'this machine', keys: 'home down enter', shows: '▌ Key' },
  { name: 'verify', over: 'this machine', keys: 'home down down enter', shows: '▌ Key' },
  { name: 'give back', over: 'this machine', keys: 'end up enter', shows: '▌ Key' },
  {
    name: 'giving back, asked',
    drawn: 'this-machine/GiveBackQuestion',
    over: 'give back',
    keys: 'enter',
    shows: 'Keep the key',
    elsewhere: 'this-machine.test.ts',
  },
  { name: 'read a code', over: 'this machine', keys: 'end enter', shows: '▌ Code' },
  {
    name: 'a server that nobody vouches for',
    drawn: 'trust/TrustQuestion',
    over: 'sign-in',
    keys: '',
    shows: 'Is this your server?',
    elsewhere: 'trust.test.ts',
  },
]);
