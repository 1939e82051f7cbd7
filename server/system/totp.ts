/** Time-based one-time passwords (RFC 6238) by otpauth: six digits, 30 seconds, SHA-1, as all authenticators know. */
import { Secret, TOTP } from 'otpauth';
import type { Totp } from '../usecases/deps.ts';

/** Seconds a code is of. */
const period = 30;
/** Bytes: the size of SHA-1's output (RFC 4226, 4). */
const secretSize = 20;

export const totp: Totp = {
  step: (secret, code, now) => {
    const generator = new TOTP({ secret: Secret.fromBase32(secret), period });
    const delta = generator.validate({ token: code, timestamp: now, window: 1 });
    return delta === null ? null : Math.floor(now / 1000 / period) + delta;
  },
  create: (label, issuer) => {
    const secret = new Secret({ size: secretSize });
    return { secret: secret.base32, uri: new TOTP({ secret, period, label, issuer }).toString() };
  },
};
