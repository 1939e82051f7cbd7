/** A page with what is shown only now: left by an explicit act, so that no key too many loses it. */
import { useState, type ReactNode } from 'react';
import { useHold } from '../../hooks/use-hold.ts';
import { Dialog } from './dialog.tsx';

export interface SecretLeave {
  /** Closes the page, or asks first. */
  readonly leave: () => void;
  /** The question, to be drawn over the page. */
  readonly question: ReactNode;
}

/** The way out of a page. `secret`: what it shows is nowhere else yet. */
export const useSecretLeave = (secret: boolean, onClose: () => void): SecretLeave => {
  const [asking, setAsking] = useState(false);
  useHold(secret ? 'secret' : undefined);
  return {
    leave: secret ? () => setAsking(true) : onClose,
    question: asking ? (
      <Dialog
        title="Close this page?"
        lines={[{ text: 'What it shows is shown only now, and is kept nowhere else.' }]}
        stay={{ label: 'Keep it on the screen', run: () => setAsking(false) }}
        answers={[{ label: 'I have it: close the page', run: onClose, tone: 'bad' }]}
      />
    ) : null,
  };
};
