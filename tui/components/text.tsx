/** Text in a tone of the theme. */
import { Text as InkText, type TextProps } from 'ink';
import { useTerminal } from '../hooks/use-terminal.ts';
import type { Tone } from '../state/theme.ts';

export interface TextToneProps extends Pick<TextProps, 'wrap' | 'children' | 'bold'> {
  readonly tone?: Tone;
}

/** Text whose look is told by what it means. `wrap` is Ink's: `truncate-end` cuts with an ellipsis. */
export const Text = ({ tone = 'plain', ...rest }: TextToneProps) => {
  const { theme } = useTerminal();
  return <InkText {...theme[tone]} {...rest} />;
};
