/** Does one thing at a time, however often it is wanted: a slow server is never asked twice at once. */

export interface OneAtATime {
  /** Begins now, or once more when what is under way has ended. */
  readonly want: () => void;
  /** Nothing more is begun. */
  readonly close: () => void;
}

/** `work` must not throw; it gets what tells whether it was closed meanwhile, so that it then gives nothing. */
export const createOneAtATime = (work: (closed: () => boolean) => Promise<void>): OneAtATime => {
  let busy = false;
  let wanted = false;
  let closed = false;

  const run = async (): Promise<void> => {
    busy = true;
    while (wanted && !closed) {
      wanted = false;
      await work(() => closed);
    }
    busy = false;
  };

  return {
    want() {
      wanted = true;
      if (!busy) void run();
    },
    close() {
      closed = true;
    },
  };
};
