/** Refusing a change that was meant for an older version: who changed it since, when, and what it is now. */
import type { Refusal } from '../../shared/problems.ts';
import type { ChangedMeanwhile } from '../../shared/api/common.ts';
import { iso } from '../../shared/time.ts';
import { isStale, versionOf, type Editable, type MeantFor } from '../domain/edits.ts';
import type { LicetReader } from './deps.ts';

export type { MeantFor } from '../domain/edits.ts';

/**
 * Why a change can't be made to the document as it is now; null when it can. `name` is what people
 * call it, `view` gives it as the API shows it.
 */
export const refuseStale = async (
  reader: LicetReader,
  document: Editable,
  meantFor: MeantFor,
  name: string,
  view: () => unknown,
): Promise<Refusal | null> => {
  if (!isStale(document, meantFor)) return null;
  const { edit } = document;
  const by = edit && (await reader.accounts.get(edit.by))?.name;
  const at = iso(edit?.at ?? document.createdAt);
  const extra: ChangedMeanwhile = {
    changedAt: at,
    changedBy: by ?? null,
    version: versionOf(document),
    current: await view(),
  };
  return {
    code: 'changed-meanwhile',
    detail: `${name} was changed by ${by ?? 'somebody else'} at ${at}, after you loaded it. Nothing was saved. Load it again, then make your change.`,
    extra: { ...extra },
  };
};
