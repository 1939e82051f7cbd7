/** Says that the component has something that leaving would lose. */
import { useLayoutEffect } from 'react';
import type { Hold, HoldKind } from '../state/holds.ts';
import { useTerminal } from './use-terminal.ts';

/** Holds it while mounted; undefined for nothing. */
export const useHold = (kind: HoldKind | undefined): void => {
  const { holds } = useTerminal();
  useLayoutEffect(() => {
    if (kind === undefined) return undefined;
    const hold: Hold = { kind };
    holds.set([...holds.get(), hold]);
    return () => holds.set(holds.get().filter((other) => other !== hold));
  }, [holds, kind]);
};
