// Conversations and their messages: read, flagged, linked to a contact, rated, deleted. None is created here:
// a conversation begins by chatting.

import type { EmulatorAnswer } from '../emulator.ts';
import { sortedPage } from './pages.ts';
import { done, problemUnless, success } from './refusals.ts';
import type { Ask, Route, World } from './routes.ts';
import { shownConversation, shownMessage } from './shown.ts';
import type { ConversationRow, MessageRow } from './store.ts';
import type { Switches } from './switches.ts';

export function conversationRoutes(world: World): Route[] {
  const { store, switches, refuse } = world;
  const pattern = '/chatbots/*/conversations/*';

  function withConversation(
    answer: (conversation: ConversationRow, ask: Ask) => EmulatorAnswer,
  ): Route['answer'] {
    return (ask) => {
      const [chatbotId, conversationId = ''] = ask.ids;
      const conversation = store.conversations.get(conversationId);
      return conversation?.chatbot_id === chatbotId && conversation
        ? answer(conversation, ask)
        : refuse.notFound('Conversation');
    };
  }

  return [
    {
      method: 'GET',
      pattern: '/chatbots/*/conversations',
      answer: (ask) =>
        sortedPage(world, ask, {
          name: 'conversations',
          perPage: switches.perPage.conversations,
          rows: listed([...store.conversations.values()], ask.ids[0] ?? '', switches),
          show: (row) => shownConversation(row, switches),
        }),
    },
    {
      method: 'GET',
      pattern,
      answer: withConversation((row) => success(shownConversation(row, switches))),
    },
    {
      method: 'PATCH',
      pattern,
      answer: withConversation((row, { body }) => update(world, row, body)),
    },
    {
      method: 'DELETE',
      pattern,
      answer: withConversation(({ id }) => {
        store.conversations.delete(id);
        return done();
      }),
    },
    {
      method: 'GET',
      pattern: `${pattern}/messages`,
      answer: withConversation(({ messages }, ask) =>
        sortedPage(world, ask, {
          name: 'messages',
          perPage: switches.perPage.messages,
          rows: messages,
          show: (row) => shownMessage(row, switches),
        }),
      ),
    },
    {
      method: 'PATCH',
      pattern: `${pattern}/messages/*/rate-ai-answer`,
      answer: withConversation(({ messages }, { ids, body }) => {
        const message = messages.find(({ id }) => id === ids[2]);
        return message ? rate(world, message, body['rating']) : refuse.notFound('Message');
      }),
    },
  ];
}

function listed(
  conversations: readonly ConversationRow[],
  chatbotId: string,
  { sortBy, whatsapp }: Switches,
): ConversationRow[] {
  const key = {
    created: ({ created_at }: ConversationRow) => created_at,
    activity: (row: ConversationRow) => row.messages.at(-1)?.created_at ?? row.created_at,
    own: ({ id }: ConversationRow) => id,
  }[sortBy];
  return conversations
    .filter((row) => row.chatbot_id === chatbotId)
    .filter((row) => whatsapp === 'listed' || row.conversation_type !== 'whatsapp')
    .toSorted((one, other) => compare(key(one), key(other)));
}

function update(
  { store, switches, refuse }: World,
  conversation: ConversationRow,
  // The write name is `archive`, the read name `archived`: the latter is an unknown word here.
  { archive, important, contact_id: contactId }: Readonly<Record<string, unknown>>,
): EmulatorAnswer {
  if (archive === undefined && important === undefined && contactId === undefined) {
    const message = 'At least one of archive, important and contact_id is required.';
    return refuse.invalid({ archive: message });
  }
  const clears = contactId === null && switches.contactNull === 'clear';
  const problems = {
    ...problemUnless(
      archive === undefined || typeof archive === 'boolean',
      'archive',
      'true or false',
    ),
    ...problemUnless(
      important === undefined || typeof important === 'boolean',
      'important',
      'true or false',
    ),
    ...problemUnless(
      contactId === undefined || typeof contactId === 'string' || clears,
      'contact_id',
      'a string',
    ),
  };
  if (Object.keys(problems).length > 0) return refuse.invalid(problems);
  if (typeof contactId === 'string') {
    if (store.contacts.get(contactId)?.chatbot_id !== conversation.chatbot_id) {
      return refuse.unknownReference('contact_id', 'Contact');
    }
    conversation.contact_id = contactId;
  }
  if (clears) conversation.contact_id = null;
  if (archive !== undefined) conversation.archived = archive ? 1 : 0;
  if (important !== undefined) conversation.important = important ? 1 : 0;
  return success(shownConversation(conversation, switches));
}

/** Written as -1, read back as 0; written as 0, read back as null. */
const HELPFUL_VALUES: ReadonlyMap<unknown, 0 | 1 | null> = new Map([
  ['1', 1],
  ['-1', 0],
  ['0', null],
]);

function rate({ refuse }: World, message: MessageRow, rating: unknown): EmulatorAnswer {
  const value = HELPFUL_VALUES.get(rating);
  if (value === undefined) {
    return refuse.invalid({ rating: 'The rating must be the string "1", "0" or "-1".' });
  }
  if (message.is_ai_kb_response !== true || message.data === undefined) {
    return refuse.invalid({ message: 'Only answers from the knowledge base can be rated.' });
  }
  message.data['helpful_value'] = value;
  return success(null);
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
