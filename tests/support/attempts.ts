// One attempt at each mutation at each account, good as it stands: what a test then lets go wrong.

import type { Fault } from '../../emulators/emulator.ts';
import type { World } from '../../emulators/world.ts';
import { ACCOUNTS, type AccountName } from './accounts.ts';
import { conversationId, type MutationName } from './mutations.ts';
import { rowWhere } from './stores.ts';

export interface Attempt {
  readonly account: AccountName;
  readonly mutation: MutationName;
  readonly title: string;
  /** The call that does the work. */
  readonly write: NonNullable<Fault['match']>;
  input(world: World): object;
}

export const ATTEMPTS: readonly Attempt[] = ACCOUNTS.flatMap((account) => attemptsAt(account));

export function attemptsAt(account: AccountName): readonly Attempt[] {
  switch (account) {
    case 'website':
      return atBotpress();
    case 'help':
      return atChatling();
    case 'assistant':
      return atChatbotkit();
    case 'support':
      return atStackAuth();
  }
}

/** The first conversation there is of an account. */
export function standingAt(world: World, account: AccountName): string {
  const { botpress, chatling, chatbotkit, stackAuth } = world;
  const emulators = {
    website: botpress,
    help: chatling,
    assistant: chatbotkit,
    support: stackAuth,
  };
  const [id = ''] = emulators[account].store.conversations.keys();
  return conversationId(account, id);
}

/** By its native id. Nothing was said in its name yet. */
function newLeadAt({ chatling: { store, credentials } }: World): string {
  const id = 'a-lead-without-conversations';
  store.contacts.set(id, {
    id,
    chatbot_id: credentials.chatbotId,
    properties: { first_name: 'Nova' },
    created_at: '2026-01-01T00:00:00+00:00',
  });
  return id;
}

const TAGS = [{ key: 'order', value: '4711' }];

function atBotpress(): Attempt[] {
  const account = 'website';
  const path = '/v1/chat/conversations';
  const begun = () => ({ provider: account, channel: 'channel', tags: TAGS });
  return [
    {
      account,
      mutation: 'createConversation',
      title: 'begins',
      write: { method: 'POST', path },
      input: begun,
    },
    {
      account,
      mutation: 'getOrCreateConversation',
      title: 'gets or begins',
      write: { method: 'POST', path: `${path}/get-or-create` },
      input: begun,
    },
    {
      account,
      mutation: 'updateConversation',
      title: 'changes tags',
      write: { method: 'PUT', path },
      input: (world) => ({ id: standingAt(world, account), tags: { set: TAGS } }),
    },
    {
      account,
      mutation: 'deleteConversation',
      title: 'deletes',
      write: { method: 'DELETE', path },
      input: (world) => ({ id: standingAt(world, account) }),
    },
    {
      account,
      mutation: 'sendMessage',
      title: 'sends',
      write: { method: 'POST', path: '/v1/chat/messages' },
      input: (world) => ({ conversationId: standingAt(world, account), text: 'Any news?' }),
    },
  ];
}

function atChatling(): Attempt[] {
  const account = 'help';
  const chat = { method: 'POST', path: '/v2/chatbots' };
  return [
    {
      account,
      mutation: 'createConversation',
      title: 'begins',
      write: chat,
      input: () => ({ provider: account, message: 'How do I start?' }),
    },
    {
      account,
      mutation: 'getOrCreateConversation',
      title: 'gets or begins',
      write: chat,
      input: (world) => ({
        provider: account,
        contactId: newLeadAt(world),
        message: 'How do I start?',
      }),
    },
    {
      account,
      mutation: 'updateConversation',
      title: 'changes a flag and a contact',
      write: { method: 'PATCH', path: '/v2/chatbots' },
      input: (world) => ({
        id: standingAt(world, account),
        important: true,
        contactId: newLeadAt(world),
      }),
    },
    {
      account,
      mutation: 'deleteConversation',
      title: 'deletes',
      write: { method: 'DELETE', path: '/v2/chatbots' },
      input: (world) => ({ id: standingAt(world, account) }),
    },
    {
      account,
      mutation: 'sendMessage',
      title: 'sends, and is answered',
      write: chat,
      input: (world) => ({ conversationId: standingAt(world, account), text: 'Any news?' }),
    },
  ];
}

function atChatbotkit(): Attempt[] {
  const account = 'assistant';
  const write = { method: 'POST', path: '/v1/conversation' };
  const begun = () => ({ provider: account, title: 'A broken import', tags: TAGS });
  return [
    { account, mutation: 'createConversation', title: 'begins', write, input: begun },
    { account, mutation: 'getOrCreateConversation', title: 'gets or begins', write, input: begun },
    {
      account,
      mutation: 'updateConversation',
      title: 'changes title and tags',
      write,
      input: (world) => ({
        id: standingAt(world, account),
        title: 'A broken import',
        tags: { set: TAGS },
      }),
    },
    {
      account,
      mutation: 'deleteConversation',
      title: 'deletes',
      write,
      input: (world) => ({ id: standingAt(world, account) }),
    },
    {
      account,
      mutation: 'sendMessage',
      title: 'sends',
      write,
      input: (world) => ({ conversationId: standingAt(world, account), text: 'Any news?' }),
    },
    {
      account,
      mutation: 'sendMessage',
      title: 'sends with a name',
      write,
      input: (world) => ({
        conversationId: standingAt(world, account),
        text: 'Any news?',
        name: 'A question',
      }),
    },
  ];
}

function atStackAuth(): Attempt[] {
  const account = 'support';
  const path = '/api/v1/internal/conversations';
  const change = { method: 'PATCH', path };
  const begun = ({ stackAuth: { store, credentials } }: World) => ({
    provider: account,
    title: 'A broken import',
    contactId: rowWhere(store.users, ({ projectId }) => projectId === credentials.projectId).id,
    message: 'We saw your import fail.',
  });
  return [
    {
      account,
      mutation: 'createConversation',
      title: 'begins',
      write: { method: 'POST', path },
      input: begun,
    },
    {
      account,
      mutation: 'getOrCreateConversation',
      title: 'gets or begins',
      write: { method: 'POST', path },
      input: (world) => ({ ...begun(world), contactId: world.stackAuth.addUser('nova', {}).id }),
    },
    {
      account,
      mutation: 'updateConversation',
      title: 'changes tags',
      write: change,
      input: (world) => ({ id: standingAt(world, account), tags: { set: TAGS } }),
    },
    {
      account,
      mutation: 'updateConversation',
      title: 'changes the status',
      write: change,
      input: (world) => ({ id: standingAt(world, account), status: otherStatus(world) }),
    },
    {
      account,
      mutation: 'sendMessage',
      title: 'replies',
      write: change,
      input: (world) => ({ conversationId: standingAt(world, account), text: 'Any news?' }),
    },
    {
      account,
      mutation: 'sendMessage',
      title: 'notes',
      write: change,
      input: (world) => ({
        conversationId: standingAt(world, account),
        text: 'Any news?',
        kind: 'NOTE',
      }),
    },
  ];
}

function otherStatus({ stackAuth }: World): string {
  return rowWhere(stackAuth.store.conversations).status === 'closed' ? 'OPEN' : 'CLOSED';
}
