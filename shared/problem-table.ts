/**
 * The closed table of errors: all that is known of a code, in one place. No zod here: the first frame of
 * the terminal UI draws failures without it.
 */

/**
 * What a person does next: a sentence, or where to look. `detail`: the detail says it. `resolve`: the member
 * of that name says who can free a seat. `wait`: try again after the seconds of Retry-After.
 */
type NextStep = `${string}.` | 'detail' | 'resolve' | 'wait';

interface ProblemKind {
  readonly status: number;
  readonly title: string;
  /** How a command ends: the name of an exit code. */
  readonly exit: 'failed' | 'forbidden' | 'invalid';
  readonly next: NextStep;
}

const kind = <const S extends number>(
  status: S,
  title: string,
  exit: ProblemKind['exit'],
  next: NextStep,
) => ({ status, title, exit, next }) satisfies ProblemKind;

const forgot = 'Check e-mail and password. If you forgot the password: licet account forgot.';

export const problemTable = {
  'invalid-request': kind(400, 'The request is not valid', 'failed', 'detail'),
  'offline-request-invalid': kind(400, 'The request code is not valid', 'invalid', 'detail'),
  'proof-invalid': kind(400, 'The deactivation proof is not valid', 'invalid', 'detail'),
  unauthenticated: kind(401, 'Sign in first', 'forbidden', 'Sign in: licet login.'),
  'invalid-credentials': kind(401, 'These credentials are not valid', 'forbidden', forgot),
  forbidden: kind(403, 'This is not allowed', 'forbidden', 'detail'),
  'license-expired': kind(403, 'The license has expired', 'invalid', 'detail'),
  'license-suspended': kind(403, 'The license is suspended', 'invalid', 'detail'),
  'license-revoked': kind(403, 'The license is revoked', 'invalid', 'detail'),
  'not-found': kind(404, 'Not found', 'failed', 'detail'),
  conflict: kind(409, 'This conflicts with what is there', 'failed', 'detail'),
  'activation-limit-exceeded': kind(
    409,
    'The license has exceeded its user limit',
    'failed',
    'resolve',
  ),
  'wrong-product': kind(409, 'The license is for another product', 'failed', 'detail'),
  'license-choice-required': kind(409, 'Several licenses fit: name one', 'failed', 'detail'),
  'reset-limit-exceeded': kind(409, 'Too many machines still run on a lease', 'failed', 'detail'),
  'changed-meanwhile': kind(412, 'Somebody else changed this meanwhile', 'failed', 'detail'),
  'payload-too-large': kind(413, 'The request is too large', 'failed', 'detail'),
  'too-many-requests': kind(429, 'Too many requests', 'failed', 'wait'),
  'read-only': kind(503, 'The server is read-only', 'failed', 'What was stored before is safe.'),
  unavailable: kind(503, 'The server cannot answer now', 'failed', 'wait'),
  'insufficient-storage': kind(
    507,
    'The disk is full',
    'failed',
    'Tell the operator of the server. What was stored before is safe.',
  ),
} as const;

export type ProblemCode = keyof typeof problemTable;

/** Whether the same request may succeed when it is sent again: the server could not, and may soon. */
export const passes = (code: ProblemCode): boolean =>
  problemTable[code].status === 429 || problemTable[code].status >= 500;
