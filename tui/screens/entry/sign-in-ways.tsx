/** The ways in for those who have no password at hand: a code, a request to the operator, or no server at all. */
import { ok } from '../../../shared/result.ts';
import { PasswordSet } from '../../../shared/api/accounts.ts';
import type { Values } from '../../client/actions/action.ts';
import type { Done } from '../../client/actions/done.ts';
import type { Answer } from '../../client/api/failure.ts';
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

/** The page of the way that was taken. A code leads straight into the portal: nobody types all of it again. */
export const SignInWays = ({ way, onClose }: SignInWaysProps) => {
  const { connect, signedIn } = useApp();
  const client = useLoaded(() => connect());
  if (way === 'machine') return <MachineScreen onClose={onClose} />;
  if (!client) return null;
  /** Sets the password and signs in by it, where the account asks for nothing more. */
  const enter = async (values: Values): Promise<Answer<Done>> => {
    const set = await setPassword.run(client, values);
    if (!set.ok) return set;
    const { email } = PasswordSet.parse(set.value.data);
    const answer = await client.signIn({ email, password: values['newPassword'] ?? '' });
    if (!answer.ok) return set;
    signedIn(await connect(answer.value.token), answer.value.account);
    return ok({ ...set.value, next: undefined });
  };
  return (
    <ActionFlow
      action={
        way === 'code' ? { ...setPassword, run: (_, values) => enter(values) } : forgotPassword
      }
      client={client}
      preset={{}}
      onClose={onClose}
    />
  );
};
