// What the table of a Chatling account promises to clients.

import { expect, it } from 'vitest';
import { FILTER_FIELDS } from '../../src/domain/conversation.ts';
import { VERBS } from '../../src/domain/verb.ts';
import { chatlingAccount, HELP } from './chatling-account.ts';

it('has every verb, and says which are made of others', async () => {
  const { provider } = await chatlingAccount();

  expect(provider).toMatchObject({
    name: HELP,
    kind: 'chatling',
    deadlineMs: 2500,
    replyDeadlineMs: 30_000,
  });
  expect(VERBS.filter((verb) => provider.can[verb].support === 'EMULATED')).toEqual([
    'CONVERSATION_CREATE',
    'CONVERSATION_GET_OR_CREATE',
    'MESSAGE_GET',
    'CONTACT_UPSERT',
  ]);
  expect(VERBS.filter((verb) => provider.can[verb].support === 'NONE')).toEqual([
    'MESSAGE_UPDATE',
    'MESSAGE_DELETE',
    'REPLY_REQUEST',
    'REPLY_STREAM',
    'CONVERSATION_COMPLETE',
    'PARTICIPANT_LIST',
    'PARTICIPANT_ADD',
    'PARTICIPANT_REMOVE',
    'ATTACHMENT_UPLOAD',
    'SESSION_CREATE',
  ]);
});

it('finds a conversation to go on with by its contact', async () => {
  const { provider } = await chatlingAccount();

  expect(provider.can.CONVERSATION_GET_OR_CREATE).toMatchObject({
    matches: 'contact',
    fields: ['contactId', 'message'],
  });
});

it('takes what the service has a place for, and nothing else', async () => {
  const { create, update, send } = await chatlingAccount();

  expect(create.fields).toEqual(['contactId', 'message']);
  expect(update.fields).toEqual(['archived', 'important', 'contactId']);
  expect(send).toMatchObject({
    fields: [],
    roles: ['USER'],
    kinds: ['MESSAGE'],
    visibilities: ['PUBLIC'],
    contentKinds: ['text', 'markdown'],
    replies: 'always',
  });
});

it('pages by number, its conversations in an order of their own and its messages by time', async () => {
  const { list, messages } = await chatlingAccount();

  expect([list.paging, list.order]).toEqual(['page-number', 'own']);
  expect([messages.paging, messages.order]).toEqual(['page-number', 'by-time']);
});

it('has no filter of its own, and no tags or statuses to filter by', async () => {
  const { list } = await chatlingAccount();

  const named = (how: string) => FILTER_FIELDS.filter((field) => list.filters[field] === how);

  expect(named('pushed')).toEqual([]);
  expect(named('lacking')).toEqual(['tags', 'status']);
});
