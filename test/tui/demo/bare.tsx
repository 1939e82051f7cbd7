/** The least that Ink can do on a terminal: what the first frame of the product is measured against. */
import process from 'node:process';
import { Box, render, Text, useInput } from 'ink';

const Bare = () => {
  useInput(() => undefined);
  return (
    <Box height={process.stdout.rows} flexDirection="column">
      <Text>E-mail</Text>
    </Box>
  );
};

render(<Bare />, { interactive: true, alternateScreen: true, patchConsole: false });
