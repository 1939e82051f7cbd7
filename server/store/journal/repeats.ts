/**
 * Refusals that repeat: a machine that asks every second for a seat that nobody can give it must not fill
 * the disk. Of each kind one a minute is journaled, and the next record says how many there were.
 */
import type { Act, Actor } from '../store.ts';

const minute = 60_000;
/** Kinds of one actor, action and outcome that are told apart a minute; what is beyond is counted together. */
const most = 50;

interface Kind {
  readonly actor: Actor;
  readonly act: Act;
  /** Kinds with the same are limited together. */
  readonly variety: string;
  /** Since when, in milliseconds since the epoch, and how many were not journaled since then. */
  readonly since: number;
  count: number;
}

export interface Repeats {
  /** What to journal of an act now: the act, with its count if others came before; undefined for nothing. */
  take(actor: Actor, act: Act, now: number): Act | undefined;
  /** What was counted and is to be journaled, since its minute is over by `now`. It is forgotten here. */
  due(now: number): readonly Pick<Kind, 'actor' | 'act'>[];
}

const withCount = (act: Act, count: number): Act =>
  count < 2 ? act : { ...act, details: { ...act.details, count } };

/** What an act counts as, from the most exact on. */
const kindsOf = ({ action, target, outcome, details }: Act): readonly Act[] => [
  { action, target, outcome, details },
  { action, target, outcome },
  { action, target: 'many', outcome },
];

/** What was counted by others is journaled as it is, and what is under way is no refusal. */
const isRefusal = ({ outcome, details }: Act): boolean =>
  outcome !== 'ok' && outcome !== 'started' && details?.['count'] === undefined;

const isOver = ({ since }: Kind, now: number): boolean => now < since || now >= since + minute;

export const createRepeats = (): Repeats => {
  const kinds = new Map<string, Kind>();
  const varieties = new Map<string, number>();

  const begin = (key: string, kind: Kind): void => {
    kinds.set(key, kind);
    varieties.set(kind.variety, (varieties.get(kind.variety) ?? 0) + 1);
  };

  const end = (key: string, { variety }: Kind): void => {
    kinds.delete(key);
    const left = (varieties.get(variety) ?? 1) - 1;
    if (left === 0) varieties.delete(variety);
    else varieties.set(variety, left);
  };

  return {
    take: (actor, act, now) => {
      if (!isRefusal(act)) return act;
      for (const [level, kind] of kindsOf(act).entries()) {
        const key = JSON.stringify([actor.id, kind]);
        const known = kinds.get(key);
        if (known !== undefined) {
          known.count += 1;
          if (!isOver(known, now)) return undefined;
          kinds.set(key, { ...known, actor, since: now, count: 0 });
          return withCount(kind, known.count);
        }
        const variety = JSON.stringify([actor.id, act.action, act.outcome, level]);
        if (level === 2 || (varieties.get(variety) ?? 0) < most) {
          begin(key, { actor, act: kind, variety, since: now, count: 0 });
          return kind;
        }
      }
      return act;
    },
    due: (now) => {
      const over = [...kinds].filter(([, kind]) => isOver(kind, now));
      for (const [key, kind] of over) end(key, kind);
      return over
        .filter(([, { count }]) => count > 0)
        .map(([, { actor, act, count }]) => ({
          actor,
          act: { ...act, details: { ...act.details, count } },
        }));
    },
  };
};
