/** Code that the first frame does without, loaded when it is needed. */
import { useEffect, useEffectEvent, useState } from 'react';

/** What `load` gives, once; undefined until then, and as long as it is not wanted. */
export const useLoaded = <T>(load: () => Promise<T>, wanted = true): T | undefined => {
  const [loaded, setLoaded] = useState<T>();
  const loadNow = useEffectEvent(load);
  const needed = wanted && loaded === undefined;
  useEffect(() => {
    // What is loaded may be a function, which React would take for an update.
    if (needed) void loadNow().then((value) => setLoaded(() => value));
  }, [needed]);
  return loaded;
};
