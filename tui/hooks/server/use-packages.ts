/** The packages of the account and which one is open. */
import { useState } from 'react';
import type { License } from '../../../shared/api/licenses.ts';
import { ok } from '../../../shared/result.ts';
import { allPages } from '../../client/actions/find.ts';
import type { Client } from '../../client/api/client.ts';
import type { Failure } from '../../client/api/failure.ts';
import { useAnswer } from './use-answer.ts';

export interface Packages {
  /** False until the first answer. */
  readonly known: boolean;
  /** Why there is no answer, or no newer one. */
  readonly failure: Failure | undefined;
  readonly licenses: readonly License[];
  readonly license: License | undefined;
  /** Opens the next (1) or previous (-1) package, round and round. */
  readonly turn: (by: number) => void;
  /** Opens the package with this id, of an owner or user. */
  readonly choose: (id: string) => void;
  /** An operator opens one license, or none. */
  readonly open: (license: License | undefined) => void;
  readonly opened: boolean;
}

/** Owners and users have theirs; an operator the one that is opened from the list of all. */
export const usePackages = (client: Client, operator: boolean, revision: number): Packages => {
  const [chosen, setChosen] = useState<string>();
  const [opened, setOpened] = useState<License>();
  const own = useAnswer('own', revision, async () =>
    operator ? ok([]) : allPages((query) => client.licenses(query)),
  );
  const fresh = useAnswer<License | undefined>(opened?.id ?? '', revision, async () =>
    opened ? client.license(opened.id) : ok(undefined),
  );
  const licenses = own.value ?? [];
  if (operator) {
    const license = opened && (fresh.value ?? opened);
    return {
      known: true,
      failure: undefined,
      licenses: license ? [license] : [],
      license,
      turn: () => undefined,
      choose: () => undefined,
      open: setOpened,
      opened: opened !== undefined,
    };
  }
  const at = Math.max(
    0,
    licenses.findIndex(({ id }) => id === chosen),
  );
  return {
    known: own.value !== undefined,
    failure: own.loading ? undefined : own.failure,
    licenses,
    license: licenses[at],
    choose: setChosen,
    turn: (by) => setChosen(licenses[(at + by + licenses.length) % licenses.length]?.id),
    open: () => undefined,
    opened: false,
  };
};
