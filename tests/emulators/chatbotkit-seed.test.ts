// The tales as the emulated ChatBotKit tells them: the whole wire is on show, and what it cannot hold is not.

import { describe, expect, it } from 'vitest';
import { MESSAGE_KINDS } from '../../emulators/chatbotkit/rows.ts';
import { tellTales } from '../../emulators/story.ts';
import { callChatbotkit } from './chatbotkit-caller.ts';

const NOW = 1_790_000_000_000;

describe('the seeded conversations', () => {
  it('are one for each tale, newest first, with ids and times that are right', async () => {
    const { tales, caller } = await told();

    const { items } = await caller.get('/v1/conversation/list');

    const created = tales.map(({ turns }) => turns[0]?.at ?? 0);
    expect(items.map(({ createdAt }) => createdAt)).toEqual(
      created.toSorted((one, other) => other - one),
    );
    for (const { id } of items) expect(id).toMatch(/^c[0-9a-z]{24}$/);
  });

  it('have every column filled somewhere, and every one that can be null null elsewhere', async () => {
    const { caller } = await told();

    const { items } = await caller.get('/v1/conversation/list');

    const columns = Object.keys(items[0] ?? {});
    const always = ['id', 'meta', 'createdAt', 'updatedAt'];
    const filled = columns.filter((column) => items.some((item) => item[column] !== null));
    const empty = columns.filter((column) => items.some((item) => item[column] === null));
    expect(filled).toEqual(columns);
    expect(empty).toEqual(columns.filter((column) => !always.includes(column)));
    expect(items.filter(({ expiresAt }) => expiresAt !== null)).toHaveLength(1);
  });

  it('name a bot or its parts, never both', async () => {
    const { caller } = await told();

    for (const { botId, model } of (await caller.get('/v1/conversation/list')).items) {
      expect(botId === null).toBe(model !== null);
    }
  });

  it('carry plan, vip and email in meta where a filter finds them', async () => {
    const { caller, tales } = await told();

    const { items } = await caller.get('/v1/conversation/list?meta.vip=true&meta.plan=pro');

    expect(items).toHaveLength(tales.filter(({ vip, plan }) => vip && plan === 'pro').length);
    expect(items[0]?.['meta']).toMatchObject({
      email: expect.stringContaining('@'),
      customer: { origin: { page: '/help' } },
    });
  });

  it('have messages of all eight kinds, in the order they were said', async () => {
    const { caller } = await told();
    const { store } = caller.emulator;
    const kinds = new Set([...store.messages.values()].map(({ type }) => type));
    const { items } = await caller.get('/v1/conversation/list?order=asc&take=1');

    const listed = await caller.get(`/v1/conversation/${String(items[0]?.['id'])}/message/list`);

    expect(kinds).toEqual(new Set(MESSAGE_KINDS));
    const times = listed.items.map(({ createdAt }) => Number(createdAt));
    expect(times).toEqual(times.toSorted((one, other) => one - other));
  });

  it('tell every turn in its words, colleagues as bot rows that say so in meta', async () => {
    const { caller, tales } = await told();
    const rows = [...caller.emulator.store.messages.values()];

    for (const { turns } of tales) {
      for (const { by, text, at } of turns) {
        const type = by === 'customer' ? 'user' : 'bot';
        const row = rows.find((candidate) => candidate.text === text && candidate.createdAt === at);
        expect(row).toMatchObject({
          type,
          ...(by === 'agent' ? { meta: { author: 'agent' } } : {}),
        });
      }
    }
  });

  it('have activity rows that say what was done, and an attachment that is there', async () => {
    const { caller } = await told();
    const rows = [...caller.emulator.store.messages.values()];

    const activities = rows.filter(({ type }) => type === 'activity').map(({ meta }) => meta);

    for (const type of ['request', 'response', 'trigger']) {
      expect(activities).toContainEqual({ activity: expect.objectContaining({ type }) });
    }
    expect(caller.emulator.store.attachments.size).toBeGreaterThan(0);
  });

  it('have contacts verified and unverified, one for a person however often they write', async () => {
    const { caller } = await told();
    const contacts = [...caller.emulator.store.contacts.values()];

    expect(contacts.some(({ verifiedAt }) => verifiedAt === null)).toBe(true);
    expect(contacts.some(({ verifiedAt }) => verifiedAt !== null)).toBe(true);
    expect(new Set(contacts.map(({ email }) => email)).size).toBe(contacts.length);
  });

  it('go on talking when asked', async () => {
    const { caller } = await told();
    const { items } = await caller.get('/v1/conversation/list?take=1');
    const id = String(items[0]?.['id']);

    const { body } = await caller.post(`/v1/conversation/${id}/complete`, { text: 'And now?' });

    const { items: rows } = await caller.get(
      `/v1/conversation/${id}/message/list?order=desc&take=2`,
    );
    expect(rows.map(({ type }) => type)).toEqual(['bot', 'user']);
    expect(rows[0]?.['id']).toBe(body['id']);
  });

  it('are the same in every telling of the same tales', async () => {
    const [one, other] = [await told(), await told()];

    const rows = ({ caller }: typeof one) =>
      [caller.emulator.store.conversations, caller.emulator.store.messages].map((map) => [...map]);
    expect(rows(one)).toEqual(rows(other));
  });
});

async function told() {
  const tales = tellTales({ seed: 'chatbotkit', count: 40, now: NOW });
  return { tales, caller: await callChatbotkit({ tales }) };
}
