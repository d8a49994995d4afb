// What whoever watches over a gateway asks it by HTTP: whether it is ready, and its numbers. Anybody may know that something is
// out; what it is called and what it said is for callers with the scope `admin`.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { errorOf } from '../../../schema/failure.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import type { Metrics } from '../../observability/metrics.ts';
import type { Connections } from '../connections/connections.ts';
import { addressOf } from '../door/address.ts';
import type { Door } from '../door/admission.ts';
import { bearerOf } from '../door/bearer.ts';
import { sayRefusal } from '../door/refusal.ts';
import { sayError, sayJson } from '../say.ts';
import { sayMetrics } from './metrics-page.ts';

export interface OperatorPages {
  readyz(request: IncomingMessage, response: ServerResponse): Promise<void>;
  metrics(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/** Something that is out, and done without. */
export interface Out {
  readonly name: string;
  readonly because: string;
}

export interface OperatorPagesParts {
  readonly gateway: Gateway;
  readonly door: Door;
  readonly connections: Pick<Connections, 'stage'>;
  /** What besides providers is out. */
  readonly alsoOut: () => readonly Out[];
  /** Absent, there are none. */
  readonly metrics: Metrics | undefined;
}

export function openOperatorPages({
  gateway,
  door: { doorkeeper, hops, clock },
  connections,
  alsoOut,
  metrics,
}: OperatorPagesParts): OperatorPages {
  function admission(request: IncomingMessage) {
    const credential = bearerOf(request.headers.authorization);
    return doorkeeper.admit({ credential, address: addressOf(request, hops) });
  }

  /** A probe that presents nothing costs nothing, and one whose key is good no more still learns what anybody may. */
  async function isOperator(request: IncomingMessage): Promise<boolean> {
    if (!doorkeeper.open && request.headers.authorization === undefined) return false;
    const admitted = await admission(request);
    return admitted.ok && admitted.session.caller.scopes.has('admin');
  }

  function providersOut(): Out[] {
    return gateway.providers.flatMap(({ name }) => {
      const { state, lastFailure } = gateway.health(name);
      if (state !== 'DOWN') return [];
      return [
        { name, because: lastFailure ? errorOf(lastFailure).message : 'It does not answer.' },
      ];
    });
  }

  return {
    async readyz(request, response) {
      if (connections.stage() !== 'open') return sayJson(response, 503, { status: 'leaving' });
      const others = alsoOut();
      const down = providersOut();
      // Degraded is still ready: what does not need what is out works.
      if (others.length + down.length === 0) return sayJson(response, 200, { status: 'ready' });
      const some = `${down.length} of ${gateway.providers.length} providers`;
      const degraded = [...others.map(({ name }) => name), ...(down.length > 0 ? [some] : [])];
      const told = { status: 'ready', degraded };
      const isTold = await isOperator(request);
      sayJson(response, 200, isTold ? { ...told, out: [...others, ...down] } : told);
    },

    async metrics(request, response) {
      if (!metrics) return sayError(response, 404, 'No metrics are kept here.');
      const admitted = await admission(request);
      const answering = { request, response, nowMs: clock() };
      if (!admitted.ok) return sayRefusal(answering, admitted.refusal);
      if (!admitted.session.caller.scopes.has('admin')) {
        return sayRefusal(answering, { code: 'FORBIDDEN', message: ADMIN, retryAt: null });
      }
      await sayMetrics(response, metrics);
    },
  };
}

const ADMIN =
  'Metrics are for callers with the scope admin. Make a key that has it, or scrape the port set as `metrics` in the config.';
