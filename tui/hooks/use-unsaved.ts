/** Typed input that leaving would lose: whoever closes or quits asks first. */
import { useEffect } from 'react';
import { useTerminal } from './use-terminal.ts';

/** Declares that the component holds input that exists nowhere else. */
export const useUnsaved = (dirty: boolean): void => {
  const { unsaved } = useTerminal();
  useEffect(() => {
    if (!dirty) return undefined;
    const mark = Symbol('unsaved');
    unsaved.add(mark);
    return () => {
      unsaved.delete(mark);
    };
  }, [unsaved, dirty]);
};
