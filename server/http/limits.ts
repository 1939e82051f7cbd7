/** What one client may take of the server, each limit said once. */
export interface Limits {
  /** Milliseconds from the connection, or the answer before, to the end of the headers. */
  readonly headers: number;
  /** Milliseconds in which a body, or the reading of an answer, must make some progress. */
  readonly progress: number;
  /** Bytes that count as progress of a body: a drip of single ones does not. */
  readonly progressBytes: number;
  /** Milliseconds that a connection may idle between requests. */
  readonly idle: number;
  /** Milliseconds in which a connection that is kept alive may ask once more when the server stops. */
  readonly farewell: number;
  /** Bytes of all headers of a request together. */
  readonly headerBytes: number;
  /** Headers of a request. */
  readonly headerCount: number;
  /** Connections at once; more are closed as they come. */
  readonly connections: number;
  /** The part of them that one address may have; a trusted proxy, through which all come, has them all. */
  readonly share: number;
}

export const defaultLimits: Limits = {
  headers: 10_000,
  progress: 10_000,
  progressBytes: 1024,
  idle: 15_000,
  farewell: 250,
  headerBytes: 16_384,
  headerCount: 100,
  connections: 5_000,
  share: 0.75,
};
