// From a request to the row of the table that answers it, and what every row may use.

import type { Clock, EmulatorAnswer, EmulatorRequest } from '../emulator.ts';
import { isRecord, readable } from '../emulator.ts';
import type { Refusals } from './refusals.ts';
import type { ChatlingStore, Rows } from './store.ts';
import type { Switches } from './switches.ts';

export interface World {
  readonly store: ChatlingStore;
  readonly rows: Rows;
  readonly switches: Switches;
  readonly refuse: Refusals;
  readonly clock: Clock;
}

export interface Ask {
  /** What stood where the pattern has a *, in order. */
  readonly ids: readonly string[];
  readonly query: URLSearchParams;
  /** Empty where the body was no JSON object, which is how Laravel sees it too. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below /v2; a * is one id. */
  readonly pattern: string;
  readonly answer: (ask: Ask) => EmulatorAnswer;
}

export function answerFrom(
  routes: readonly Route[],
  { store, refuse }: World,
): (request: EmulatorRequest) => EmulatorAnswer {
  return (request) => {
    const segments = request.path.split('/').filter((segment) => segment !== '');
    const found = routes.flatMap((route) => {
      const ids = idsIn(segments, `v2${route.pattern}`.split('/'));
      return ids === undefined ? [] : [{ route, ids }];
    });
    if (found.length === 0) return refuse.notFound('Route');

    const hit = found.find(({ route }) => route.method === request.method);
    if (hit === undefined) {
      return refuse.methodNotAllowed(found.map(({ route }) => route.method));
    }
    const { route, ids } = hit;
    const [chatbotId] = ids;
    if (chatbotId !== undefined && segments[1] === 'chatbots' && !store.chatbots.has(chatbotId)) {
      return refuse.notFound('Chatbot');
    }
    const sent = readable(request.body);
    return route.answer({
      ids,
      query: new URLSearchParams(request.query),
      body: isRecord(sent) ? sent : {},
    });
  };
}

function idsIn(segments: readonly string[], pattern: readonly string[]): string[] | undefined {
  if (segments.length !== pattern.length) return undefined;
  const ids: string[] = [];
  for (const [place, expected] of pattern.entries()) {
    const segment = segments[place] ?? '';
    if (expected === '*') ids.push(decoded(segment));
    else if (segment !== expected) return undefined;
  }
  return ids;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
