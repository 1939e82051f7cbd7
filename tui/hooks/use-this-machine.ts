/** The machine's own side, without a server: what its actions need to know of this session. */
import type { Done } from '../actions/done.ts';
import { fail, ok, type Result } from '../../shared/result.ts';
import { stateDirOf } from '../../shared/sdk/settings.ts';
import { looksLikePath } from '../state/local-path.ts';
import type { FormProblem, Values } from '../state/form-state.ts';
import { useApp } from './use-app.ts';

export type MachineStep = 'request' | 'enter' | 'verify' | 'give-back' | 'inspect';

/** Runs a step with what was typed: `key` and `trust`, each a text or a path; empty is what is known here. */
export const useThisMachine = (): ((
  step: MachineStep,
  values: Values,
) => Promise<Result<Done, FormProblem>>) => {
  const { files, env } = useApp();
  const machine = { stateDir: stateDirOf({}, env), fingerprint: env['LICET_FINGERPRINT'] };

  const load = async (text = ''): Promise<Result<string | undefined, string>> => {
    if (text.trim() === '') return ok(undefined);
    return files && looksLikePath(text) ? files.load(text) : ok(text);
  };

  return async (step, values) => {
    const key = await load(values['key']);
    if (!key.ok) return fail({ field: 'key', text: key.error });
    const trust = await load(values['trust']);
    if (!trust.ok) return fail({ field: 'trust', text: trust.error });
    // Loaded when it is first used: the sign-in needs none of it.
    const actions = await import('../actions/this-machine.ts');
    const here = { ...machine, key: key.value, trust: trust.value };
    const code = key.value ?? '';
    const answer = await {
      request: () => actions.requestCode(machine),
      enter: () => actions.enterKey({ ...here, key: code }),
      verify: () => actions.verifyKey(here),
      'give-back': () => actions.giveBackKey(here),
      inspect: async () =>
        (await import('../actions/inspect-code.ts')).inspectCode(code, trust.value),
    }[step]();
    if (answer.ok) return answer;
    const { message } = answer.error;
    if (answer.error === actions.noTrust) return fail({ field: 'trust', text: message });
    const unreadable = answer.error.kind === 'rejected' && answer.error.reason === 'unreadable';
    return fail(unreadable ? { field: 'key', text: message } : { text: message });
  };
};
