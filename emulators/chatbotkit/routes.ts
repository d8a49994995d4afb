// The REST face: which address does what, under both prefixes, and in which order a request is judged.

import type { EmulatorAnswer, EmulatorRequest } from '../emulator.ts';
import { asked, parseJson } from './asked.ts';
import { answerStorage, uploadAttachment } from './attachments.ts';
import { accountChannel, monitorChannel } from './channels.ts';
import {
  createConversation,
  createSession,
  deleteConversation,
  listConversations,
  updateConversation,
  upsertContact,
} from './conversations.ts';
import { rateLimits } from './limits.ts';
import {
  createMessage,
  deleteMessage,
  findMessage,
  listMessages,
  updateMessage,
} from './messages.ts';
import { answerRefusal, isRefusal, type Refusal, refuse } from './refusal.ts';
import { authenticate, type Keyring, type Session } from './session.ts';
import { showConversation, showMessage } from './shown.ts';
import type { TurnEvent } from './speech.ts';
import { ownConversation, type World } from './store.ts';
import { answerEvents, answerItems, answerTurn, formatOf } from './stream.ts';
import type { RateClass } from './switches.ts';
import { completeTurn, receiveTurn, sendTurn, statelessTurn, type Turn } from './turns.ts';

/** One call that was let in: its session, the ids of its path, its request. */
interface Call {
  readonly session: Session;
  readonly id: string;
  readonly messageId: string;
  readonly request: EmulatorRequest;
}

interface Route {
  readonly method: 'GET' | 'POST';
  /** Below /v1, with {id} and {messageId}. */
  readonly path: string;
  readonly charges?: readonly RateClass[];
  answer(call: Call): EmulatorAnswer | Promise<EmulatorAnswer>;
}

export function restFace(world: World, keys: Keyring) {
  const charge = rateLimits(world.switches, world.clock);
  const routes = routesOf(world, keys).map((route) => ({ ...route, pattern: patternOf(route) }));

  return (request: EmulatorRequest): EmulatorAnswer | Promise<EmulatorAnswer> => {
    if (request.path.startsWith('/storage/')) return answerStorage(world, request);
    const matches = routes.flatMap((route) => {
      const groups = route.pattern.exec(request.path)?.groups;
      return groups ? [{ route, groups }] : [];
    });
    if (matches.length === 0) return answerRefusal(refuse('NOT_FOUND'));
    const match = matches.find(({ route }) => route.method === request.method);
    if (!match) return answerRefusal(refuse('METHOD_NOT_ALLOWED'));
    const session = authenticate(world, keys, request);
    if (isRefusal(session)) return answerRefusal(session);
    const exceeded = charge(session.account, match.route.charges ?? []);
    if (exceeded) return answerRefusal(exceeded);
    const { id = '', messageId = '' } = match.groups;
    return match.route.answer({
      session,
      id: decoded(id),
      messageId: decoded(messageId),
      request,
    });
  };
}

function routesOf(world: World, keys: Keyring): readonly Route[] {
  const { store, switches } = world;
  const conversation = '/conversation/{id}';
  const message = `${conversation}/message/{messageId}`;

  return [
    get('/conversation/list', ['poll'], ({ session, request }) =>
      listed(request, (query, streamed) =>
        listConversations(world, session, query, streamed).map((row) =>
          showConversation(row, 'list', switches),
        ),
      ),
    ),
    get(`${conversation}/fetch`, [], ({ session, id }) => {
      const row = ownConversation(store, session.account.id, id);
      return said(isRefusal(row) ? row : showConversation(row, 'fetch', switches));
    }),
    post('/conversation/create', ['conversation', 'message'], ({ session }, body) =>
      said(createConversation(world, session, body)),
    ),
    post(`${conversation}/update`, [], ({ session, id }, body) =>
      said(updateConversation(world, session, id, body)),
    ),
    // Nothing is read of the body of a deletion, not even whether it is JSON.
    bare(`${conversation}/delete`, ({ session, id }) =>
      said(deleteConversation(world, session, id)),
    ),
    post(`${conversation}/session/create`, [], ({ session, id }, body) =>
      said(createSession(world, keys, session, id, body)),
    ),
    post(`${conversation}/contact/upsert`, [], ({ session, id }, body) => {
      const contact = upsertContact(world, session, id, body);
      return contact ? said(contact) : { status: 304 };
    }),
    bare(`${conversation}/attachment/upload`, async ({ session, id, request }) => {
      const origin = `http://${request.headers.host ?? 'localhost'}`;
      const contentType = request.headers['content-type'];
      const wish = { contentType, body: request.body, origin };
      return said(await uploadAttachment(world, session, id, wish));
    }),

    get(`${conversation}/message/list`, ['poll'], ({ session, id, request }) =>
      listed(request, (query, streamed) => {
        const rows = listMessages(world, session, id, { query, streamed });
        return isRefusal(rows) ? rows : rows.map((row) => showMessage(row, 'list', switches));
      }),
    ),
    get(`${message}/fetch`, [], ({ session, id, messageId }) => {
      const place = { conversationId: id, messageId };
      const row = findMessage(world, session.account.id, place);
      return said(isRefusal(row) ? row : showMessage(row, 'fetch', switches));
    }),
    post(`${conversation}/message/create`, ['message'], ({ session, id }, body) =>
      said(createMessage(world, session, id, body)),
    ),
    post(`${message}/update`, [], ({ session, id, messageId }, body) =>
      said(updateMessage(world, session, { conversationId: id, messageId }, body)),
    ),
    bare(`${message}/delete`, ({ session, id, messageId }) =>
      said(deleteMessage(world, session, { conversationId: id, messageId })),
    ),

    post('/conversation/complete', ['message'], ({ session, request }, body) =>
      spoken(request, statelessTurn(world, session, body)),
    ),
    post(`${conversation}/complete`, ['message'], ({ session, id, request }, body) =>
      spoken(request, completeTurn(world, session, id, body)),
    ),
    post(`${conversation}/send`, ['message'], ({ session, id, request }, body) =>
      spoken(request, sendTurn(world, session, id, body)),
    ),
    post(`${conversation}/receive`, ['message'], ({ session, id, request }, body) =>
      spoken(request, receiveTurn(world, session, id, body)),
    ),

    post(`${conversation}/channel/subscribe`, [], ({ session, id, request }, body) => {
      const historyLength = readHistoryLength(body);
      if (isRefusal(historyLength)) return answerRefusal(historyLength);
      const row = ownConversation(store, session.account.id, id);
      if (isRefusal(row)) return answerRefusal(row);
      return heard(request, monitorChannel(row.userId, row.id), historyLength);
    }),
    post('/channel/{id}/subscribe', [], ({ session, id, request }, body) => {
      const historyLength = readHistoryLength(body);
      if (isRefusal(historyLength)) return answerRefusal(historyLength);
      return heard(request, accountChannel(session.account.id, id), historyLength);
    }),
    post('/channel/{id}/publish', [], ({ session, id }, body) => {
      const wish = asked(body);
      const published = wish.object('message', 'required');
      const short = id.length < 16 ? refuse('BAD_REQUEST', 'channelId is too short') : undefined;
      const refused = wish.refusal() ?? short;
      if (refused) return answerRefusal(refused);
      world.channels.publish(accountChannel(session.account.id, id), published);
      return said({ id });
    }),
  ];

  function listed(
    request: EmulatorRequest,
    read: (query: URLSearchParams, streamed: boolean) => readonly object[] | Refusal,
  ): EmulatorAnswer {
    const format = formatOf(request.headers.accept);
    if (!format) return answerRefusal(unsupported());
    const items = read(new URLSearchParams(request.query), format !== 'json');
    if (isRefusal(items)) return answerRefusal(items);
    if (format !== 'json') return answerItems(items, format, switches);
    const last = items.at(-1);
    // There even on the last page; gone only where there was nothing to end a page with.
    const cursor = last && 'id' in last ? { cursor: last.id } : {};
    return said({ items, ...cursor });
  }

  function spoken(
    request: EmulatorRequest,
    turn: Turn | Refusal,
  ): EmulatorAnswer | Promise<EmulatorAnswer> {
    if (isRefusal(turn)) return answerRefusal(turn);
    const format = formatOf(request.headers.accept);
    if (!format || format === 'csv') return answerRefusal(unsupported());
    return answerTurn(world, turn, { format, signal: request.signal });
  }

  function heard(request: EmulatorRequest, channel: string, historyLength: number): EmulatorAnswer {
    const { signal } = request;
    const messages = world.channels.subscribe(channel, { signal, historyLength });
    // There is no whole answer to wait for, so any Accept but server-sent events means lines.
    const format = formatOf(request.headers.accept) === 'sse' ? 'sse' : 'jsonl';
    return answerEvents(afterNop(messages), format, switches);
  }
}

/** The first line only opens the stream. */
async function* afterNop(messages: AsyncIterable<unknown>): AsyncIterable<TurnEvent> {
  yield { type: 'nop', data: {} };
  for await (const message of messages) {
    if (typeof message === 'object' && message !== null) yield { type: 'message', data: message };
  }
}

function readHistoryLength(body: unknown): number | Refusal {
  const wish = asked(body);
  const length = wish.number('historyLength', { min: 0, max: 10_000, integer: true });
  return wish.refusal() ?? length ?? 0;
}

function said(value: object | Refusal): EmulatorAnswer {
  if (isRefusal(value)) return answerRefusal(value);
  return { status: 200, headers: { 'content-type': 'application/json' }, body: value };
}

function unsupported(): Refusal {
  return refuse('BAD_REQUEST', 'Unsupported accept header');
}

function get(path: string, charges: readonly RateClass[], answer: Route['answer']): Route {
  return { method: 'GET', path, charges, answer };
}

function bare(path: string, answer: Route['answer']): Route {
  return { method: 'POST', path, answer };
}

function post(
  path: string,
  charges: readonly RateClass[],
  answer: (call: Call, body: unknown) => EmulatorAnswer | Promise<EmulatorAnswer>,
): Route {
  return {
    method: 'POST',
    path,
    charges,
    answer(call) {
      const body = parseJson(call.request.body);
      return isRefusal(body) ? answerRefusal(body) : answer(call, body.json);
    },
  };
}

/** A percent sign that stands for nothing is left as it is: such an id is merely not found. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function patternOf({ path }: Route): RegExp {
  const segments = path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)');
  return new RegExp(`^(?<prefix>/api)?/v1${segments}$`);
}
