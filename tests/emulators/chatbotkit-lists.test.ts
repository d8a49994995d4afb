// Lists of the emulated ChatBotKit: order, length, cursors, filters, and the three other formats.

import { describe, expect, it } from 'vitest';
import { type Caller, callChatbotkit, linesOf } from './chatbotkit-caller.ts';

describe('a list of conversations', () => {
  it('is newest first, and oldest first when asked', async () => {
    const caller = await callChatbotkit();
    const ids = await createNamed(caller, ['a', 'b', 'c']);

    expect(await listedIds(caller, '')).toEqual(ids.toReversed());
    expect(await listedIds(caller, '?order=asc')).toEqual(ids);
    expect(await listedIds(caller, '?order=sideways')).toEqual(ids.toReversed());
  });

  it('orders rows of the same millisecond by id', async () => {
    const caller = await callChatbotkit();
    const { post } = caller;
    const first = await post('/v1/conversation/create');
    const second = await post('/v1/conversation/create');

    expect(await listedIds(caller, '?order=asc')).toEqual([first.id, second.id].toSorted());
  });

  it('gives the last id as cursor, also on the last page, and none for an empty page', async () => {
    const caller = await callChatbotkit();
    const [a, b, c] = await createNamed(caller, ['a', 'b', 'c']);

    const first = await caller.get('/v1/conversation/list?take=2');
    const second = await caller.get(`/v1/conversation/list?take=2&cursor=${b}`);
    const third = await caller.get(`/v1/conversation/list?take=2&cursor=${a}`);

    expect([first.items.map(({ id }) => id), first.body['cursor']]).toEqual([[c, b], b]);
    expect([second.items.map(({ id }) => id), second.body['cursor']]).toEqual([[a], a]);
    expect(third.body).toEqual({ items: [] });
  });

  it('takes 100 where nothing sensible is asked, at most 100 and at least one', async () => {
    const caller = await callChatbotkit();
    const names = Array.from({ length: 103 }, (_, index) => `c${index}`);
    await createNamed(caller, names);
    const length = async (query: string) => (await listedIds(caller, query)).length;

    expect(await length('')).toBe(100);
    expect(await length('?take=0')).toBe(100);
    expect(await length('?take=many')).toBe(100);
    expect(await length('?take=1000')).toBe(100);
    expect(await length('?take=-5')).toBe(1);
    expect(await length('?take=7')).toBe(7);
  });

  it('is empty after a row that was deleted, or goes on where the switch says so', async () => {
    const listing = async (caller: Caller) => {
      const [a, b] = await createNamed(caller, ['a', 'b', 'c']);
      await caller.post(`/v1/conversation/${b}/delete`);
      return [a, await listedIds(caller, `?cursor=${b}`)];
    };

    const [, none] = await listing(await callChatbotkit());
    const [a, rest] = await listing(await callChatbotkit({ cursorOfDeleted: 'continues' }));

    expect(none).toEqual([]);
    expect(rest).toEqual([a]);
  });

  it('goes on from a row that the filter would not show', async () => {
    const caller = await callChatbotkit();
    const [a, b] = await createNamed(caller, ['a', 'b', 'c']);
    await caller.post(`/v1/conversation/${a}/update`, { meta: { keep: true } });

    expect(await listedIds(caller, `?cursor=${b}&meta.keep=true`)).toEqual([a]);
  });

  it('filters by meta in dots and in brackets, nested, all conditions together', async () => {
    const caller = await callChatbotkit();
    const { post } = caller;
    const meta = { plan: 'pro', vip: true, customer: { origin: { page: '/help' } } };
    const { id } = await post('/v1/conversation/create', { meta });
    await post('/v1/conversation/create', { meta: { plan: 'pro' } });

    const queries = [
      '?meta.vip=true',
      '?meta[vip]=true',
      '?meta%5Bvip%5D=true',
      '?meta.customer.origin.page=/help',
      '?meta[customer.origin.page]=%2Fhelp',
      '?meta.plan=pro&meta[vip]=true',
    ];
    for (const query of queries) expect(await listedIds(caller, query)).toEqual([id]);
    expect(await listedIds(caller, '?meta.plan=free')).toEqual([]);
    expect(await listedIds(caller, '?meta.plan=')).toHaveLength(2);
  });

  it('never finds the text "true" and never a number', async () => {
    const caller = await callChatbotkit();
    await caller.post('/v1/conversation/create', { meta: { said: 'true', count: 5 } });

    expect(await listedIds(caller, '?meta.said=true')).toEqual([]);
    expect(await listedIds(caller, '?meta.count=5')).toEqual([]);
  });

  it('filters by bot, contact and task, several ids with commas', async () => {
    const caller = await callChatbotkit();
    const { post } = caller;
    const ids: string[] = [];
    for (const link of ['one', 'two', 'three']) {
      caller.time.now += 1;
      const links = { botId: link, contactId: link, taskId: link, spaceId: link };
      ids.push((await post('/v1/conversation/create', links)).id);
    }

    for (const key of ['botId', 'contactId', 'taskId']) {
      expect(await listedIds(caller, `?${key}=two`)).toEqual([ids[1]]);
      expect(await listedIds(caller, `?${key}=one,%20three&order=asc`)).toEqual([ids[0], ids[2]]);
    }
    expect(await listedIds(caller, '?spaceId=two')).toHaveLength(3);
  });
});

describe('a list of messages', () => {
  it('is oldest first, newest first when asked, and by a switch the other way round', async () => {
    const caller = await callChatbotkit();
    const path = await talk(caller, ['one', 'two', 'three']);
    const other = await callChatbotkit({ messageOrderDefault: 'desc' });
    const otherPath = await talk(other, ['one', 'two', 'three']);

    expect(await texts(caller, path)).toEqual(['one', 'two', 'three']);
    expect(await texts(caller, `${path}?order=desc`)).toEqual(['three', 'two', 'one']);
    expect(await texts(other, otherPath)).toEqual(['three', 'two', 'one']);
  });

  it('is walked to its end with the cursor of each page', async () => {
    const caller = await callChatbotkit();
    const path = await talk(caller, ['a', 'b', 'c', 'd', 'e']);
    const seen: unknown[] = [];

    let cursor = '';
    for (;;) {
      const { items, body } = await caller.get(`${path}?take=2&cursor=${cursor}`);
      if (items.length === 0) break;
      seen.push(...items.map((item) => item['text']));
      cursor = String(body['cursor']);
    }

    expect(seen).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('filters by meta too, and says 404 and 403 like everything else', async () => {
    const caller = await callChatbotkit();
    const { id } = await caller.post('/v1/conversation/create', {
      messages: [
        { type: 'user', text: 'plain' },
        { type: 'user', text: 'keyed', meta: { key: 'k1' } },
      ],
    });
    const authorization = `Bearer ${caller.emulator.credentials.foreignSecret}`;
    const path = `/v1/conversation/${id}/message/list`;

    expect(await texts(caller, `${path}?meta.key=k1`)).toEqual(['keyed']);
    expect((await caller.get('/v1/conversation/cmissing/message/list')).status).toBe(404);
    expect((await caller.get(path, { authorization })).status).toBe(403);
  });
});

describe('a list in another format', () => {
  it('comes as lines of items with neither result nor cursor, over all pages', async () => {
    const caller = await callChatbotkit();
    await createNamed(
      caller,
      Array.from({ length: 103 }, (_, index) => `c${index}`),
    );

    const all = await caller.get('/v1/conversation/list', { accept: 'application/jsonl' });
    const some = await caller.get('/v1/conversation/list?take=2', { accept: 'application/jsonl' });

    expect(all.headers.get('content-type')).toBe('application/jsonl');
    expect(new Set(linesOf(all.text).map(({ type }) => type))).toEqual(new Set(['item']));
    expect(linesOf(all.text)).toHaveLength(103);
    expect(linesOf(some.text).map(({ data }) => data)).toMatchObject([
      { name: 'c102' },
      { name: 'c101' },
    ]);
  });

  it('ends a stream at take, or with the page of at most 100 it was in', async () => {
    const names = Array.from({ length: 130 }, (_, index) => `c${index}`);
    const exact = await callChatbotkit();
    const paged = await callChatbotkit({ jsonlTake: 'whole-pages' });
    const headers = { accept: 'application/jsonl' };

    await createNamed(exact, names);
    await createNamed(paged, names);

    const path = '/v1/conversation/list?take=110';
    expect(linesOf((await exact.get(path, headers)).text)).toHaveLength(110);
    expect(linesOf((await paged.get(path, headers)).text)).toHaveLength(130);
  });

  it('comes as server-sent events', async () => {
    const caller = await callChatbotkit();
    const [id] = await createNamed(caller, ['a']);

    const { headers, text } = await caller.get('/v1/conversation/list', {
      accept: 'text/event-stream',
    });

    expect(headers.get('content-type')).toBe('text/event-stream');
    expect(text).toMatch(new RegExp(`^event: item\ndata: {"id":"${id}".*}\n\n$`));
  });

  it('comes as CSV', async () => {
    const caller = await callChatbotkit();
    const [id] = await createNamed(caller, ['say "hi"']);

    const { text } = await caller.get('/v1/conversation/list', { accept: 'text/csv' });

    const [head, row] = text.split('\n');
    expect(head).toMatch(/^id,name,description,/);
    expect(row).toMatch(new RegExp(`^"${id}","say ""hi""","",`));
  });

  it('is JSON for any Accept and refused for a kind it does not have', async () => {
    const { get } = await callChatbotkit();

    for (const accept of ['*/*', 'application/json; charset=utf-8', 'application/json, text/csv']) {
      expect((await get('/v1/conversation/list', { accept })).body).toEqual({ items: [] });
    }
    const refused = await get('/v1/conversation/list', { accept: 'text/html' });
    expect([refused.status, refused.body['code']]).toEqual([400, 'BAD_REQUEST']);
  });
});

async function createNamed({ post, time }: Caller, names: readonly string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const name of names) {
    time.now += 1;
    ids.push((await post('/v1/conversation/create', { name })).id);
  }
  return ids;
}

async function listedIds({ get }: Caller, query: string): Promise<unknown[]> {
  return (await get(`/v1/conversation/list${query}`)).items.map(({ id }) => id);
}

async function talk({ post, time }: Caller, said: readonly string[]): Promise<string> {
  const { id } = await post('/v1/conversation/create');
  for (const text of said) {
    time.now += 1;
    await post(`/v1/conversation/${id}/message/create`, { type: 'user', text });
  }
  return `/v1/conversation/${id}/message/list`;
}

async function texts({ get }: Caller, path: string): Promise<unknown[]> {
  return (await get(path)).items.map(({ text }) => text);
}
