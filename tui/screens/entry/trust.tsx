/** A server that nobody vouches for: its fingerprint is compared before anything is sent. */
import { groupedFingerprint } from '../../../shared/sdk/certificate.ts';
import type { Failure } from '../../client/api/failure.ts';
import { Dialog } from '../../components/forms/dialog.tsx';
import { useApp } from '../../hooks/use-app.ts';
import { useTerminal } from '../../hooks/use-terminal.ts';

export interface TrustProps {
  readonly failure: Extract<Failure, { kind: 'untrusted' }>;
  readonly onTrusted: () => void;
}

/** Asks once for a new server. A certificate that changed is never accepted here: that is told, and it ends. */
export const TrustQuestion = ({ failure, onTrusted }: TrustProps) => {
  const { trust } = useApp();
  const { exit } = useTerminal();
  const { server, fingerprint, expected } = failure;
  if (expected !== null) {
    return (
      <Dialog
        title="The server's certificate has changed"
        tone="bad"
        lines={[
          { text: `${server} now shows ${groupedFingerprint(fingerprint)}` },
          { text: `and was known by ${groupedFingerprint(expected)}` },
          { text: '' },
          {
            text: 'Nothing was sent. Ask the operator by other means whether the certificate was replaced; if so, start again with --pin and the new fingerprint.',
          },
        ]}
        stay={{ label: 'Quit', run: () => exit(5) }}
        answers={[]}
      />
    );
  }
  return (
    <Dialog
      title="Is this your server?"
      tone="soon"
      lines={[
        { text: `${server} is not known yet. The fingerprint of its certificate:` },
        { text: '' },
        { text: groupedFingerprint(fingerprint), tone: 'strong' },
        { text: '' },
        { text: 'Compare it with the one on your card. Nothing was sent yet.' },
      ]}
      stay={{ label: 'It is another one: quit', run: () => exit(5) }}
      answers={[
        {
          label: 'It is the one on my card',
          run: () => void trust(fingerprint).then(onTrusted),
        },
      ]}
    />
  );
};
