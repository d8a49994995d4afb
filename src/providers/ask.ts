// What is asked of a service, and how its answer comes.

import type { Outcome } from '../domain/failure.ts';

export interface Ask {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the origin, its parts already percent-encoded. */
  readonly path: string;
  readonly query?: readonly (readonly [name: string, value: string])[];
  readonly headers: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly form?: Readonly<Record<string, string>>;
  /** A lost read can be asked again; what became of a lost write nobody knows. */
  readonly effect: 'read' | 'write';
}

export interface Answer {
  readonly status: number;
  header(name: string): string | undefined;
  /** Parsed where it is JSON, else its text; null where there was none. */
  readonly body: unknown;
}

/** What came of asking for an answer in pieces. */
export type Arrival =
  /** A refusal, or an answer that is JSON after all: whole, as `ask` has it. */
  | { readonly kind: 'whole'; readonly answer: Answer }
  | { readonly kind: 'pieces'; readonly pieces: Pieces };

/**
 * Bytes as they come off the wire, cut anywhere, to be read once; where they break off a failure is the last of them.
 * Whoever stops reading closes the connection; whoever never begins keeps it until the call's signal.
 */
export type Pieces = AsyncIterable<Outcome<Uint8Array>>;
