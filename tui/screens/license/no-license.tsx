/** A section of a license, for somebody who has none yet. */
import { Empty } from '../../components/states.tsx';
import { useContact } from '../../hooks/use-app.ts';
import { useKeys } from '../../hooks/use-keys.ts';
import { usePortal } from '../../hooks/use-portal.ts';

/** `what` is the section's: "activations". */
export const NoLicense = ({ what }: { what: string }) => {
  const { refresh } = usePortal();
  const { contact } = useContact();
  useKeys({ refresh });
  return (
    <Empty
      title={`No license, no ${what}.`}
      hint={`Ask ${contact} for a license; it appears here by itself.`}
    />
  );
};
