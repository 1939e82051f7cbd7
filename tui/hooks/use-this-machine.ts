/** The machine's own side, without a server: what its actions need to know of this session. */
import type { Done } from '../client/actions/done.ts';
import type * as Actions from '../client/actions/seats/this-machine.ts';
import { fail, ok, type Result } from '../../shared/result.ts';
import type { KeyToGiveBack } from '../../shared/sdk/give-back.ts';
import type { MachineStep as SdkStep, SdkResult } from '../../shared/sdk/index.ts';
import { stateDirOf } from '../../shared/sdk/settings.ts';
import { looksLikePath } from '../state/local-path.ts';
import type { FormProblem, Values } from '../state/form-state.ts';
import { useApp } from './use-app.ts';

export type MachineStep = 'request' | 'enter' | 'verify' | 'give-back' | 'inspect';

/** Values are what was typed: `key` and `trust`, each a text or a path; empty is what is known here. */
export interface ThisMachine {
  readonly run: (step: MachineStep, values: Values) => Promise<Result<Done, FormProblem>>;
  /** What giving back would end; null where it would only show the same proof again. */
  readonly keyToGiveBack: (values: Values) => Promise<Result<KeyToGiveBack | null, FormProblem>>;
}

/** What the machine can do by itself. */
export const useThisMachine = (): ThisMachine => {
  const { files, env } = useApp();
  const machine = { stateDir: stateDirOf({}, env), fingerprint: env['LICET_FINGERPRINT'] };

  const load = async (text = ''): Promise<Result<string | undefined, string>> => {
    if (text.trim() === '') return ok(undefined);
    return files && looksLikePath(text) ? files.load(text) : ok(text);
  };

  /** Asks with what was typed; what is wrong is told at the field that it is about. */
  const ask = async <T>(
    values: Values,
    question: (actions: typeof Actions, here: Actions.KeyHere) => Promise<SdkResult<T>>,
  ): Promise<Result<T, FormProblem>> => {
    const key = await load(values['key']);
    if (!key.ok) return fail({ field: 'key', text: key.error });
    const trust = await load(values['trust']);
    if (!trust.ok) return fail({ field: 'trust', text: trust.error });
    // Loaded when it is first used: the sign-in needs none of it.
    const actions = await import('../client/actions/seats/this-machine.ts');
    const answer = await question(actions, { ...machine, key: key.value, trust: trust.value });
    if (answer.ok) return answer;
    const step = 'step' in answer.error ? answer.error.step : undefined;
    const message = `${answer.error.message}${step === undefined ? '' : helps[step]}`;
    if (step === 'trust') return fail({ field: 'trust', text: message });
    const unreadable = answer.error.kind === 'rejected' && answer.error.reason === 'unreadable';
    return fail(unreadable ? { field: 'key', text: message } : { text: message });
  };

  return {
    run: (step, values) =>
      ask(values, (actions, here) => {
        const code = here.key ?? '';
        return {
          request: () => actions.requestCode(machine),
          enter: () => actions.enterKey({ ...here, key: code }),
          verify: () => actions.verifyKey(here),
          'give-back': () => actions.giveBackKey(here),
          inspect: async () =>
            (await import('../client/actions/seats/inspect-code.ts')).inspectCode(code, here.trust),
        }[step]();
      }),
    keyToGiveBack: (values) => ask(values, (actions, here) => actions.keyToGiveBack(here)),
  };
};

/** The steps of the menu that help. */
const helps: Record<SdkStep, string> = {
  request: ' Choose “Make a request”.',
  enter: ' Choose “Enter a key”.',
  trust: '',
};
