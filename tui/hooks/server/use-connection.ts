/** The line to the server: whether it is there, and what changed behind our back. */
import { useEffect, useRef, useState } from 'react';
import type { Client } from '../../client/api/client.ts';
import type { ConnectionState, EventStream } from '../../client/api/events.ts';

export interface Connection {
  readonly state: ConnectionState | { readonly state: 'connecting' };
  /** Rises a moment after each change on the server, and after each new connection. */
  readonly revision: number;
  /** Tries at once instead of waiting; asks everything anew. */
  readonly refresh: () => void;
}

/** Changes that come together are one: milliseconds to wait for more. */
const settle = 80;

/** Follows the server's events while mounted. */
export const useConnection = (client: Client): Connection => {
  const [state, setState] = useState<Connection['state']>({ state: 'connecting' });
  const [revision, setRevision] = useState(0);
  const stream = useRef<EventStream>(undefined);

  useEffect(() => {
    let timer: NodeJS.Timeout | undefined;
    let connected = false;
    const changed = (): void => {
      timer ??= setTimeout(() => {
        timer = undefined;
        setRevision((count) => count + 1);
      }, settle);
    };
    const opened = client.events({
      onChange: changed,
      onState: (next) => {
        setState(next);
        if (next.state !== 'connected') return;
        // What the first connection could have missed was not yet asked for.
        if (connected) changed();
        connected = true;
      },
    });
    stream.current = opened;
    return () => {
      clearTimeout(timer);
      opened.close();
    };
  }, [client]);

  return {
    state,
    revision,
    refresh: () => {
      stream.current?.retry();
      setRevision((count) => count + 1);
    },
  };
};
