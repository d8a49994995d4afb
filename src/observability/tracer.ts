// Spans of work, for whoever follows a request through several processes. Where nobody does, there are none: nothing is
// loaded, and nothing is remembered.

export interface Tracer {
  /** Under the parent; absent, on its own. */
  begin(name: string, kind: SpanKind, parent: Parent | undefined): Span;
  /** Sends what is still here. */
  close(): Promise<void>;
}

/** `server`: asked by somebody. `client`: asks somebody. `internal`: in between. */
export type SpanKind = 'server' | 'client' | 'internal';

/** A span of here, or what a client's `traceparent` says. */
export type Parent = Span | { readonly traceparent: string };

export interface Span {
  /** Never ids of people's things, nor their words, nor anything of a query. */
  set(attributes: Attributes): void;
  /** With a word of ours for what went wrong, where something did. */
  end(failure?: string): void;
}

export type Attributes = Readonly<Record<string, string | number | boolean>>;

export const NO_SPAN: Span = { set: () => undefined, end: () => undefined };

export const NO_TRACER: Tracer = { begin: () => NO_SPAN, close: () => Promise.resolve() };
