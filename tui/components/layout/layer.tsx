/** Something that covers what is below it: keys go here and nowhere else until it is gone. */
import { Box, useWindowSize } from 'ink';
import { use, useState, type ReactNode } from 'react';
import { LayerContext, useKeys } from '../../hooks/use-keys.ts';
import { useTerminal } from '../../hooks/use-terminal.ts';
import { isTooSmall } from '../../state/screen-size.ts';
import { useBareFrame, useCoverSize } from './frame.tsx';

const NoKeys = () => {
  useKeys({});
  return null;
};

/** Takes all keys for its subtree, without drawing anything itself. */
export const Layer = ({ children }: { children: ReactNode }) => {
  const { scopes } = useTerminal();
  const below = use(LayerContext);
  // Above what is on screen when it comes, also where that is no ancestor: a page over another page.
  const [layer] = useState(() => Math.max(below, scopes.topLayer()) + 1);
  return (
    <LayerContext value={layer}>
      <NoKeys />
      {children}
    </LayerContext>
  );
};

/** Below so many rows a frame's content has no room for what covers it. */
const lowScreen = 16;

/** A layer in the middle of the area that it covers; on a low screen that is all of it. */
export const Overlay = ({ children }: { children: ReactNode }) => {
  const window = useWindowSize();
  const { columns, rows } = useCoverSize();
  const ready = useBareFrame(window.rows < lowScreen);
  return (
    <Layer>
      <Box
        display={isTooSmall(window) ? 'none' : 'flex'}
        position="absolute"
        width={columns}
        height={rows}
        alignItems="center"
        justifyContent="center"
      >
        {ready ? children : null}
      </Box>
    </Layer>
  );
};
