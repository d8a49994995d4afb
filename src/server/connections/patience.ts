// How long is waited for clients that are slow, or mean to be.

export interface Patience {
  /** Until the headers of a request are there, from its first byte on, or from when its connection was opened. */
  readonly headersMs: number;
  /** Until all of it is. */
  readonly arrivalMs: number;
  /** How long a connection that nothing is asked on is kept. */
  readonly idleMs: number;
  /** How often is looked for those who took longer. */
  readonly lookEveryMs: number;
  /** How long a client may read nothing of what waits for it; shorter than `idleMs`. */
  readonly unreadMs: number;
}

export const USUAL_PATIENCE: Patience = {
  headersMs: 10_000,
  arrivalMs: 30_000,
  // Longer than proxies keep one to us (nginx and AWS: 60 s), or they would ask on one that is just being closed.
  idleMs: 75_000,
  lookEveryMs: 1000,
  unreadMs: 30_000,
};
