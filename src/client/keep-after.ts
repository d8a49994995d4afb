// For clients of the gateway: keeps `after` current. The usual libraries send the variables they began with whenever they
// connect again; with these, whoever comes back is told what came since, once. Needs no package, and runs in a browser.

export interface SubscribeRequest {
  /** Declares `$after: String`, gives it to the subscription, and selects `... on Event { cursor }`. */
  readonly query: string;
  readonly operationName?: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

export interface SubscribeResult<Data> {
  readonly data?: Data | null | undefined;
  readonly errors?: readonly ShownError[] | undefined;
}

export interface ShownError {
  readonly message: string;
  readonly extensions?: object | undefined;
}

export interface Sink<Value> {
  next(value: Value): void;
  error(error: unknown): void;
  complete(): void;
}

/** What the clients of graphql-ws and of graphql-sse have in common. */
export interface SubscribingClient {
  subscribe<Data>(request: LiveRequest, sink: Sink<SubscribeResult<Data>>): () => void;
}

/** Sent anew by the client whenever it connects, with what `after` is by then. */
export interface LiveRequest extends SubscribeRequest {
  readonly variables: Record<string, unknown>;
  readonly extensions?: Record<string, unknown>;
}

export interface KeepingClient {
  /** Calls off with the function it answers. */
  subscribe<Data = Record<string, unknown>>(
    request: SubscribeRequest,
    sink: Sink<SubscribeResult<Data>>,
  ): () => void;
  /** The same to be looped over; leaving the loop calls off. */
  iterate<Data = Record<string, unknown>>(
    request: SubscribeRequest,
  ): AsyncIterableIterator<SubscribeResult<Data>>;
}

export interface KeepAfterOptions {
  /**
   * Milliseconds before a gateway whose memory was out of reach is asked again; absent, a second. Where the caller's share
   * is spent, the next one is waited for.
   */
  readonly againAfterMs?: number;
}

export function keepAfter(
  client: SubscribingClient,
  { againAfterMs = 1000 }: KeepAfterOptions = {},
): KeepingClient {
  function subscribe<Data>(
    { variables, extensions, ...request }: SubscribeRequest,
    sink: Sink<SubscribeResult<Data>>,
  ): () => void {
    let last = variables?.['after'];
    let awayMs: number | undefined;
    let isOver = false;
    let callOff = () => {};

    if (!/\$after\b/.test(request.query)) {
      sink.error(
        new Error('Declare `$after: String` in the query, and give it to the subscription.'),
      );
      return callOff;
    }

    const live: LiveRequest = {
      ...request,
      ...(extensions ? { extensions: { ...extensions } } : {}),
      variables: {
        ...variables,
        // Read by the client each time it writes the request down: a value would be that of the first time for ever.
        get after() {
          return last;
        },
      },
    };

    function finish(tell: () => void): void {
      if (isOver) return;
      isOver = true;
      callOff();
      tell();
    }

    /** Only who has heard something already knows where to go on. */
    function awayFor(errors: unknown): number | undefined {
      return typeof last === 'string' ? awayIn(errors, againAfterMs) : undefined;
    }

    function again(afterMs: number): void {
      awayMs = undefined;
      const timer = setTimeout(listen, afterMs);
      callOff = () => clearTimeout(timer);
    }

    function listen(): void {
      callOff = client.subscribe<Data>(live, {
        next(result) {
          if (isOver) return;
          // Nothing is missed by it: what comes meanwhile is told to whoever comes back with a cursor.
          awayMs = awayFor(result.errors);
          if (awayMs !== undefined) return;
          const cursor = cursorIn(result.data);
          if (cursor === null) {
            const message =
              'Select `... on Event { cursor }`: without it nothing can be caught up on.';
            finish(() => sink.error(new Error(message)));
            return;
          }
          last = cursor ?? last;
          sink.next(result);
        },
        error(error) {
          if (isOver) return;
          const afterMs = awayFor(error);
          if (afterMs !== undefined) again(afterMs);
          else finish(() => sink.error(error));
        },
        complete() {
          if (isOver) return;
          if (awayMs !== undefined) again(awayMs);
          else finish(() => sink.complete());
        },
      });
    }

    listen();
    return () => finish(() => undefined);
  }

  return { subscribe, iterate: (request) => iterated((sink) => subscribe(request, sink)) };
}

/** Undefined where there is no event; null for one without a cursor. */
function cursorIn(data: unknown): string | null | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const [event] = Object.values(data);
  if (typeof event !== 'object' || event === null) return undefined;
  return 'cursor' in event && typeof event.cursor === 'string' ? event.cursor : null;
}

/** For how long it is not worth asking: the memory of the gateway is out, or the caller's share is spent. */
function awayIn(errors: unknown, againAfterMs: number): number | undefined {
  if (!Array.isArray(errors)) return undefined;
  const all: readonly ShownError[] = errors;
  for (const { extensions = {} } of all) {
    const code = 'code' in extensions ? extensions.code : undefined;
    if (code === 'GATEWAY_UNAVAILABLE') return againAfterMs;
    const until = 'retryAt' in extensions ? Date.parse(String(extensions.retryAt)) : Number.NaN;
    if (code === 'RATE_LIMITED' && until > 0) return Math.max(againAfterMs, until - Date.now());
  }
  return undefined;
}

function iterated<Value>(
  subscribe: (sink: Sink<Value>) => () => void,
): AsyncIterableIterator<Value> {
  type Result = IteratorResult<Value, undefined>;
  const waiting: Value[] = [];
  let ended: { readonly error?: unknown } | undefined;
  let awaited: { tell(result: Result): void; fail(error: unknown): void } | undefined;

  function end(how: { readonly error?: unknown }): void {
    ended ??= how;
    const waits = awaited;
    awaited = undefined;
    if (!waits) return;
    if ('error' in how) waits.fail(how.error);
    else waits.tell({ done: true, value: undefined });
  }

  const callOff = subscribe({
    next(value) {
      if (awaited) {
        const { tell } = awaited;
        awaited = undefined;
        tell({ done: false, value });
      } else waiting.push(value);
    },
    error: (error) => end({ error }),
    complete: () => end({}),
  });

  const iterator: AsyncIterableIterator<Value> = {
    [Symbol.asyncIterator]: () => iterator,
    next: () =>
      new Promise<Result>((tell, fail) => {
        const value = waiting.shift();
        if (value !== undefined) tell({ done: false, value });
        else {
          awaited = { tell, fail };
          if (ended) end(ended);
        }
      }),
    return() {
      callOff();
      waiting.length = 0;
      end({});
      return Promise.resolve({ done: true, value: undefined });
    },
  };
  return iterator;
}
