// What is told to an operator of each call to a service: a number, a span of the request it is part of, a line. Never what was
// said in it, and of its address no value of a query.

import { NO_SPAN } from '../observability/tracer.ts';
import { trailNow } from '../observability/trail.ts';
import type { Watching } from '../observability/watching.ts';
import type { Sent } from '../providers/exchange.ts';
import type { CallWatch } from '../providers/manners.ts';

/** `timer`: milliseconds, from anywhere. */
export function observeCalls({ log, meter, tracer }: Watching, timer: () => number): CallWatch {
  return {
    sending({ provider, verb, ask: { method, path }, tries }) {
      const beganMs = timer();
      if (tries > 1) meter.count('parlance_upstream_retries_total', { provider, verb });
      const trail = trailNow();
      // What a gateway asks by itself, to find news, is nobody's request: a span each would bury those that are.
      const span = trail ? tracer.begin(`${provider} ${verb}`, 'client', trail.span) : NO_SPAN;
      span.set({
        'parlance.provider': provider,
        'parlance.verb': verb,
        'http.request.method': method,
        'http.request.resend_count': tries - 1,
      });
      return (sent) => {
        const ms = timer() - beganMs;
        const outcome = outcomeOf(sent);
        const status = sent.answer?.status;
        meter.count('parlance_upstream_calls_total', { provider, verb, outcome });
        meter.observe('parlance_upstream_call_seconds', { provider, verb }, ms / 1000);
        if (status !== undefined) span.set({ 'http.response.status_code': status });
        span.end(outcome === 'ok' || outcome === 'refused' ? undefined : outcome);
        const fields = { provider, verb, method, path: pathOf(path), status, outcome, tries };
        log.debug({ ...fields, ms: Math.round(ms) }, 'a service was asked');
      };
    },
    held({ provider, verb }, reason) {
      meter.count('parlance_upstream_held_total', { provider, reason });
      log.debug({ provider, verb, reason }, 'a service was not asked');
    },
  };
}

/** `ok` and `refused`: answered. `limited`: asked too much. `failed`: it says that it is broken. Else what became of it instead. */
function outcomeOf({ fate, answer }: Sent<unknown>): string {
  if (fate !== 'answered' || !answer) return fate;
  if (answer.status === 429) return 'limited';
  if (answer.status >= 500) return 'failed';
  return answer.status >= 400 ? 'refused' : 'ok';
}

function pathOf(path: string): string {
  return path.split('?')[0] ?? path;
}
