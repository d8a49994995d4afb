// Botpress' lists as they are asked for over plain HTTP: dotted queries, inclusive dates, and opaque tokens.

import { describe, expect, it } from 'vitest';
import { at, converse, eachAt, NOON, stage, textAt } from './botpress-stage.ts';

const CONVERSATIONS = '/v1/chat/conversations';
const MESSAGES = '/v1/chat/messages';
const USERS = '/v1/chat/users';

describe('a list query', () => {
  it('takes everything after the first dot for the key, and brackets too', async () => {
    const { call } = await stage();
    const id = await converse(call, { tags: { 'a.b': 'x y' } });
    await converse(call, { tags: { a: 'x y' } });

    const dotted = await call(`GET ${CONVERSATIONS}?tags.a.b=x%20y`);
    const bracketed = await call(`GET ${CONVERSATIONS}?tags%5Ba.b%5D=x+y`);

    expect(eachAt(dotted.body, 'conversations', 'id')).toEqual([id]);
    expect(eachAt(bracketed.body, 'conversations', 'id')).toEqual([id]);
  });

  it.each([
    'sortField=title',
    'sortDirection=down',
    'pageSize=0',
    'pageSize=ten',
    'afterDate=yesterday',
    'beforeDate=',
    'minMessageCount=-1',
    'tags=x',
    'channel=a&channel=b',
    'nextToken=abc',
  ])('of %s is an invalid query', async (query) => {
    const { call } = await stage();

    const { status, body } = await call(`GET ${CONVERSATIONS}?${query}`);

    expect([status, at(body, 'type')]).toEqual([400, 'InvalidQuery']);
  });

  it('ignores a parameter it does not know', async () => {
    const { call } = await stage();

    expect((await call(`GET ${CONVERSATIONS}?archived=true`)).status).toBe(200);
  });

  it('bounds the date of creation, both ends included', async () => {
    const { call, time } = await stage();
    const ids = [];
    for (let second = 0; second < 4; second += 1) {
      time.now = NOON + second * 1_000;
      ids.push(await converse(call));
    }

    const { body } = await call(
      `GET ${CONVERSATIONS}?afterDate=2026-05-01T12:00:01.000Z&beforeDate=2026-05-01T12:00:02Z`,
    );

    expect(eachAt(body, 'conversations', 'id')).toEqual([ids[2], ids[1]]);
  });

  it('filters by channel, integration and number of messages', async () => {
    const { call, emulator } = await stage();
    const dm = await converse(call, { channel: 'dm', integrationName: 'slack' });
    const thread = await converse(call, { channel: 'thread', integrationName: 'slack' });
    const chat = await converse(call);
    emulator.say(chat, 'One');
    emulator.say(chat, 'Two');
    emulator.say(dm, 'One');

    const by = async (query: string) =>
      eachAt((await call(`GET ${CONVERSATIONS}?${query}`)).body, 'conversations', 'id');

    expect(await by('integrationName=slack')).toEqual([thread, dm]);
    expect(await by('channel=dm')).toEqual([dm]);
    expect(await by('minMessageCount=1&maxMessageCount=1')).toEqual([dm]);
    expect(await by('minMessageCount=2')).toEqual([chat]);
  });

  it('matches any of the participants where the switch says so', async () => {
    const { call, emulator } = await stage({ participantIdsMatch: 'any' });
    const [one, two] = [await converse(call), await converse(call)];
    await converse(call);
    emulator.say(one, 'I am Ann');
    emulator.say(two, 'I am Ben');
    const ids = [...emulator.store.users.keys()];

    const { body } = await call(
      `GET ${CONVERSATIONS}?${ids.map((id) => `participantIds=${id}`).join('&')}`,
    );

    expect(eachAt(body, 'conversations', 'id')).toEqual([two, one]);
  });

  it('of messages needs no conversation and knows no other order', async () => {
    const { call, emulator, time } = await stage();
    const [one, two] = [await converse(call), await converse(call)];
    for (const id of [one, two, one]) {
      time.now += 1_000;
      emulator.say(id, 'Hello');
    }

    const all = await call(`GET ${MESSAGES}?sortField=createdAt&sortDirection=asc`);
    const of = await call(`GET ${MESSAGES}?conversationId=${two}`);

    expect(eachAt(all.body, 'messages', 'conversationId')).toEqual([one, two, one]);
    expect(eachAt(of.body, 'messages', 'conversationId')).toEqual([two]);
  });

  it('of users ranges over the field it names, and over who takes part', async () => {
    const { call, emulator, time } = await stage();
    const id = await converse(call);
    emulator.say(id, 'Hello');
    const [early] = emulator.store.users.keys();
    time.now += 60_000;
    await call(`POST ${USERS}`, { tags: {} });
    await call(`PUT ${USERS}/${early}`, { name: 'Ann' });
    const since = 'afterDate=2026-05-01T12:01:00.000Z';

    const created = await call(`GET ${USERS}?${since}`);
    const updated = await call(`GET ${USERS}?${since}&rangeField=updatedAt`);
    const there = await call(`GET ${USERS}?conversationId=${id}`);

    expect(eachAt(created.body, 'users', 'name')).toEqual([undefined]);
    expect(eachAt(updated.body, 'users', 'name')).toEqual([undefined, 'Ann']);
    expect(eachAt(there.body, 'users', 'id')).toEqual([early]);
  });
});

describe('a page', () => {
  it('is of twenty, or of the size asked for, and the last has no token', async () => {
    const { call, emulator } = await stage();
    const id = await converse(call);
    for (let number = 0; number < 21; number += 1) emulator.say(id, `${number}`);

    const first = await call(`GET ${MESSAGES}`);
    const token = encodeURIComponent(textAt(first.body, 'meta.nextToken'));
    const last = await call(`GET ${MESSAGES}?nextToken=${token}`);
    const sized = await call(`GET ${MESSAGES}?pageSize=21`);

    expect(eachAt(first.body, 'messages', 'id')).toHaveLength(20);
    expect(eachAt(last.body, 'messages', 'payload')).toEqual([{ text: '0' }]);
    expect(at(last.body, 'meta')).toEqual({});
    expect(eachAt(sized.body, 'messages', 'id')).toHaveLength(21);
    expect(at(sized.body, 'meta')).toEqual({});
  });

  it('goes on from its place although rows come and go meanwhile', async () => {
    const { call, time } = await stage();
    const ids: string[] = [];
    for (let number = 0; number < 5; number += 1) {
      time.now += 1_000;
      ids.unshift(await converse(call));
    }

    const first = await call(`GET ${CONVERSATIONS}?pageSize=2`);
    time.now += 1_000;
    await converse(call);
    await call(`DELETE ${CONVERSATIONS}/${ids[1]}`);
    const token = encodeURIComponent(textAt(first.body, 'meta.nextToken'));
    const second = await call(`GET ${CONVERSATIONS}?pageSize=2&nextToken=${token}`);

    expect(eachAt(first.body, 'conversations', 'id')).toEqual(ids.slice(0, 2));
    expect(eachAt(second.body, 'conversations', 'id')).toEqual(ids.slice(2, 4));
  });

  it('cannot be turned by a token sent raw, altered, or of another list', async () => {
    const { call } = await stage({ defaultPageSize: 1 });
    await converse(call);
    await converse(call);
    const { body } = await call(`GET ${CONVERSATIONS}`);
    const token = textAt(body, 'meta.nextToken');
    const encoded = encodeURIComponent(token);

    const raw = await call(`GET ${CONVERSATIONS}?nextToken=${token}`);
    const altered = await call(`GET ${CONVERSATIONS}?nextToken=${encoded.slice(1)}`);
    const elsewhere = await call(`GET ${MESSAGES}?nextToken=${encoded}`);
    const good = await call(`GET ${CONVERSATIONS}?nextToken=${encoded}`);

    expect([raw, altered, elsewhere, good].map(({ status }) => status)).toEqual([
      400, 400, 400, 200,
    ]);
  });

  it('sorts by the field and direction asked for', async () => {
    const { call, time } = await stage();
    const [one, two] = [await converse(call), await converse(call)];
    time.now += 1_000;
    await call(`PUT ${CONVERSATIONS}/${one}`, { tags: { touched: 'yes' } });

    const sorted = async (query: string) =>
      eachAt((await call(`GET ${CONVERSATIONS}?${query}`)).body, 'conversations', 'id');

    expect(await sorted('')).toEqual([two, one]);
    expect(await sorted('sortField=updatedAt')).toEqual([one, two]);
    expect(await sorted('sortDirection=asc')).toEqual([one, two]);
  });
});
