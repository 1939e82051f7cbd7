/** `licet users list|add|remove|code`. */
import type { Command } from 'commander';
import {
  addUser,
  listUsers,
  newUserCode,
  removeUser,
} from '../../client/actions/accounts/users.ts';
import { group } from '../group.ts';
import type { Io } from '../io.ts';

export const usersCommand = (io: Io): Command =>
  group(io, 'users', 'People who may activate with a license', [
    {
      name: 'list',
      action: listUsers,
      places: ['license'],
      examples: ['users list Dev', 'users list Dev --json'],
    },
    {
      name: 'add',
      action: addUser,
      places: ['email'],
      examples: ['users add leo@example.com --name "Leo Brandt" --license Dev'],
    },
    {
      name: 'remove',
      action: removeUser,
      places: ['user'],
      examples: ['users remove leo@example.com --license Dev'],
    },
    {
      name: 'code',
      action: newUserCode,
      places: ['user'],
      examples: ['users code leo@example.com --license Dev'],
    },
  ]);
