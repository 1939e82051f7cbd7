/** A program of the tests: the terminal UI alone, against the server in LICET_SERVER. */
import process from 'node:process';
import { startTui } from '../../../tui/start-tui.ts';

const { stdin, stdout, stderr, env } = process;
process.exitCode = await startTui({ stdin, stdout, stderr, env, oneMeaning: true });
