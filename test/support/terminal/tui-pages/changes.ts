/** What pages offer to change. */
import { nothing } from './page.ts';

/** A change that a page offers: what a server that takes none does to it. */
export interface TuiChange {
  readonly who: 'ana' | 'operator';
  /** The section, by its key. */
  readonly section: string;
  /** In the section once it is loaded. */
  readonly row: string;
  /** What leads to its form or question, and what that shows; none where the key itself changes. */
  readonly keys: string;
  readonly shows?: string;
  /** Typed into the form, and sent by it. */
  readonly typed?: string;
  /** Keys that answer the question; `shows` of a form is gone then. */
  readonly answers?: string;
  /** Still in the form when it was refused. */
  readonly kept?: string;
}

/** At least one of each section that changes something. */
export const tuiChanges: readonly TuiChange[] = [
  { who: 'ana', section: '1', row: '▌ ✖ Prod', keys: 'r', shows: nothing, answers: 'up enter' },
  { who: 'ana', section: '2', row: '▌ web-1', keys: 'x', shows: nothing, answers: 'down enter' },
  {
    who: 'ana',
    section: '3',
    row: '▌ leo@',
    keys: 'a',
    shows: '▌ E-mail',
    typed: 'zoe@acme.example\tZoe\t\r',
    kept: 'zoe@acme.example',
  },
  { who: 'ana', section: '3', row: '▌ leo@', keys: 'x', shows: nothing, answers: 'down enter' },
  {
    who: 'ana',
    section: '3',
    row: '▌ leo@',
    keys: 'n',
    shows: nothing,
    answers: 'down enter',
  },
  {
    who: 'ana',
    section: '4',
    row: '▌ plant-1',
    keys: 'w',
    shows: 'Renew an offline',
    typed: '90\r',
    kept: '90',
  },
  {
    who: 'ana',
    section: '4',
    row: '▌ plant-1',
    keys: 'l',
    shows: '▌ Reason',
    typed: 'burnt\r',
    kept: 'burnt',
  },
  {
    who: 'ana',
    section: '6',
    row: '▌ 127.0.0.1',
    keys: 'e',
    shows: '▌ Name',
    typed: 'x\t\t\r',
    kept: 'Ana Ruizx',
  },
  { who: 'ana', section: '7', row: '▌ Acme Studio', keys: 'a' },
  {
    who: 'operator',
    section: '1',
    row: '▌ Prod',
    keys: 's',
    shows: '▌ Reason',
    typed: 'unpaid\r',
    answers: 'down enter',
  },
  {
    who: 'operator',
    section: '1',
    row: '▌ Prod',
    keys: 'n',
    shows: nothing,
    answers: 'down enter',
  },
  {
    who: 'operator',
    section: '2',
    row: '▌ olga@',
    keys: 'a',
    shows: '▌ E-mail',
    typed: 'zoe@acme.example\tZoe\u0013',
    kept: 'zoe@acme.example',
  },
  {
    who: 'operator',
    section: '2',
    row: '▌ olga@',
    keys: 'down s',
    shows: nothing,
    answers: 'down enter',
  },
  {
    who: 'operator',
    section: '3',
    row: '▌ acme-server',
    keys: 'a',
    shows: 'Create a product',
    typed: 'gear\tAcme Gear\u0013',
    kept: 'Acme Gear',
  },
  {
    who: 'operator',
    section: '4',
    row: '  leo@acme',
    keys: 'n',
    shows: nothing,
    answers: 'down enter',
  },
  {
    who: 'operator',
    section: '6',
    row: '▌ acme-setup',
    keys: 'x',
    shows: nothing,
    answers: 'down enter',
  },
  {
    who: 'operator',
    section: '7',
    row: '▌ 127.0.0.1',
    keys: 'e',
    shows: '▌ Name',
    typed: 'x\t\t\r',
    kept: 'torx',
  },
];
