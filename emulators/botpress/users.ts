// Users: someone within one integration. The same person on two channels is two of them.

import type { EmulatorAnswer } from '../emulator.ts';
import { findByTags } from './get-or-create.ts';
import { turnPage } from './paging.ts';
import {
  type Body,
  changeMap,
  isoDate,
  mapOf,
  nullable,
  oneOf,
  readBody,
  text,
} from './request.ts';
import { type Call, found, type Route, upserted } from './routes.ts';
import type { Tags, UserRow } from './store.ts';
import {
  type Caller,
  includesTags,
  mergeTags,
  sameTags,
  storedKeys,
  type TagChanges,
} from './tags.ts';
import { integrationOf, iso, type World } from './world.ts';

/** The bot writes under its own id, yet there is no user of that id to be seen. */
export function userView({ switches, tags: rules }: World) {
  return ({ properties, attributes, ...row }: UserRow, caller: Caller): unknown => {
    const shown = { ...row, tags: rules.seen(row.tags, caller) };
    return switches.generation === 'current' ? { ...shown, properties, attributes } : shown;
  };
}

export function userRoutes(world: World): Route[] {
  const { store, switches, tags: rules, mint, now } = world;
  const current = switches.generation === 'current';
  const show = userView(world);

  /** Attributes are the older word for properties; the seed generation knows neither. */
  function bodyKeys<Key extends string>(...keys: Key[]): (Key | 'properties' | 'attributes')[] {
    return current ? [...keys, 'properties', 'attributes'] : keys;
  }

  function taken(tags: TagChanges, caller: Caller): TagChanges {
    return rules.taken({ kind: 'user', tags, caller });
  }

  function make({ caller }: Call, said: NewUser): UserRow {
    const at = now();
    const createdAt = iso(at);
    const blank = {
      id: mint({ prefix: 'user', at, purpose: said.name ?? '' }),
      createdAt,
      tags: {},
    };
    const row: UserRow = {
      ...laidOver(blank, { ...said, tags: taken(said.tags, caller) }),
      updatedAt: createdAt,
    };
    const integration = integrationOf(caller, said.integrationName) ?? world.homeIntegration;
    store.users.set(row.id, row);
    store.integrationOfUser.set(row.id, integration);
    return row;
  }

  function laidOver(row: Omit<UserRow, 'updatedAt'>, said: UserSaid): UserRow {
    return {
      ...row,
      updatedAt: iso(now()),
      tags: mergeTags(row.tags, said.tags),
      name: said.name === undefined ? row.name : (said.name ?? undefined),
      pictureUrl: said.pictureUrl === undefined ? row.pictureUrl : (said.pictureUrl ?? undefined),
      properties: merged(row.properties, said.properties),
      attributes: merged(row.attributes, said.attributes),
    };
  }

  function create(call: Call): EmulatorAnswer {
    const keys = bodyKeys('tags', 'integrationName', 'name', 'pictureUrl');
    const body = readBody(call.request, keys);
    const row = make(call, {
      tags: body.required('tags', mapOf(text({ max: 500 }))),
      integrationName: body.optional('integrationName', NAME),
      name: body.optional('name', NAME),
      pictureUrl: body.optional('pictureUrl', PICTURE_URL),
      properties: body.optional('properties', mapOf(text({ max: 200 }))),
      attributes: body.optional('attributes', mapOf(text({ max: 200 }))),
    });
    return { status: 201, body: { user: show(row, call.caller) } };
  }

  function getOrCreate(call: Call): EmulatorAnswer {
    const { caller } = call;
    const keys = bodyKeys('tags', 'integrationName', 'name', 'pictureUrl', 'discriminateByTags');
    const body = readBody(call.request, keys);
    const said: NewUser = {
      tags: body.required('tags', changeMap(switches, { max: 500 })),
      integrationName: body.optional('integrationName', NAME),
      name: body.optional('name', NAME),
      pictureUrl: body.optional('pictureUrl', PICTURE_URL),
      ...maps(body),
    };
    const integration = integrationOf(caller, said.integrationName);
    const among = [...store.users.values()].filter(
      ({ id }) => integration === undefined || store.integrationOfUser.get(id) === integration,
    );
    const existing = findByTags(world, { among, caller, tags: said.tags, body });
    const row = existing
      ? touch(existing, { ...said, tags: taken(said.tags, caller) })
      : make(call, said);
    return upserted(switches, { name: 'user', row: show(row, caller), created: !existing });
  }

  /** Newer generations write onto what get-or-create finds; where nothing is new, nothing is touched. */
  function touch(row: UserRow, said: UserSaid): UserRow {
    const written = laidOver(row, said);
    if (!current || alike(row, written)) return row;
    store.users.set(row.id, written);
    return written;
  }

  function update(call: Call): EmulatorAnswer {
    const body = readBody(call.request, bodyKeys('tags', 'name', 'pictureUrl'));
    const said: UserSaid = {
      tags: body.optional('tags', changeMap(switches, { max: 500 })) ?? {},
      name: body.optional('name', nullable(NAME)),
      pictureUrl: body.optional('pictureUrl', nullable(PICTURE_URL)),
      ...maps(body),
    };
    const row = laidOver(found(store.users, call.param('id')), {
      ...said,
      tags: taken(said.tags, call.caller),
    });
    store.users.set(row.id, row);
    return { status: 200, body: { user: show(row, call.caller) } };
  }

  function maps(
    body: Body<'properties' | 'attributes'>,
  ): Pick<UserSaid, 'properties' | 'attributes'> {
    return {
      properties: body.optional('properties', changeMap(switches, { max: 200 })),
      attributes: body.optional('attributes', changeMap(switches, { max: 200 })),
    };
  }

  function list({ query, caller }: Call): EmulatorAnswer {
    const fields = oneOf(['createdAt', 'updatedAt']);
    const sortField = query.one('sortField', fields) ?? 'createdAt';
    const rangeField = query.one('rangeField', fields) ?? 'createdAt';
    const direction = query.one('sortDirection', oneOf(['asc', 'desc'])) ?? 'desc';
    const conversationId = query.one('conversationId', text());
    const tags = storedKeys(query.tags(), caller);
    const afterDate = query.one('afterDate', isoDate) ?? '';
    const beforeDate = query.one('beforeDate', isoDate) ?? '~';

    const rows = [...store.users.values()].filter(
      (row) =>
        row[rangeField] >= afterDate &&
        row[rangeField] <= beforeDate &&
        includesTags(row.tags, tags) &&
        (conversationId === undefined || store.participants.get(conversationId)?.has(row.id)),
    );
    const page = turnPage({
      name: `users ${sortField} ${direction}`,
      rows,
      direction,
      place: (row) => ({ by: row[sortField], id: row.id }),
      query,
      switches,
    });
    const users = page.rows.map((row) => show(row, caller));
    return { status: 200, body: { users, meta: page.meta } };
  }

  /** Not written down: what they wrote stays, and they take part in nothing any more. */
  function remove(call: Call): EmulatorAnswer {
    readBody(call.request, []);
    const { id } = found(store.users, call.param('id'));
    store.users.delete(id);
    store.integrationOfUser.delete(id);
    for (const joined of store.participants.values()) joined.delete(id);
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
        const row = found(store.users, param('id'));
        return { status: 200, body: { user: show(row, caller) } };
      },
    },
    { method: 'PUT', path: `${HOME}/:id`, answer: update },
    { method: 'DELETE', path: `${HOME}/:id`, answer: remove },
  ];
}

/** Absent keeps, null clears. */
interface UserSaid {
  readonly tags: TagChanges;
  readonly name: string | null | undefined;
  readonly pictureUrl: string | null | undefined;
  readonly properties: TagChanges | undefined;
  readonly attributes: TagChanges | undefined;
}

interface NewUser extends UserSaid {
  readonly integrationName: string | undefined;
}

function merged(kept: Tags | undefined, changes: TagChanges | undefined): Tags | undefined {
  return changes ? mergeTags(kept ?? {}, changes) : kept;
}

function alike(one: UserRow, other: UserRow): boolean {
  return (
    one.name === other.name &&
    one.pictureUrl === other.pictureUrl &&
    sameTags(one.tags, other.tags) &&
    sameTags(one.properties ?? {}, other.properties ?? {}) &&
    sameTags(one.attributes ?? {}, other.attributes ?? {})
  );
}

const HOME = '/v1/chat/users';

const NAME = text({ max: 200 });

/** Long enough for a small picture as a data URL. */
const PICTURE_URL = text({ max: 40_000 });
