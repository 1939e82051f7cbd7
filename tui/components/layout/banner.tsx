/** The calm line that says the server is gone, and when it is tried again. */
import { Box, useWindowSize } from 'ink';
import { useNow } from '../../hooks/use-now.ts';
import { cut } from '../../state/cells.ts';
import { signs } from '../../state/theme.ts';
import { Text } from '../text.tsx';

export interface BannerProps {
  /** "The server at http://... does not answer." */
  readonly text: string;
  /** When it is tried again, milliseconds since the epoch; undefined while it is being tried. */
  readonly retryAt?: number | undefined;
}

/** One row below the sections. What is on screen and what was typed stay as they are. */
export const Banner = ({ text, retryAt }: BannerProps) => {
  const { columns } = useWindowSize();
  return (
    <Box>
      <Text tone="soon" wrap="truncate-end">
        {` ${signs.soon} `}
        {retryAt === undefined ? (
          cut(`${text} Trying again${signs.more}`, columns - 4)
        ) : (
          <Countdown text={text} retryAt={retryAt} width={columns - 4} />
        )}
      </Text>
    </Box>
  );
};

const Countdown = ({ text, retryAt, width }: Required<BannerProps> & { width: number }) => {
  const now = useNow(1000);
  const seconds = Math.max(0, Math.ceil(((retryAt ?? now) - now) / 1000));
  const again = ` Trying again in ${seconds} s.`;
  return cut(text, width - again.length) + again;
};

/** One row that stays until what it tells is done; `words` gets the cells that there are. */
export const Notice = ({ words }: { words: (width: number) => string }) => {
  const { columns } = useWindowSize();
  return (
    <Box>
      <Text tone="soon" wrap="truncate-end">
        {` ${signs.soon} ${cut(words(columns - 4), columns - 4)}`}
      </Text>
    </Box>
  );
};
