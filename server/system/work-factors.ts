/** How much work argon2id (RFC 9106) makes of one guess. Written once, so that tests can run on less of it. */

export interface WorkFactors {
  /** KiB. */
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
}

/** A password, asked at every sign-in. OWASP's choice: 19 MiB, two passes, one lane. */
export const passwordWork: WorkFactors = { memory: 19_456, passes: 2, parallelism: 1 };

/** The passphrase of the root key, asked once a year: 64 MiB, three passes, about a fifth of a second. */
export const passphraseWork: WorkFactors = { memory: 65_536, passes: 3, parallelism: 1 };
