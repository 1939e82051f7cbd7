/** The machine's own side, without a server: its request, its offline key, its proof. */
import type { ProofForms } from '../../shared/deactivation.ts';
import type { RequestForms } from '../../shared/offline-request.ts';
import { fail, ok, type Result } from '../../shared/result.ts';
import type { Permit } from '../../shared/sdk/permit.ts';
import { stateDirOf } from '../../shared/sdk/settings.ts';
import { looksLikePath } from '../terminal/local-files.ts';
import { useApp } from './use-app.ts';

/** What a key is checked by: the key, and the trust file or root keys, each a text or a path. */
export interface KeyInput {
  /** Empty: the key that was entered before. */
  readonly key: string;
  /** Empty: what was used when that key was entered. */
  readonly roots: string;
}

export interface Machine {
  readonly request: () => Promise<Result<RequestForms, string>>;
  /** Verifies, and with `keep` enters the key for the product to find. */
  readonly verify: (input: KeyInput, keep: boolean) => Promise<Result<Permit, string>>;
  readonly giveBack: (input: KeyInput) => Promise<Result<ProofForms, string>>;
}

/** What the SDK does on this machine. It is loaded when it is first used. */
export const useMachine = (): Machine => {
  const { files, env } = useApp();
  const machine = { stateDir: stateDirOf({}, env), fingerprint: env['LICET_FINGERPRINT'] };

  const load = async (text: string): Promise<Result<string, string>> =>
    files && looksLikePath(text) ? files.load(text) : ok(text);

  const read = async ({ key, roots }: KeyInput) => {
    const { keptTrust } = await import('../../shared/sdk/trust-store.ts');
    const trust = roots.trim() === '' ? ok((await keptTrust(machine)) ?? '') : await load(roots);
    if (!trust.ok) return trust;
    if (trust.value === '')
      return fail('No trust file was used on this machine yet. Give its path.');
    const text = await load(key);
    if (!text.ok) return text;
    return ok({
      ...machine,
      roots: trust.value,
      ...(text.value.trim() === '' ? {} : { key: text.value }),
    });
  };

  return {
    async request() {
      const { createRequest } = await import('../../shared/sdk/machine.ts');
      const made = await createRequest(machine);
      return made.ok ? made : fail(made.error.message);
    },
    async verify(input, keep) {
      const options = await read(input);
      if (!options.ok) return options;
      const { enterOfflineKey, verifyOfflineKey } = await import('../../shared/sdk/offline.ts');
      const { key, roots } = options.value;
      const isEntered = keep && key !== undefined;
      const permit = isEntered
        ? await enterOfflineKey({ ...options.value, key })
        : await verifyOfflineKey(options.value);
      if (!permit.ok) return fail(permit.error.message);
      if (isEntered)
        await (await import('../../shared/sdk/trust-store.ts')).keepTrust(machine, roots);
      return permit;
    },
    async giveBack(input) {
      const options = await read(input);
      if (!options.ok) return options;
      const { giveBackOfflineKey } = await import('../../shared/sdk/give-back.ts');
      const given = await giveBackOfflineKey(options.value);
      return given.ok ? given : fail(given.error.message);
    },
  };
};
