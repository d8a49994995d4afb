// Chatling before the laws: the adapter by its account, and the emulated project's store in neutral words.

import { startChatlingEmulator } from '../../../emulators/chatling/index.ts';
import type { ChatlingStore, MessageRow } from '../../../emulators/chatling/store.ts';
import { tellTales } from '../../../emulators/story.ts';
import { providerName } from '../../../src/domain/ids.ts';
import { openProvider } from '../../../src/providers/catalogue.ts';
import { testClock } from '../../support/clock.ts';
import { ask, type Stage, type Subject, stageOf, type World } from '../stage.ts';

/** Told once: to tell them takes longer than most laws. */
const TALES = tellTales({ seed: 'chatling', count: 8, now: testClock()() });

const NAME = providerName('help');

export const chatling: Subject = { name: 'Chatling', open };

async function open(): Promise<Stage> {
  const clock = testClock();
  const emulator = await startChatlingEmulator({
    clock,
    tales: TALES,
    perPage: { conversations: 3, messages: 3 },
    callsPerMinute: 10_000,
  });
  const { store } = emulator;
  const { url, token, chatbotId } = emulator.credentials;

  const [standing, another] = [...store.conversations.values()]
    // A conversation carries 20 messages: beyond that they are looked for page by page.
    .filter(({ messages }) => messages.length <= 18)
    .toSorted((one, other) => other.messages.length - one.messages.length)
    .map(({ id }) => ({ provider: NAME, nativeId: id }));
  if (!standing || !another) throw new Error('no two conversations: tell more tales');
  const newcomers = ['lead-nova', 'lead-orin'] as const;
  for (const id of newcomers) {
    store.contacts.set(id, {
      id,
      chatbot_id: chatbotId,
      properties: { first_name: 'Nova' },
      created_at: '2026-01-01T00:00:00+00:00',
    });
  }

  return stageOf({
    emulator,
    clock,
    world: worldOf(store),
    secrets: [token],
    provider: (dispatcher) =>
      openProvider(
        {
          kind: 'chatling',
          url,
          name: NAME,
          deadlineMs: 2_500,
          replyDeadlineMs: 30_000,
          token: { reveal: () => token },
          chatbotId,
          aiModelId: 8,
        },
        { dispatcher, clock },
      ),
    scene: {
      standing,
      another,
      absent: { provider: NAME, nativeId: '1000000001' },
      absentMessage: { conversation: standing, nativeId: '00000000-0000-4000-8000-000000000000' },
      lonely: another,
      channel: 'widget',
      newcomers: [...newcomers],
      creation: { message: 'How do I change my plan?', tags: [] },
      options: () => undefined,
      mistakes: [
        {
          verb: 'CONVERSATION_CREATE',
          path: 'message',
          make: (provider, call) =>
            ask({ provider }, 'CONVERSATION_CREATE', ({ does }) => does({ tags: [] }, call)),
        },
        {
          verb: 'CONTACT_UPSERT',
          path: 'email',
          make: (provider, call) =>
            ask({ provider }, 'CONTACT_UPSERT', ({ does }) => does({ name: 'A', tags: [] }, call)),
        },
      ],
      silent: [],
      storedAs: () => 'text',
    },
  });
}

function worldOf(store: ChatlingStore): World {
  return {
    // Rows are kept in the order they began.
    conversations: () =>
      [...store.conversations.values()].toReversed().map((row) => ({
        nativeId: row.id,
        channel: row.conversation_type ?? null,
        title: null,
        description: null,
        status: null,
        priority: null,
        archived: row.archived === 1,
        important: row.important === 1,
        assignee: null,
        contactId: row.contact_id,
        participants: row.contact_id === null ? [] : [row.contact_id],
        tags: [],
        createdAtMs: Date.parse(row.created_at),
        words: row.messages.slice(-20).map(({ text }) => text),
      })),
    messages: (conversationId) =>
      (store.conversations.get(conversationId)?.messages ?? []).toReversed().map((row) => ({
        nativeId: row.id,
        role: ROLES[row.role],
        kind: 'MESSAGE',
        visibility: 'PUBLIC',
        text: row.text,
        contentKind: 'text',
        name: null,
        description: null,
        tags: [],
        rating: ratingOf(row),
      })),
    people: () =>
      [...store.contacts.values()].map(({ id, properties }) => ({
        nativeId: id,
        name: [properties['first_name'], properties['last_name']].filter(Boolean).join(' ') || null,
        description: null,
        email: properties['email'] ?? null,
        phone: properties['phone'] ?? null,
        imageUrl: null,
        tags: [],
      })),
    attachments: () => [],
  };
}

const ROLES = { user: 'USER', bot: 'BOT', system: 'SYSTEM' } as const;

function ratingOf({ data }: MessageRow) {
  const said = data?.['helpful_value'];
  if (said === 1) return 'HELPFUL';
  return said === 0 || said === -1 ? 'UNHELPFUL' : null;
}
