// Conversations: tags and a channel. No title, no state, and neither messages nor participants inside.

import type { EmulatorAnswer } from '../emulator.ts';
import { findByTags } from './get-or-create.ts';
import { turnPage } from './paging.ts';
import { changeMap, isoDate, mapOf, oneOf, readBody, text, wholeNumber } from './request.ts';
import { type Call, found, type Route, upserted } from './routes.ts';
import type { ConversationRow } from './store.ts';
import {
  type Caller,
  includesTags,
  mergeTags,
  sameTags,
  storedKeys,
  type TagChanges,
} from './tags.ts';
import { integrationOf, iso, type World } from './world.ts';

export function conversationRoutes(world: World): Route[] {
  const { store, switches, tags: rules, mint, now } = world;
  const current = switches.generation === 'current';

  function show(row: ConversationRow, caller: Caller): unknown {
    const { currentTaskId, messageCount, properties, ...rest } = row;
    const tags = rules.seen(row.tags, caller);
    return current ? { ...rest, tags, messageCount, properties } : { ...rest, tags, currentTaskId };
  }

  function bodyKeys<Key extends string>(...keys: Key[]): (Key | 'properties')[] {
    return current ? [...keys, 'properties'] : keys;
  }

  function taken(tags: TagChanges, caller: Caller): TagChanges {
    return rules.taken({ kind: 'conversation', tags, caller });
  }

  function make({ caller }: Call, said: NewConversation): ConversationRow {
    const at = now();
    const row: ConversationRow = {
      id: mint({ prefix: 'conv', at, purpose: said.channel }),
      createdAt: iso(at),
      updatedAt: iso(at),
      channel: said.channel,
      integration: integrationOf(caller, said.integrationName) ?? world.homeIntegration,
      tags: mergeTags({}, taken(said.tags, caller)),
      messageCount: 0,
      properties: said.properties && mergeTags({}, said.properties),
    };
    store.conversations.set(row.id, row);
    return row;
  }

  function create(call: Call): EmulatorAnswer {
    const body = readBody(call.request, bodyKeys('channel', 'tags', 'integrationName'));
    const row = make(call, {
      channel: body.required('channel', text({ max: 200 })),
      tags: body.required('tags', mapOf(text({ max: 500 }))),
      integrationName: body.optional('integrationName', text({ max: 200 })),
      properties: body.optional('properties', mapOf(text())),
    });
    return { status: 201, body: { conversation: show(row, call.caller) } };
  }

  function getOrCreate(call: Call): EmulatorAnswer {
    const { caller } = call;
    const body = readBody(
      call.request,
      bodyKeys('channel', 'tags', 'integrationName', 'discriminateByTags'),
    );
    const said = {
      channel: body.required('channel', text({ max: 200 })),
      tags: body.required('tags', changeMap(switches, { max: 500 })),
      integrationName: body.optional('integrationName', text({ max: 200 })),
      properties: body.optional('properties', changeMap(switches)),
    };
    // Where it looks is not written down: the same channel, and the same integration if one is known.
    const integration = integrationOf(caller, said.integrationName);
    const among = [...store.conversations.values()].filter(
      (row) => row.channel === said.channel && row.integration === (integration ?? row.integration),
    );
    const existing = findByTags(world, { among, caller, tags: said.tags, body });
    const row = existing
      ? write(existing, { ...said, tags: taken(said.tags, caller) })
      : make(call, said);
    return upserted(switches, {
      name: 'conversation',
      row: show(row, caller),
      created: !existing,
    });
  }

  /** Newer generations write onto what get-or-create finds; where nothing is new, nothing is touched. */
  function write(
    row: ConversationRow,
    said: Pick<NewConversation, 'tags' | 'properties'>,
  ): ConversationRow {
    if (!current) return row;
    const tags = mergeTags(row.tags, said.tags);
    const properties = said.properties
      ? mergeTags(row.properties ?? {}, said.properties)
      : row.properties;
    if (sameTags(tags, row.tags) && sameTags(properties ?? {}, row.properties ?? {})) return row;
    const written = { ...row, tags, properties, updatedAt: iso(now()) };
    store.conversations.set(row.id, written);
    return written;
  }

  /** A PUT that is a partial update: what is not mentioned stays, and even nothing new bumps updatedAt. */
  function update(call: Call): EmulatorAnswer {
    const body = readBody(call.request, bodyKeys('tags', 'currentTaskId'));
    const tags = body.optional('tags', changeMap(switches)) ?? {};
    const properties = body.optional('properties', changeMap(switches));
    const currentTaskId = body.optional('currentTaskId', text());
    const row = found(store.conversations, call.param('id'));
    const written: ConversationRow = {
      ...row,
      updatedAt: iso(now()),
      tags: mergeTags(row.tags, taken(tags, call.caller)),
      properties: properties ? mergeTags(row.properties ?? {}, properties) : row.properties,
      // Deprecated by the newer generations: taken without a word, and ignored.
      currentTaskId: current ? row.currentTaskId : (currentTaskId ?? row.currentTaskId),
    };
    store.conversations.set(row.id, written);
    return { status: 200, body: { conversation: show(written, call.caller) } };
  }

  function list({ query, caller }: Call): EmulatorAnswer {
    // Newest first by creation, the vendor says of all its lists, unless another field is asked for.
    const sortField = query.one('sortField', oneOf(['createdAt', 'updatedAt'])) ?? 'createdAt';
    const direction = query.one('sortDirection', oneOf(['asc', 'desc'])) ?? 'desc';
    const tags = storedKeys(query.tags(), caller);
    const participantIds = query.many('participantIds');
    const integrationName = query.one('integrationName', text());
    const channel = query.one('channel', text());
    const afterDate = query.one('afterDate', isoDate) ?? '';
    // Both ends are included. '~' sorts after every date.
    const beforeDate = query.one('beforeDate', isoDate) ?? '~';
    const counts = current ? query : undefined;
    const least = counts?.one('minMessageCount', wholeNumber(0)) ?? 0;
    const most = counts?.one('maxMessageCount', wholeNumber(0)) ?? Number.POSITIVE_INFINITY;

    const rows = [...store.conversations.values()].filter(
      (row) =>
        row.integration === (integrationName ?? row.integration) &&
        row.channel === (channel ?? row.channel) &&
        row.createdAt >= afterDate &&
        row.createdAt <= beforeDate &&
        row.messageCount >= least &&
        row.messageCount <= most &&
        includesTags(row.tags, tags) &&
        takesPart(row.id, participantIds),
    );
    const page = turnPage({
      name: `conversations ${sortField} ${direction}`,
      rows,
      direction,
      place: (row) => ({ by: row[sortField], id: row.id }),
      query,
      switches,
    });
    const conversations = page.rows.map((row) => show(row, caller));
    return { status: 200, body: { conversations, meta: page.meta } };
  }

  function takesPart(conversationId: string, userIds: readonly string[]): boolean {
    if (userIds.length === 0) return true;
    const joined = store.participants.get(conversationId);
    return switches.participantIdsMatch === 'all'
      ? userIds.every((id) => joined?.has(id))
      : userIds.some((id) => joined?.has(id));
  }

  /** Permanent, and its messages go with it. The vendor's client sends {} along with the DELETE. */
  function remove(call: Call): EmulatorAnswer {
    readBody(call.request, []);
    const { id } = found(store.conversations, call.param('id'));
    store.conversations.delete(id);
    store.participants.delete(id);
    for (const message of store.messages.values()) {
      if (message.conversationId === id) store.messages.delete(message.id);
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
        const row = found(store.conversations, param('id'));
        return { status: 200, body: { conversation: show(row, caller) } };
      },
    },
    { method: 'PUT', path: `${HOME}/:id`, answer: update },
    { method: 'DELETE', path: `${HOME}/:id`, answer: remove },
  ];
}

interface NewConversation {
  readonly channel: string;
  readonly tags: TagChanges;
  readonly integrationName: string | undefined;
  readonly properties: TagChanges | undefined;
}

const HOME = '/v1/chat/conversations';
