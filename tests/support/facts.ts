// What the emulators' stores say of each conversation, in the words a filter asks in, worked out without the gateway.

import { visibleMessages } from '../../emulators/stack-auth/views.ts';
import type { World } from '../../emulators/world.ts';
import type { AccountName } from './accounts.ts';

export interface Facts {
  readonly account: AccountName;
  /** `provider/nativeId`. */
  readonly key: string;
  readonly channel: string | null;
  readonly contactIds: readonly string[];
  readonly tags: readonly { readonly key: string; readonly value: string | null }[];
  /** The provider's own word. */
  readonly status: string | null;
  readonly archived: boolean | null;
  readonly important: boolean | null;
  readonly createdAtMs: number;
  /** What a search looks at. */
  readonly words: readonly string[];
}

export function factsOf(world: World): Facts[] {
  return [
    ...factsOfBotpress(world),
    ...factsOfChatling(world),
    ...factsOfChatbotkit(world),
    ...factsOfStackAuth(world),
  ];
}

const NOTHING = { channel: null, tags: [], status: null, archived: null, important: null };

function factsOfBotpress({ botpress: { store } }: World): Facts[] {
  return [...store.conversations.values()].map((row) => ({
    ...NOTHING,
    account: 'website',
    key: `website/${row.id}`,
    channel: row.channel,
    contactIds: [...(store.participants.get(row.id)?.keys() ?? [])],
    tags: Object.entries(row.tags).map(([key, value]) => ({ key, value })),
    createdAtMs: Date.parse(row.createdAt),
    words: [],
  }));
}

function factsOfChatling({ chatling: { store } }: World): Facts[] {
  return [...store.conversations.values()].map((row) => ({
    ...NOTHING,
    account: 'help',
    key: `help/${row.id}`,
    channel: row.conversation_type ?? null,
    contactIds: row.contact_id === null ? [] : [row.contact_id],
    archived: row.archived === 1,
    important: row.important === 1,
    createdAtMs: Date.parse(row.created_at),
    // As many as come along with a conversation.
    words: row.messages.slice(-20).map(({ text }) => text),
  }));
}

function factsOfChatbotkit({ chatbotkit: { store } }: World): Facts[] {
  return [...store.conversations.values()].map((row) => ({
    ...NOTHING,
    account: 'assistant',
    key: `assistant/${row.id}`,
    contactIds: row.contactId === null ? [] : [row.contactId],
    tags: Object.entries(row.meta).flatMap(([key, value]) =>
      typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
        ? [{ key, value: String(value) }]
        : [],
    ),
    createdAtMs: row.createdAt,
    words: [row.name, row.description].filter((word) => word !== null),
  }));
}

function factsOfStackAuth({ stackAuth: { store } }: World): Facts[] {
  return [...store.conversations.values()].map((row) => {
    const user = row.userId === null ? undefined : store.users.get(row.userId);
    const latest = visibleMessages(store, row, 'agent').at(-1);
    const words = [row.subject, latest?.body, user?.displayName, user?.primaryEmail];
    return {
      ...NOTHING,
      account: 'support',
      key: `support/${row.id}`,
      channel: row.source,
      contactIds: row.userId === null ? [] : [row.userId],
      tags: row.tags.map((label) => {
        const [key = '', ...rest] = label.split(':');
        return { key, value: rest.length === 0 ? null : rest.join(':') };
      }),
      status: row.status,
      createdAtMs: Date.parse(row.createdAt),
      words: words.filter((word) => typeof word === 'string'),
    };
  });
}
