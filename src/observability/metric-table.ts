// Every number this gateway gives an operator: its name, its labels, the promise it watches. docs/operating.md is printed from it.

export interface MetricShape {
  readonly type: 'counter' | 'histogram' | 'gauge';
  readonly help: string;
  /** Bounded, each: accounts by name, words of our own; never a caller, an id or a text. */
  readonly labels: readonly string[];
  /** Of a histogram. */
  readonly buckets?: readonly number[];
  /** What is watched by it. */
  readonly promise: string;
}

/** A call to a service, or a client's request: from what is kept at hand to the answer of a model. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** From hand to hand in one process, up to a poll that is late. */
const DELAY_SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30];
/** Upstream calls. */
const PRICES = [0, 1, 2, 5, 10, 20, 50, 100, 200, 500];

export const METRICS = {
  parlance_upstream_calls_total: {
    type: 'counter',
    help: 'Calls sent to a service, each sending one, by the verb they are part of and what came of them',
    labels: ['provider', 'verb', 'outcome'],
    promise: 'Services answer, and a failure is known by its kind.',
  },
  parlance_upstream_call_seconds: {
    type: 'histogram',
    help: 'How long a call to a service took, up to the head of its answer where that comes in pieces',
    labels: ['provider', 'verb'],
    buckets: SECONDS,
    promise: 'A slow service costs its own deadline and nothing else.',
  },
  parlance_upstream_retries_total: {
    type: 'counter',
    help: 'Calls sent once more after one that did not go well',
    labels: ['provider', 'verb'],
    promise: 'Only what does no harm is asked again.',
  },
  parlance_upstream_held_total: {
    type: 'counter',
    help: 'Calls that were not sent at all, by what held them: breaker, budget, places, deadline',
    labels: ['provider', 'reason'],
    promise: 'A service that fails or is full is left in peace.',
  },
  parlance_verb_outcomes_total: {
    type: 'counter',
    help: 'Verbs run at a provider by how they ended: ok, or the kind of failure',
    labels: ['provider', 'verb', 'outcome'],
    promise: 'What a client asks of a provider is done, or refused for a reason.',
  },
  parlance_provider_up: {
    type: 'gauge',
    help: '1 while a provider answers, 0 while it is taken for down',
    labels: ['provider'],
    promise: 'A provider that is down is known to be.',
  },
  parlance_breaker_open: {
    type: 'gauge',
    help: '1 while an account is left in peace because it failed too often in a row',
    labels: ['provider'],
    promise: 'A service that fails is left in peace, and tried again.',
  },
  parlance_budget_remaining: {
    type: 'gauge',
    help: 'Calls a service still takes in its window, as far as known',
    labels: ['provider'],
    promise: 'One count for all gateways; a service is not asked beyond its limit.',
  },
  parlance_budget_limit: {
    type: 'gauge',
    help: 'Calls a service takes in one window, as far as known',
    labels: ['provider'],
    promise: 'One count for all gateways; a service is not asked beyond its limit.',
  },
  parlance_places_taken: {
    type: 'gauge',
    help: 'Calls to an account under way now',
    labels: ['provider'],
    promise: 'Few calls at once to one account.',
  },
  parlance_places_waiting: {
    type: 'gauge',
    help: 'Calls to an account that wait for a place now',
    labels: ['provider'],
    promise: 'Few calls at once to one account, and nobody waits for long.',
  },
  parlance_cache_answers_total: {
    type: 'counter',
    help: 'Questions by how they were answered: fresh (asked now), cached, stale, failed',
    labels: ['kind', 'how'],
    promise: 'What was asked a moment ago is not asked again.',
  },
  parlance_cache_lookups_total: {
    type: 'counter',
    help: 'Keys looked for in one layer of the cache, by whether it had them: hit, miss',
    labels: ['layer', 'found'],
    promise: 'What was asked a moment ago is near.',
  },
  parlance_events_appended_total: {
    type: 'counter',
    help: 'Events this gateway was the first to put into the log',
    labels: ['provider', 'kind'],
    promise: 'One version of a thing is one event, whatever road it took.',
  },
  parlance_events_told_total: {
    type: 'counter',
    help: 'Events told to listeners, once for each of them',
    labels: ['provider', 'kind'],
    promise: 'What happens is told to who listens.',
  },
  parlance_event_delay_seconds: {
    type: 'histogram',
    help: 'From an event being put into the log until a listener is told; replays are not counted',
    labels: [],
    buckets: DELAY_SECONDS,
    promise: 'News is told at once.',
  },
  parlance_gaps_total: {
    type: 'counter',
    help: 'Times a listener was told that something may be missing',
    labels: ['reason'],
    promise: 'Never silence: what is lost is said.',
  },
  parlance_subscribers: {
    type: 'gauge',
    help: 'Subscriptions that are listening now',
    labels: [],
    promise: 'Listeners are bounded in number and cost.',
  },
  parlance_event_queue_entries: {
    type: 'gauge',
    help: 'Events that wait to be told, over all listeners',
    labels: [],
    promise: 'A client too slow to keep up costs bounded memory.',
  },
  parlance_event_queue_longest: {
    type: 'gauge',
    help: 'Events that wait for the slowest listener; above a thousand they are let go, with a gap',
    labels: [],
    promise: 'A client too slow to keep up is told by a gap.',
  },
  parlance_websockets: {
    type: 'gauge',
    help: 'WebSockets that are open now',
    labels: [],
    promise: 'Connections are bounded.',
  },
  parlance_event_streams: {
    type: 'gauge',
    help: 'Subscriptions over SSE that are open now',
    labels: [],
    promise: 'Connections are bounded.',
  },
  parlance_websocket_closes_total: {
    type: 'counter',
    help: 'WebSockets that ended, by their close code',
    labels: ['code'],
    promise: 'Who is sent away is told why, and comes back.',
  },
  parlance_keyed_writes_total: {
    type: 'counter',
    help: 'Writes by what their idempotency key was: first, same (an earlier attempt answered), in-use, unclaimed (memory out of reach)',
    labels: ['mutation', 'outcome'],
    promise: 'One key, one attempt.',
  },
  parlance_doubts_opened_total: {
    type: 'counter',
    help: 'Writes made here whose answer was lost',
    labels: ['mutation'],
    promise: 'A write whose answer was lost is never sent again, and is looked after.',
  },
  parlance_doubts_settled_total: {
    type: 'counter',
    help: 'Doubts this gateway came to an end with: sent, not-sent, given-up; also of gateways that are gone',
    labels: ['outcome'],
    promise: 'What became of a lost write is found out where it can be.',
  },
  parlance_get_or_create_total: {
    type: 'counter',
    help: 'getOrCreateConversation by how it ended: created, found, or the kind of failure',
    labels: ['provider', 'outcome'],
    promise: 'Many at once get one conversation.',
  },
  parlance_operations_total: {
    type: 'counter',
    help: 'GraphQL operations that ran, by type and how they ended: ok, or the code of their first error',
    labels: ['type', 'outcome'],
    promise: 'Operations are answered.',
  },
  parlance_operation_seconds: {
    type: 'histogram',
    help: 'How long queries and mutations took',
    labels: ['type'],
    buckets: SECONDS,
    promise: 'Operations are answered in time.',
  },
  parlance_operation_price: {
    type: 'histogram',
    help: 'What an operation may cost, in upstream calls',
    labels: ['type'],
    buckets: PRICES,
    promise: 'Nobody spends more than their share.',
  },
  parlance_refusals_total: {
    type: 'counter',
    help: 'What was refused before it ran: sign-in, rights, share (rates and limits of a caller), document, request',
    labels: ['reason'],
    promise: 'What must not run does not.',
  },
  parlance_http_requests_total: {
    type: 'counter',
    help: 'HTTP requests by route and status; probes and scrapes are not counted',
    labels: ['route', 'status'],
    promise: 'Requests are answered.',
  },
  parlance_http_request_seconds: {
    type: 'histogram',
    help: 'How long HTTP requests took to be answered whole; streams of events are not counted',
    labels: ['route'],
    buckets: SECONDS,
    promise: 'Requests are answered in time.',
  },
  parlance_redis_up: {
    type: 'gauge',
    help: '1 while Redis answered the last command, 0 while it is done without; absent where there is none',
    labels: [],
    promise: 'Where Redis is out, the gateway goes on without it and says so.',
  },
  parlance_leaving: {
    type: 'gauge',
    help: '1 once this gateway is leaving',
    labels: [],
    promise: 'A gateway leaves without anybody noticing.',
  },
  parlance_log_lines_total: {
    type: 'counter',
    help: 'Lines of the log at warn and error; an error is a bug, or a part out of reach',
    labels: ['level'],
    promise: 'Nothing goes wrong unseen.',
  },
} as const satisfies Readonly<Record<`parlance_${string}`, MetricShape>>;
