/** Does one thing at a time, however often it is wanted: a slow server is never asked twice at once. */

export interface OneAtATime {
  /** Begins now, or once more when what is under way has ended. */
  readonly want: () => void;
  /** Nothing more is begun. */
  readonly close: () => void;
}

/** `work` must not throw; it gets what tells whether it was closed meanwhile, so that it then gives nothing. */
export const createOneAtATime = (work: (closed: () => boolean) => Promise<void>): OneAtATime => {
  const state = { busy: false, wanted: false, closed: false };

  const run = async (): Promise<void> => {
    state.busy = true;
    while (state.wanted && !state.closed) {
      state.wanted = false;
      await work(() => state.closed);
    }
    state.busy = false;
  };

  return {
    want() {
      state.wanted = true;
      if (!state.busy) void run();
    },
    close() {
      state.closed = true;
    },
  };
};
