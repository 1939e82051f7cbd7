/** Puts together what use cases are given. */
import { hash, randomBytes, randomFillSync } from 'node:crypto';
import type { LicetSchema } from '../collections.ts';
import { streamBackup } from '../store/backup/backup-stream.ts';
import { openReleaseFiles } from '../files/release-files.ts';
import { StoreError, type Store } from '../store/store.ts';
import {
  CertificateEnded,
  type Deps,
  type Logger,
  type Settings,
  type Signer,
} from '../usecases/deps.ts';
import { createRefusalLog } from '../usecases/seats/refusals.ts';
import { createUsageMeter } from '../usecases/licenses/usage.ts';
import { createFailures, type CountedFailures } from '../usecases/accounts/failures.ts';
import type { LoadedKeys } from './keys/load-keys.ts';
import { createLive } from '../usecases/live.ts';
import { createPasswords } from './passwords.ts';
import { createThrottle } from '../usecases/accounts/throttle.ts';
import { totp } from './totp.ts';

export interface DepsParts {
  /** The data folder. */
  readonly directory: string;
  readonly store: Store<LicetSchema>;
  /** The keys in use now: they may be others after a reload. */
  readonly keys: () => LoadedKeys;
  readonly settings: () => Settings;
  readonly log: Logger;
  readonly version: string;
  /** Milliseconds since the epoch; the clock of the machine, unless told. */
  readonly now?: (() => number) | undefined;
}

/** Hex SHA-256 of text. */
export const digest = (text: string): string => hash('sha256', text, 'hex');

/** Bytes of the system's randomness that nobody got yet: asking for a few at a time costs as much as for all. */
const ahead = Buffer.alloc(4096);
let taken = ahead.length;

/** Random bytes of the system; none is given out twice, or stays here. */
export const random = (bytes: number): Uint8Array => {
  if (bytes > ahead.length) return randomBytes(bytes);
  if (taken + bytes > ahead.length) {
    randomFillSync(ahead);
    taken = 0;
  }
  const given = Uint8Array.prototype.slice.call(ahead, taken, taken + bytes);
  ahead.fill(0, taken, taken + bytes);
  taken += bytes;
  return given;
};

/** The dependencies of a server. */
export const createDeps = (parts: DepsParts): Deps & { readonly failures: CountedFailures } => {
  const { store, keys, now = Date.now } = parts;
  /** The signer, as long as its signatures are worth something. */
  const certified = (): Signer => {
    const { signer } = keys();
    if (now() >= signer.certificateEndsAt) throw new CertificateEnded(signer.certificateEndsAt);
    return signer;
  };
  return {
    store,
    now,
    random,
    digest,
    mac: (text) => keys().mac(text),
    seal: (plain) => keys().seal(plain),
    unseal: (sealed) => keys().unseal(sealed),
    passwords: createPasswords(),
    throttle: createThrottle(now),
    failures: createFailures(store),
    live: createLive(),
    totp,
    signer: {
      get issuer() {
        return keys().signer.issuer;
      },
      sign: (type, claims) => certified().sign(type, claims),
      signAside: (type, claims) => certified().signAside(type, claims),
      get roots() {
        return keys().signer.roots;
      },
      jwks: () => keys().signer.jwks(),
      revocations: () => keys().signer.revocations(),
      trust: () => keys().signer.trust(),
      get certificateEndsAt() {
        return keys().signer.certificateEndsAt;
      },
    },
    releaseFiles: openReleaseFiles(parts.directory),
    openBackup: async (releases) => {
      try {
        return await streamBackup({ directory: parts.directory, now, releases });
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        parts.log.error({ err: error }, 'A backup could not be made.');
        return null;
      }
    },
    usage: createUsageMeter({ store, now, log: parts.log }),
    refusals: createRefusalLog({ store, now }),
    transientSessions: new Map(),
    transientSteps: new Map(),
    log: parts.log,
    settings: parts.settings,
    version: parts.version,
  };
};
