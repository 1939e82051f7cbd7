/** What kind of thing stood in the way: a command chooses its exit code by it. */
export type FailureCode =
  /** A setting or an argument is not acceptable. */
  | 'setting'
  /** The data folder is not what it must be. */
  | 'folder'
  /** Keys are missing, damaged, readable by others or locked. */
  | 'keys'
  /** A passphrase or password is wrong or too weak. */
  | 'passphrase'
  /** The address can't be listened on. */
  | 'listen';

/** Why the server did not do what it was told. `message` is for the operator and says what to do. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly code: FailureCode;

  constructor(code: FailureCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
