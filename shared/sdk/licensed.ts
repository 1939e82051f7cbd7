/** The one call of a product: may it run now? It asks the server only when it has to. */
import {
  activate,
  checkIn,
  isCheckInDue,
  verifyLease,
  type ActivatedMachine,
  type Credentials,
  type ProductOptions,
} from './activation.ts';
import type { ServerOptions } from './call.ts';
import { ok } from '../result.ts';
import type { SdkFailure, SdkResult } from './failure.ts';
import type { Permit } from './permit.ts';

export interface LicensedOptions extends ProductOptions, ServerOptions {
  /** Called only when this machine has to activate: the first time, or when the server doesn't know it. What it throws, the call throws. */
  readonly credentials: () => Credentials | Promise<Credentials>;
  /** The product's version, shown to the license's owner. */
  readonly version?: string | undefined;
}

/** What this machine may do now. */
export interface Licensed {
  readonly permit: Permit;
  /** Where this call activated the machine: with `administrator`, for the product's first account. */
  readonly activated: ActivatedMachine | null;
  /** Why the server did not renew the lease. The permit holds until its end; log this and go on. */
  readonly notRenewed: SdkFailure | null;
}

/** Whether activating can help: this machine has nothing yet, or the server does not know what it has. */
const needsActivation = (failure: SdkFailure): boolean =>
  failure.kind === 'missing' || (failure.kind === 'problem' && failure.code === 'unauthenticated');

const activateHere = async (options: LicensedOptions): Promise<SdkResult<ActivatedMachine>> =>
  activate({ ...options, ...(await options.credentials()) });

/**
 * Verifies this machine's lease, checks in when that is due, and activates when there is nothing to check
 * in with: at first, and after the server was restored from a backup that is older than this machine.
 * Call it at the start and then hourly. A refusal says that the product must stop; a server that does not
 * answer is no reason to, while the lease lasts.
 */
export const licensed = async (options: LicensedOptions): Promise<SdkResult<Licensed>> => {
  const held = await verifyLease(options);
  if (held.ok && !(await isCheckInDue(options))) {
    return ok({ permit: held.value, activated: null, notRenewed: null });
  }
  const renewed = await checkIn(options);
  if (renewed.ok) return ok({ permit: renewed.value.permit, activated: null, notRenewed: null });
  const answer = needsActivation(renewed.error) ? await activateHere(options) : renewed;
  if (answer.ok) {
    return ok({ permit: answer.value.permit, activated: answer.value, notRenewed: null });
  }
  const still = await verifyLease(options);
  return still.ok ? ok({ permit: still.value, activated: null, notRenewed: answer.error }) : answer;
};
