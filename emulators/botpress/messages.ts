// Messages. Their path is flat, their list has no sort parameters, and nobody but the caller's identity says their direction.

import { isDeepStrictEqual } from 'node:util';
import type { EmulatorAnswer } from '../emulator.ts';
import { findByTags } from './get-or-create.ts';
import { turnPage } from './paging.ts';
import {
  anyObject,
  type Body,
  changeMap,
  idText,
  isoDate,
  mapOf,
  oneOf,
  readBody,
  schedule,
  text,
} from './request.ts';
import { type Call, found, type Route, referred, upserted } from './routes.ts';
import type { MessageRow } from './store.ts';
import {
  type Caller,
  includesTags,
  mergeTags,
  sameTags,
  storedKeys,
  type TagChanges,
} from './tags.ts';
import { deleted } from './webhooks.ts';
import { iso, record, type World } from './world.ts';

export function messageRoutes(world: World): Route[] {
  const { store, switches, tags: rules, botId, now } = world;
  const current = switches.generation === 'current';

  function show(row: MessageRow, caller: Caller): unknown {
    return { ...row, tags: rules.seen(row.tags, caller) };
  }

  function checkReferences({
    conversationId,
    userId,
  }: Pick<NewMessage, 'conversationId' | 'userId'>) {
    referred(store.conversations, conversationId);
    // A bot signs with its own id, as the vendor's sample bots do.
    if (userId !== botId) referred(store.users, userId);
  }

  function taken(tags: TagChanges, caller: Caller): TagChanges {
    return rules.taken({ kind: 'message', tags, caller });
  }

  /** Direction is never sent: the bot's words go out, those of an integration come in. */
  function make(said: NewMessage, caller: Caller): MessageRow {
    return record(world, {
      type: said.type,
      payload: said.payload ?? {},
      direction: caller.kind === 'bot' ? 'outgoing' : 'incoming',
      userId: said.userId,
      conversationId: said.conversationId,
      tags: mergeTags({}, taken(said.tags, caller)),
      origin: said.origin,
    });
  }

  function create(call: Call): EmulatorAnswer {
    const body = readBody(call.request, NEW_KEYS);
    const said: NewMessage = {
      ...readNew(body),
      payload: body.required('payload', anyObject),
      tags: body.required('tags', mapOf(text({ max: 500 }))),
    };
    checkReferences(said);
    return { status: 201, body: { message: show(make(said, call.caller), call.caller) } };
  }

  function getOrCreate(call: Call): EmulatorAnswer {
    const { caller } = call;
    const body = readBody(call.request, [...NEW_KEYS, 'discriminateByTags']);
    const said: NewMessage = {
      ...readNew(body),
      // Optional in newer generations; a message that is made without one has an empty one.
      payload: current ? body.optional('payload', anyObject) : body.required('payload', anyObject),
      tags: body.required('tags', changeMap(switches, { max: 500 })),
    };
    checkReferences(said);
    const among = [...store.messages.values()].filter(
      (row) => row.conversationId === said.conversationId,
    );
    const existing = findByTags(world, { among, caller, tags: said.tags, body });
    const row = existing
      ? touch(existing, { ...said, tags: taken(said.tags, caller) })
      : make(said, caller);
    return upserted(switches, { name: 'message', row: show(row, caller), created: !existing });
  }

  /** Newer generations write onto what get-or-create finds; where nothing is new, nothing is touched. */
  function touch(row: MessageRow, said: Pick<NewMessage, 'payload' | 'tags'>): MessageRow {
    if (!current) return row;
    const written = laidOver(row, said);
    if (sameTags(row.tags, written.tags) && isDeepStrictEqual(row.payload, written.payload)) {
      return row;
    }
    store.messages.set(row.id, written);
    return written;
  }

  function laidOver(row: MessageRow, said: Pick<NewMessage, 'payload' | 'tags'>): MessageRow {
    const kept = switches.payloadUpdate === 'merge' ? row.payload : {};
    return {
      ...row,
      updatedAt: iso(now()),
      payload: said.payload ? { ...kept, ...said.payload } : row.payload,
      tags: mergeTags(row.tags, said.tags),
    };
  }

  /** There is no `type` to send: it never changes. */
  function update(call: Call): EmulatorAnswer {
    const body = readBody(call.request, ['tags', 'payload']);
    const changes = changeMap(switches);
    const said = {
      tags: current ? (body.optional('tags', changes) ?? {}) : body.required('tags', changes),
      payload: body.optional('payload', anyObject),
    };
    const row = found(store.messages, call.param('id'));
    const written = laidOver(row, { ...said, tags: taken(said.tags, call.caller) });
    store.messages.set(row.id, written);
    return { status: 200, body: { message: show(written, call.caller) } };
  }

  /** Newest first whatever is asked. An unknown conversation filters everything away; it is no error here. */
  function list({ query, caller }: Call): EmulatorAnswer {
    const conversationId = query.one('conversationId', text());
    const tags = storedKeys(query.tags(), caller);
    const afterDate = query.one('afterDate', isoDate) ?? '';
    const beforeDate = query.one('beforeDate', isoDate) ?? '~';

    const rows = [...store.messages.values()].filter(
      (row) =>
        row.conversationId === (conversationId ?? row.conversationId) &&
        row.createdAt >= afterDate &&
        row.createdAt <= beforeDate &&
        includesTags(row.tags, tags),
    );
    const page = turnPage({
      name: 'messages',
      rows,
      direction: 'desc',
      place: (row) => ({ by: row.createdAt, id: row.id }),
      query,
      switches,
    });
    const messages = page.rows.map((row) => show(row, caller));
    return { status: 200, body: { messages, meta: page.meta } };
  }

  function remove(call: Call): EmulatorAnswer {
    readBody(call.request, []);
    const row = found(store.messages, call.param('id'));
    const { id, conversationId } = row;
    store.messages.delete(id);
    const conversation = store.conversations.get(conversationId);
    if (conversation) {
      store.conversations.set(conversationId, {
        ...conversation,
        messageCount: conversation.messageCount - 1,
      });
      world.emit(conversation.integration, deleted(row));
    }
    return { status: 200, body: {} };
  }

  return [
    { method: 'POST', path: HOME, answer: create },
    { method: 'GET', path: HOME, answer: list },
    { method: 'POST', path: `${HOME}/get-or-create`, answer: getOrCreate },
    {
      method: 'GET',
      path: `${HOME}/:id`,
      answer({ param, caller }) {
        const row = found(store.messages, param('id'));
        return { status: 200, body: { message: show(row, caller) } };
      },
    },
    { method: 'PUT', path: `${HOME}/:id`, answer: update },
    { method: 'DELETE', path: `${HOME}/:id`, answer: remove },
  ];
}

interface NewMessage {
  readonly conversationId: string;
  readonly userId: string;
  readonly type: string;
  readonly payload: Record<string, unknown> | undefined;
  readonly tags: TagChanges;
  readonly origin: 'synthetic' | undefined;
}

/** What create and get-or-create have in common, read before anything is looked up. */
function readNew(body: Body<(typeof NEW_KEYS)[number]>): Omit<NewMessage, 'payload' | 'tags'> {
  // A schedule is checked and no more: when a scheduled message begins to be listed is not written down.
  body.optional('schedule', schedule);
  return {
    conversationId: body.required('conversationId', idText),
    userId: body.required('userId', idText),
    type: body.required('type', text({ max: 200 })),
    origin: body.optional('origin', oneOf(['synthetic'])),
  };
}

const HOME = '/v1/chat/messages';

const NEW_KEYS = [
  'conversationId',
  'userId',
  'type',
  'payload',
  'tags',
  'schedule',
  'origin',
] as const;
