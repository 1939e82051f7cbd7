/**
 * Judges histories by linearizability (Herlihy and Wing, 1990): whether all answers of a license can be put in
 * one order in which each was right, no answer before its request nor after it was received. The search is
 * Wing and Gong's, with the states that led nowhere kept (Lowe, 2017).
 */

/** A license as its answers must see it. No lease ends within a history. */
export interface LicenseState {
  readonly seats: number;
  /** Machines on a seat, sorted. */
  readonly seated: readonly string[];
  /** Machines that run on a lease without one, sorted. */
  readonly left: readonly string[];
  /** The good token of each machine. */
  readonly tokens: Readonly<Record<string, string>>;
}

export type Request =
  | { readonly kind: 'activate'; readonly host: string }
  | { readonly kind: 'check-in'; readonly host: string; readonly token: string }
  | { readonly kind: 'deactivate'; readonly host: string; readonly token: string }
  | { readonly kind: 'release'; readonly host: string }
  | { readonly kind: 'reset' }
  | { readonly kind: 'read' }
  | { readonly kind: 'seats'; readonly seats: number };

export interface Answer {
  readonly status: number;
  readonly code?: string | undefined;
  /** A new token. */
  readonly token?: string | undefined;
  readonly counter?: number | undefined;
  readonly seats?: number | undefined;
  /** Machines that lost their seat. */
  readonly lost?: readonly string[] | undefined;
}

/** A request and its answer, with when it was sent and received. Milliseconds of one clock. */
export interface Operation {
  readonly request: Request;
  readonly answer: Answer;
  readonly sent: number;
  readonly received: number;
}

const added = (names: readonly string[], more: readonly string[]): readonly string[] =>
  [...new Set([...names, ...more])].sort();
const without = (names: readonly string[], less: readonly string[]): readonly string[] =>
  names.filter((name) => !less.includes(name));

const seat = (state: LicenseState, host: string): LicenseState => ({
  ...state,
  seated: added(state.seated, [host]),
  left: without(state.left, [host]),
});

const leave = (state: LicenseState, hosts: readonly string[]): LicenseState => ({
  ...state,
  seated: without(state.seated, hosts),
  left: added(state.left, hosts),
});

const withToken = (state: LicenseState, host: string, token: string): LicenseState => ({
  ...state,
  tokens: { ...state.tokens, [host]: token },
});

/** A rule: the state after a right answer, null for a wrong one. */
type Rule<K extends Request['kind']> = (
  state: LicenseState,
  request: Extract<Request, { readonly kind: K }>,
  answer: Answer,
) => LicenseState | null;

const isSeated = ({ seated }: LicenseState, host: string): boolean => seated.includes(host);
const isFull = ({ seated, seats }: LicenseState): boolean => seated.length >= seats;
const mayLeave = ({ left, seats }: LicenseState, more: number): boolean =>
  more === 0 || left.length + more <= seats;

const takes = (state: LicenseState, host: string, { code }: Answer, isOk: boolean) => {
  const fits = isSeated(state, host) || !isFull(state);
  if (isOk) return fits ? seat(state, host) : null;
  return code === 'activation-limit-exceeded' && !fits ? state : null;
};

const activate: Rule<'activate'> = (state, { host }, answer) => {
  const { status, token } = answer;
  const isOk = status < 300 && (status === 201) === (state.tokens[host] === undefined);
  const next = takes(state, host, answer, isOk && token !== undefined);
  return next && token !== undefined ? withToken(next, host, token) : next;
};

const checkIn: Rule<'check-in'> = (state, { host, token }, answer) => {
  const isGood = state.tokens[host] === token;
  if (answer.status === 401) return isGood ? null : state;
  return isGood ? takes(state, host, answer, answer.status === 200) : null;
};

const giveUp = (state: LicenseState, host: string, { status, code }: Answer) => {
  const may = mayLeave(state, isSeated(state, host) ? 1 : 0);
  if (status === 204) return may ? leave(state, isSeated(state, host) ? [host] : []) : null;
  return code === 'reset-limit-exceeded' && !may ? state : null;
};

const deactivate: Rule<'deactivate'> = (state, { host, token }, answer) => {
  const isGood = state.tokens[host] === token;
  if (answer.status === 401) return isGood ? null : state;
  const next = isGood ? giveUp(state, host, answer) : null;
  return next && answer.status === 204 ? withToken(next, host, '') : next;
};

const release: Rule<'release'> = (state, { host }, answer) => {
  if (answer.status === 404) return isSeated(state, host) ? null : state;
  return isSeated(state, host) ? giveUp(state, host, answer) : null;
};

const reset: Rule<'reset'> = (state, _, { status, lost = [] }) => {
  const may = mayLeave(state, state.seated.length);
  if (status === 409) return may ? null : state;
  const all = [...lost].sort().join() === state.seated.join();
  return may && all ? leave(state, state.seated) : null;
};

const read: Rule<'read'> = (state, _, { counter, seats }) =>
  counter === state.seated.length && seats === state.seats ? state : null;

const setSeats: Rule<'seats'> = (state, { seats }, { lost = [] }) => {
  const isRight = lost.length === Math.max(0, state.seated.length - seats);
  return isRight && lost.every((host) => isSeated(state, host))
    ? { ...leave(state, lost), seats }
    : null;
};

/** The state after an operation; null where its answer is wrong in this one. */
export const apply = (
  state: LicenseState,
  { request, answer }: Pick<Operation, 'request' | 'answer'>,
): LicenseState | null => {
  switch (request.kind) {
    case 'activate':
      return activate(state, request, answer);
    case 'check-in':
      return checkIn(state, request, answer);
    case 'deactivate':
      return deactivate(state, request, answer);
    case 'release':
      return release(state, request, answer);
    case 'reset':
      return reset(state, request, answer);
    case 'read':
      return read(state, request, answer);
    case 'seats':
      return setSeats(state, request, answer);
  }
};

/** The operations that may come next: those that were sent before any other that is left was received. */
const next = (left: readonly Operation[]): readonly Operation[] => {
  const first = Math.min(...left.map(({ received }) => received));
  return left.filter(({ sent }) => sent <= first);
};

/** The longest order found, and whether all operations are in it. */
export interface Judgement {
  readonly isLinearizable: boolean;
  readonly order: readonly Operation[];
}

/** Looks for an order of all operations in which each answer is right. */
export const judge = (history: readonly Operation[], start: LicenseState): Judgement => {
  const dead = new Set<string>();
  let longest: readonly Operation[] = [];
  const search = (
    left: readonly Operation[],
    state: LicenseState,
    order: readonly Operation[],
  ): boolean => {
    if (order.length > longest.length) longest = order;
    if (left.length === 0) return true;
    const key = `${left.map((one) => history.indexOf(one)).join()} ${JSON.stringify(state)}`;
    if (dead.has(key)) return false;
    for (const one of next(left)) {
      const after = apply(state, one);
      const rest = left.filter((other) => other !== one);
      if (after && search(rest, after, [...order, one])) return true;
    }
    dead.add(key);
    return false;
  };
  const isLinearizable = search(history, start, []);
  return { isLinearizable, order: longest };
};
