/** Something is under way that takes no keys: said in the middle, once it takes longer than a moment. */
import { useKeys } from '../hooks/use-keys.ts';
import { signs } from '../state/theme.ts';
import { useCoverSize } from './layout/frame.tsx';
import { Layer, Overlay } from './layout/layer.tsx';
import { Panel } from './layout/panel.tsx';
import { useLate } from './states.tsx';
import { Text } from './text.tsx';

export interface WaitingProps {
  /** What is waited for: the title of the action. */
  readonly title: string;
  /** Esc, where it can still be left. */
  readonly onCancel?: (() => void) | undefined;
}

/** Takes the keys at once: what is typed ahead must not do to the list below what was meant for the answer. */
export const Waiting = ({ title, onCancel }: WaitingProps) => {
  const { columns } = useCoverSize();
  const keys = <WaitingKeys onCancel={onCancel} />;
  if (!useLate()) return <Layer>{keys}</Layer>;
  return (
    <Overlay>
      {keys}
      <Panel title={title} width={Math.min(columns, 48)} height={3}>
        <Text tone="dim">{`One moment${signs.more}`}</Text>
      </Panel>
    </Overlay>
  );
};

/** Inside of the layer. */
const WaitingKeys = ({ onCancel }: Pick<WaitingProps, 'onCancel'>) => {
  useKeys({ back: onCancel ? { run: onCancel, hint: 'cancel' } : undefined });
  return null;
};
