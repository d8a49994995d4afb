// What each service's answers say of its limits, as its own room reads them.

import { describe, expect, it } from 'vitest';
import type { Answer, Ask } from '../../src/providers/ask.ts';
import { BOTPRESS_LIMITS } from '../../src/providers/botpress/limits.ts';
import { CHATBOTKIT_LIMITS, PINKFISH_LIMITS } from '../../src/providers/chatbotkit/limits.ts';
import { CHATLING_LIMITS } from '../../src/providers/chatling/limits.ts';
import { type Limits, USUAL_LIMITS } from '../../src/providers/limits.ts';
import { STACK_AUTH_LIMITS } from '../../src/providers/stack-auth/limits.ts';

const NOW = Date.parse('2026-03-02T10:00:00.000Z');

const LIST: Ask = { method: 'GET', path: '/v1/conversation/list', headers: {}, effect: 'read' };

describe('Botpress', () => {
  it('says on every answer what is left, and for how long', () => {
    const headers = {
      'ratelimit-limit': '100',
      'ratelimit-remaining': '3',
      'ratelimit-reset': '7',
    };

    expect(read(BOTPRESS_LIMITS, answer(200, headers))).toEqual({
      limit: 100,
      remaining: 3,
      resetsInMs: 7000,
    });
    expect(read(BOTPRESS_LIMITS, answer(429, headers))).toMatchObject({ refused: true });
    expect(BOTPRESS_LIMITS.tellsAlways).toBe(true);
  });
});

describe('Chatling', () => {
  it('takes 300 calls a minute, and refuses without a word of when', () => {
    expect(CHATLING_LIMITS).toMatchObject({ limit: 300, windowMs: 60_000 });
    expect(read(CHATLING_LIMITS, answer(429))).toEqual({ refused: true });
    expect(read(CHATLING_LIMITS, answer(200))).toEqual({});
  });
});

describe('ChatBotKit', () => {
  it.each([
    ['/v1/conversation/list', 'lists'],
    ['/v1/conversation/c1/message/list', 'lists'],
    ['/v1/conversation/create', 'conversations'],
    ['/v1/conversation/c1/message/create', 'messages'],
    ['/v1/conversation/c1/send', 'messages'],
    ['/v1/conversation/c1/receive', 'messages'],
    ['/v1/conversation/c1/complete', 'messages'],
    ['/v1/conversation/complete', 'messages'],
    ['/v1/conversation/c1/fetch', 'others'],
    ['/v1/conversation/c1/message/m1/update', 'others'],
    ['/v1/conversation/c1/contact/upsert', 'others'],
  ])('counts %s among the %s', (path, sort) => {
    expect(CHATBOTKIT_LIMITS.countedAs({ ...LIST, path })).toBe(sort);
  });

  it.each([
    ['list_conversations', 'lists'],
    ['list_conversation_messages', 'lists'],
    ['create_conversation', 'conversations'],
    ['create_conversation_message', 'messages'],
    ['send_conversation_message', 'messages'],
    ['receive_conversation_message', 'messages'],
    ['complete_conversation', 'messages'],
    ['complete_conversation_message', 'messages'],
    ['fetch_conversation', 'others'],
    ['upsert_conversation_contact', 'others'],
  ])('counts the tool %s among the %s', (tool, sort) => {
    expect(PINKFISH_LIMITS.countedAs(toolCall(tool))).toBe(sort);
  });

  it('refuses by a status, or by a word in an answer that had begun', () => {
    const late = answer(200, {}, { message: 'Limits reached', code: 'LIMITS_REACHED' });
    const other = answer(200, {}, { message: 'Not found', code: 'NOT_FOUND' });

    expect(read(CHATBOTKIT_LIMITS, answer(429))).toEqual({ refused: true });
    expect(read(CHATBOTKIT_LIMITS, late)).toEqual({ refused: true });
    expect(read(CHATBOTKIT_LIMITS, other)).toEqual({});
  });

  it('means a size where it refuses an upload, for which nobody rests', () => {
    const ask = { ...LIST, path: '/v1/conversation/c1/attachment/upload' };

    expect(read(CHATBOTKIT_LIMITS, answer(429), ask)).toEqual({});
  });
});

describe('Pinkfish', () => {
  const refusal = '429 {"message":"Limits reached","code":"LIMITS_REACHED"}';

  it.each([
    ['an error', { error: { code: -32_603, message: refusal } }],
    ['a result marked as one', { result: { isError: true, content: [{ text: refusal }] } }],
    [
      'a result like any other',
      { result: { structuredContent: { message: 'Limits reached', code: 'LIMITS_REACHED' } } },
    ],
  ])('passes on that ChatBotKit refuses as %s', (_how, body) => {
    const told = answer(200, {}, { jsonrpc: '2.0', id: 1, ...body });

    expect(read(PINKFISH_LIMITS, told, toolCall('list_conversations'))).toEqual({ refused: true });
    expect(read(PINKFISH_LIMITS, told, toolCall('upload_conversation_attachment'))).toEqual({});
  });

  it('refuses by itself too', () => {
    expect(read(PINKFISH_LIMITS, answer(429, { 'retry-after': '2' }))).toEqual({
      refused: true,
      resetsInMs: 2000,
    });
  });
});

describe('Stack Auth', () => {
  it('says with a refusal how long to wait, also where a 200 hides it', () => {
    const wait = { 'retry-after': '3' };
    const hidden = answer(200, { ...wait, 'x-stack-actual-status': '429' });

    expect(read(STACK_AUTH_LIMITS, answer(429, wait))).toEqual({ refused: true, resetsInMs: 3000 });
    expect(read(STACK_AUTH_LIMITS, hidden)).toEqual({ refused: true, resetsInMs: 3000 });
    expect(read(STACK_AUTH_LIMITS, answer(200))).toEqual({});
  });
});

describe('a service of which nothing is known', () => {
  it.each([
    ['a date', { 'retry-after': 'Mon, 02 Mar 2026 10:00:09 GMT' }, { resetsInMs: 9000 }],
    [
      'a moment that has passed',
      { 'retry-after': 'Mon, 02 Mar 2026 09:00:00 GMT' },
      { resetsInMs: 0 },
    ],
    ['seconds, with a part', { 'retry-after': '0.5' }, { resetsInMs: 500 }],
    ['longer than a day', { 'retry-after': '9999999' }, { resetsInMs: 86_400_000 }],
    ['no time at all', { 'retry-after': 'soon' }, {}],
    ['nothing', {}, {}],
    [
      'seconds since the epoch',
      { 'x-ratelimit-reset': String(NOW / 1000 + 4) },
      { resetsInMs: 4000 },
    ],
    ['a limit with its policy', { 'ratelimit-limit': '10, 10;w=1' }, { limit: 10 }],
    ['what is no number', { 'ratelimit-remaining': 'many' }, {}],
    ['less than nothing', { 'ratelimit-remaining': '-1' }, {}],
  ])('is believed where it refuses and says %s', (_what, headers, said) => {
    expect(read(USUAL_LIMITS, answer(429, headers))).toEqual({ refused: true, ...said });
  });

  it('is not taken to refuse where it is out for a while', () => {
    expect(read(USUAL_LIMITS, answer(503, { 'retry-after': '30' }))).toEqual({});
  });
});

function answer(
  status: number,
  headers: Readonly<Record<string, string>> = {},
  body: unknown = null,
): Answer {
  return { status, header: (name) => headers[name.toLowerCase()], body };
}

function read(limits: Limits, said: Answer, ask: Ask = LIST) {
  return limits.read(said, { ask, now: NOW });
}

function toolCall(tool: string): Ask {
  const params = { name: `chatbotkit_conversations_${tool}`, arguments: {} };
  return { ...LIST, method: 'POST', path: '/chatbotkit-conversations', json: { params } };
}
