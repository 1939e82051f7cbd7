/**
 * Every page of the terminal UI, once: who sees it, which keys lead to it, what is on it, what it asks of
 * the server, how it is left. The tests of states and sizes go through all of it, and a page that is
 * missing here fails them.
 */
import { nobody } from './before-sign-in.ts';
import { mishaps } from './mishaps.ts';
import { operator } from './operator.ts';
import { ana, eva } from './owner.ts';
import type { TuiPage } from './page.ts';

/** In the order in which they are gone through: what is over a page stands behind it. */
export const tuiPages: readonly TuiPage[] = [...nobody, ...ana, ...eva, ...operator, ...mishaps];
