/** Whether a release is one that the vendor's keys vouch for, whatever the server says. */
import { readFile } from 'node:fs/promises';
import type { Release } from '../../../shared/api/releases.ts';
import { fail, ok } from '../../../shared/result.ts';
import { verifyStatement } from '../../../shared/statements/statements.ts';
import { parseTrust } from '../../../shared/statements/trust.ts';
import type { Answer } from './failure.ts';
import { fileFailure } from './files.ts';

const untrusted = (what: string): Answer<never> =>
  fail({
    kind: 'refused',
    what,
    next: 'Nothing was downloaded. Ask the vendor whose root key you have.',
  });

/** Verifies the release's signed statement by the roots in a file, and that it says what the server says. */
export const checkRelease = async (release: Release, file: string): Promise<Answer<null>> => {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    return fail(fileFailure(file, error));
  }
  const trust = parseTrust(text);
  if (!trust.ok) return untrusted(trust.error);
  const verified = verifyStatement('release', release.statement ?? '', {
    roots: trust.value.roots,
    revocations: trust.value.revocations,
    issuer: trust.value.issuer,
    audience: release.product,
    now: Date.now(),
  });
  if (!verified.ok) return untrusted(verified.error.message);
  const { sub, licet } = verified.value.claims;
  const same =
    sub === release.id &&
    licet.sha256 === release.sha256 &&
    licet.size === release.size &&
    licet.version === release.version &&
    licet.platform === release.platform;
  return same
    ? ok(null)
    : untrusted('The server offers another file than the one that was signed.');
};
