/** What an operator can do with one license, by key: in the list of all, and where one is open. */
import type { License } from '../../../shared/api/licenses.ts';
import { counterText } from '../../client/actions/done.ts';
import { editingLicense } from '../../client/actions/licenses/initial-values.ts';
import {
  changeSeats,
  editLicense,
  moveLicense,
  renewLicense,
  resumeLicense,
  revokeLicense,
  rotateLicenseKey,
  suspendLicense,
} from '../../client/actions/licenses/operator-licenses.ts';
import { purchaseTrial } from '../../client/actions/licenses/trials.ts';
import type { ScreenKeys } from '../../hooks/use-keys.ts';
import type { Portal } from '../../hooks/use-portal.ts';
import { UsageScreen } from '../license/usage.tsx';

/** The key of usage, for everybody who sees a license. */
export const usageKey = ({ page }: Portal, license: License): ScreenKeys => ({
  usage: () => page((onClose) => <UsageScreen license={license} onClose={onClose} />),
});

/** The keys of a license's life. A revoked one stays so, and says it. */
export const licenseKeys = (portal: Portal, license: License): ScreenKeys => {
  const { act } = portal;
  const values = { license: license.id };
  const used = counterText(license.counter, license.maxActivations);
  const form = {
    editing: editingLicense(license),
    about: `${license.name} of ${license.owner.email}, ${used} used.`,
  };
  const about = { about: form.about };
  const gone = license.status === 'revoked' ? `${license.name} is revoked.` : undefined;
  const trial = license.type === 'trial';
  return {
    edit: {
      run: () => act(editLicense, values, form),
      does: 'Edit name, type, entitlements, policy',
    },
    renew: trial
      ? {
          run: () => act(purchaseTrial, values, about),
          does: 'Turn the trial into a license',
          hint: 'bought',
          why: gone,
        }
      : { run: () => act(renewLicense, values, form), does: 'Renew the license', why: gone },
    seats: { run: () => act(changeSeats, values, about), why: gone },
    suspend:
      license.status === 'suspended'
        ? { run: () => act(resumeLicense, values), does: 'Resume the license', hint: 'resume' }
        : { run: () => act(suspendLicense, values, about), does: 'Suspend the license', why: gone },
    revoke: { run: () => act(revokeLicense, values, about), does: 'Revoke for good', why: gone },
    moveLicense: { run: () => act(moveLicense, values, about), why: gone },
    licenseKey: { run: () => act(rotateLicenseKey, values), why: gone },
    ...usageKey(portal, license),
  };
};
