/** What a product imports to license itself. Node 20 and up; every call gives a result, none throws. */
export {
  activate,
  checkIn,
  deactivate,
  verifyLease,
  type ActivatedMachine,
  type ActivateOptions,
  type CheckInOptions,
  type Credentials,
  type Leased,
  type ProductOptions,
  type WentBack,
} from './activation.ts';
export { licensed, type Licensed, type LicensedOptions } from './licensed.ts';
export type { ServerOptions } from './call.ts';
export type { MachineReason, MachineStep, SdkFailure, SdkResult } from './failure.ts';
export { giveBackOfflineKey, type GiveBackOptions, type GivenBack } from './give-back.ts';
export { createRequest, machineFingerprint, type RequestOptions } from './machine.ts';
export { enterOfflineKey, verifyOfflineKey, type OfflineKeyOptions } from './offline.ts';
export type { Notice, Permit } from './permit.ts';
export type { MachineOptions, TrustOptions } from './settings.ts';
export type { ProofForms } from '../statements/typed/deactivation.ts';
export type { OfflineRequest, RequestForms } from '../statements/typed/offline-request.ts';
