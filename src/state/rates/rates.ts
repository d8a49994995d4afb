// The port of rates: how much each caller may ask for in a while, counted over all gateways that share it. Memory and Redis
// keep the same laws.

/** Never fails: where what is shared is out of reach each gateway counts by itself, and gives everybody a whole share. */
export interface Rates {
  /** All of it, or nothing: what is refused costs nothing. Who asks for more than a whole share spends a whole one. */
  spend(who: string, points: number): Promise<Spent>;
  close(): Promise<void>;
}

export type Spent = { readonly ok: true } | { readonly ok: false; readonly retryAt: Date };

/** A share: so many points from the first that is spent until so many seconds later, when there is a whole one again. */
export interface RateParts {
  readonly points: number;
  readonly perSeconds: number;
  /** Milliseconds since the epoch: by it is said when to come again. */
  readonly clock: () => number;
}
