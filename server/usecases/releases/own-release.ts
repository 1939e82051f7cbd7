/** The server's own program among the downloads: everybody who signs in may fetch it. */
import { makeId } from '../../../shared/ids.ts';
import type { ReleaseDoc } from '../../domain/documents.ts';
import { ownProduct } from '../../domain/releases.ts';
import type { ExpectedFile } from '../../files/release-files.ts';
import type { Deps } from '../deps.ts';
import { removeUnused, signed } from './releases.ts';

const self = { id: 'system', from: 'local' } as const;

export interface ProgramFile {
  /** Where it is on this machine. */
  readonly path: string;
  readonly fileName: string;
  /** `linux-x64`, `windows-x64`, ... */
  readonly platform: string;
}

/**
 * Offers the program that runs, in the place of the one that an earlier version offered. What an
 * operator published of it, for other platforms, stays.
 */
export const offerProgram = async (deps: Deps, program: ProgramFile): Promise<void> => {
  if (deps.store.status().state === 'read-only') return;
  const file = await deps.releaseFiles.adopt(program.path);
  const gone = await deps.releaseFiles.alone(file.sha256, async () => {
    // Withdrawn just then, the same file of another release took this one along.
    if (!(await deps.releaseFiles.has(file))) await deps.releaseFiles.adopt(program.path);
    return replaceOffered(deps, program, file);
  });
  await Promise.all(gone.map((sha256) => removeUnused(deps, sha256)));
};

/** Puts the release of the program's file in the place of those offered before; gives their files. */
const replaceOffered = (
  deps: Deps,
  program: ProgramFile,
  file: ExpectedFile,
): Promise<readonly string[]> =>
  deps.store.transact(self, async (tx) => {
    const offered = (await tx.releases.by('product', ownProduct)).filter(
      ({ createdBy, platform }) => createdBy === self.id && platform === program.platform,
    );
    const known = offered.find(
      ({ sha256, version }) => sha256 === file.sha256 && version === deps.version,
    );
    const old = offered.filter((release) => release !== known);
    if (known && old.length === 0) return [];
    for (const release of old) tx.releases.delete(release.id);
    const release: ReleaseDoc = known ?? {
      id: makeId('release', deps.now(), deps.random),
      productId: ownProduct,
      version: deps.version,
      platform: program.platform,
      kind: 'product',
      fileName: program.fileName,
      ...file,
      notes: '',
      jws: null,
      createdAt: deps.now(),
      createdBy: self.id,
    };
    if (!known) tx.releases.put(signed(deps, release));
    tx.record({ action: 'release.offer', target: release.id, outcome: 'ok' });
    const files = new Set(old.map(({ sha256 }) => sha256));
    files.delete(file.sha256);
    return [...files];
  });
