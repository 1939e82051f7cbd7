/** Something that covers what is below it: keys go here and nowhere else until it is gone. */
import { Box, useWindowSize } from 'ink';
import { use, type ReactNode } from 'react';
import { isTooSmall } from '../state/screen-size.ts';
import { LayerContext, useKeys } from '../hooks/use-keys.ts';

const NoKeys = () => {
  useKeys({});
  return null;
};

/** Takes all keys for its subtree, without drawing anything itself. */
export const Layer = ({ children }: { children: ReactNode }) => {
  const layer = use(LayerContext);
  return (
    <LayerContext value={layer + 1}>
      <NoKeys />
      {children}
    </LayerContext>
  );
};

/** A layer in the middle of the screen, over everything. */
export const Overlay = ({ children }: { children: ReactNode }) => {
  const { columns, rows } = useWindowSize();
  return (
    <Layer>
      <Box
        display={isTooSmall({ columns, rows }) ? 'none' : 'flex'}
        position="absolute"
        width={columns}
        height={rows}
        alignItems="center"
        justifyContent="center"
      >
        {children}
      </Box>
    </Layer>
  );
};
