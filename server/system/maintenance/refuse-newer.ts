/** Data of a newer version is left alone by whatever would write to its folder. */
import { dataVersion } from '../../data-version.ts';
import { newer, readSnapshotHead, snapshotPath } from '../../store/snapshot/snapshot-format.ts';
import { StoreError } from '../../store/store.ts';

/**
 * Refuses a folder whose data a newer program made. One that has no data, or whose data is damaged, is for
 * others to judge.
 * @throws StoreError `newer-version`
 */
export const refuseNewer = async (directory: string): Promise<void> => {
  const head = await readSnapshotHead(directory).catch((error: unknown) => {
    if (error instanceof StoreError && error.code === 'newer-version') throw error;
    return undefined;
  });
  if (head !== undefined && head.schemaVersion > dataVersion.schemaVersion)
    throw newer(snapshotPath(directory));
};
