/** The ways in for those who have no password at hand: a code, a request to the operator, or no server at all. */
import { forgotPassword, setPassword } from '../../client/actions/accounts/session.ts';
import { ActionFlow } from '../../components/forms/action-flow.tsx';
import { useApp } from '../../hooks/use-app.ts';
import { useLoaded } from '../../hooks/use-loaded.ts';
import { MachineScreen } from './this-machine.tsx';

export type Way = 'code' | 'forgot' | 'machine';

export interface SignInWaysProps {
  readonly way: Way;
  readonly onClose: () => void;
}

/** The page of the way that was taken. */
export const SignInWays = ({ way, onClose }: SignInWaysProps) => {
  const { connect } = useApp();
  const client = useLoaded(() => connect());
  if (way === 'machine') return <MachineScreen onClose={onClose} />;
  if (!client) return null;
  return (
    <ActionFlow
      action={way === 'code' ? setPassword : forgotPassword}
      client={client}
      preset={{}}
      onClose={onClose}
    />
  );
};
