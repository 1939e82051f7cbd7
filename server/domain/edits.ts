/**
 * Edits of a document that people change in forms: each gives it another version, so that a form filled
 * from an older one is told so instead of undoing what somebody else changed.
 */

/** The last edit of a document. */
export interface Edit {
  /** How many there were. */
  readonly count: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The id of the account that made it. */
  readonly by: string;
}

export interface Editable {
  readonly createdAt: number;
  /** Not there until it is edited for the first time. */
  readonly edit?: Edit;
}

/** Opaque: two are compared for being the same. With the time, since a restore counts again. */
export const versionOf = ({ edit, createdAt }: Editable): string =>
  `${edit?.count ?? 0}-${(edit?.at ?? createdAt).toString(36)}`;

/** The versions that a change is meant for; undefined: whichever there is. */
export type MeantFor = readonly string[] | undefined;

/** Whether the document is none of those that the change is meant for. */
export const isStale = (document: Editable, meantFor: MeantFor): boolean =>
  meantFor !== undefined && !meantFor.includes(versionOf(document));

/** The document as it is stored after an edit: one that changed nothing leaves the version. */
export const edited = <D extends Editable>(before: D, after: D, by: string, at: number): D =>
  JSON.stringify(before) === JSON.stringify(after)
    ? before
    : { ...after, edit: { count: (before.edit?.count ?? 0) + 1, at, by } };
