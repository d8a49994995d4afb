// ChatBotKit before the laws, by either of its transports: one world, and its store in neutral words.

import {
  type ChatbotkitEmulator,
  startChatbotkitEmulator,
} from '../../../emulators/chatbotkit/index.ts';
import type { Meta } from '../../../emulators/chatbotkit/rows.ts';
import { byPlace, type ChatbotkitStore, messagesOf } from '../../../emulators/chatbotkit/store.ts';
import { tellTales } from '../../../emulators/story.ts';
import type { MessageRef, ProviderName } from '../../../src/domain/ids.ts';
import { providerName } from '../../../src/domain/ids.ts';
import { openProvider } from '../../../src/providers/catalogue.ts';
import { testClock } from '../../support/clock.ts';
import { saying } from '../attempts.ts';
import { ask, type Scene, type Stage, type Subject, stageOf, type World } from '../stage.ts';

/** Told once: to tell them takes longer than most laws. */
const TALES = tellTales({ seed: 'chatbotkit', count: 8, now: testClock()() });

const NAME = providerName('assistant');

export const chatbotkitOverRest: Subject = { name: 'ChatBotKit over REST', open };

async function open(): Promise<Stage> {
  const clock = testClock();
  const emulator = await startChatbotkitEmulator({
    clock,
    tales: TALES,
    // Of the two words for a 429 the one that no upload takes for a file too large.
    tooMany: 'TOO_MANY_REQUESTS',
  });
  const { url, secret } = emulator.credentials;
  return stageOf({
    emulator,
    clock,
    world: worldOf(emulator.store),
    scene: sceneOf(emulator, NAME, clock()),
    secrets: [secret],
    provider: (dispatcher) =>
      openProvider(
        {
          kind: 'chatbotkit',
          url,
          name: NAME,
          deadlineMs: 2_500,
          replyDeadlineMs: 30_000,
          secret: { reveal: () => secret },
        },
        { dispatcher, clock },
      ),
  });
}

export function sceneOf(
  { store, founded }: Pick<ChatbotkitEmulator, 'store' | 'founded'>,
  provider: ProviderName,
  now: number,
): Scene {
  const [standing, another] = [...store.conversations.values()]
    .filter(({ contactId }) => contactId !== null)
    .toSorted((one, other) => messagesOf(store, other.id).length - messagesOf(store, one.id).length)
    .map(({ id }) => ({ provider, nativeId: id }));
  const [lonely] = [...store.conversations.values()]
    .filter(({ contactId }) => contactId === null)
    .map(({ id }) => ({ provider, nativeId: id }));
  if (!standing || !another || !lonely) throw new Error('no two conversations: tell more tales');
  const newcomers = ['contact-nova', 'contact-orin'] as const;
  for (const id of newcomers) {
    store.contacts.set(id, {
      id,
      userId: founded.owner.id,
      name: 'Nova',
      description: null,
      email: null,
      phone: null,
      nick: null,
      meta: null,
      fingerprint: `fingerprint of ${id}`,
      verifiedAt: null,
      createdAt: now,
      updatedAt: now,
    });
  }
  const absentMessage: MessageRef = {
    conversation: standing,
    nativeId: 'cnobodysaidthis0000000000',
  };
  return {
    standing,
    another,
    absent: { provider, nativeId: 'cnobodyisthere00000000000' },
    absentMessage,
    lonely,
    channel: 'website',
    newcomers,
    creation: { tags: [] },
    options: () => undefined,
    mistakes: [
      {
        verb: 'CONVERSATION_CREATE',
        path: 'tags.0.value',
        make: (partner, call) =>
          ask({ provider: partner }, 'CONVERSATION_CREATE', ({ does }) =>
            does({ tags: [{ key: 'vip', value: null }] }, call),
          ),
      },
      {
        verb: 'MESSAGE_SEND',
        path: 'visibility',
        make: (partner, call) =>
          ask({ provider: partner }, 'MESSAGE_SEND', (able) =>
            able.does({ ...saying(able, standing, 'Hello?'), visibility: 'INTERNAL' }, call),
          ),
      },
      {
        verb: 'CONTACT_UPSERT',
        path: 'conversationId',
        make: (partner, call) =>
          ask({ provider: partner }, 'CONTACT_UPSERT', ({ does }) =>
            does({ name: 'Mara Vos', tags: [] }, call),
          ),
      },
      {
        verb: 'ATTACHMENT_UPLOAD',
        path: 'url',
        make: (partner, call) =>
          ask({ provider: partner }, 'ATTACHMENT_UPLOAD', ({ does }) =>
            does({ conversation: standing, source: { kind: 'url', url: 'ftp://a.example' } }, call),
          ),
      },
      {
        verb: 'SESSION_CREATE',
        path: 'durationSeconds',
        make: (partner, call) =>
          ask({ provider: partner }, 'SESSION_CREATE', ({ does }) =>
            does({ conversation: standing, durationSeconds: 1 }, call),
          ),
      },
    ],
    silent: [],
    storedAs: () => 'text',
  };
}

export function worldOf(store: ChatbotkitStore): World {
  return {
    conversations: () =>
      [...store.conversations.values()]
        .toSorted(byPlace)
        .toReversed()
        .map((row) => ({
          nativeId: row.id,
          channel: null,
          // An empty text is how some of its writers leave a column unset.
          title: row.name || null,
          description: row.description || null,
          status: null,
          priority: null,
          archived: null,
          important: null,
          assignee: null,
          contactId: row.contactId,
          participants: row.contactId === null ? [] : [row.contactId],
          tags: tagsOf(row.meta),
          createdAtMs: row.createdAt,
          words: [row.name, row.description].filter((word) => word !== null),
        })),
    messages: (conversationId) =>
      messagesOf(store, conversationId)
        .toReversed()
        .map((row) => ({
          nativeId: row.id,
          ...NATURES[row.type],
          text: row.text,
          contentKind: 'text',
          name: row.name,
          description: row.description,
          tags: tagsOf(row.meta),
          rating: null,
        })),
    people: () =>
      [...store.contacts.values()].map((row) => ({
        nativeId: row.id,
        name: row.name,
        description: row.description,
        email: row.email,
        phone: row.phone,
        imageUrl: null,
        tags: tagsOf(row.meta),
      })),
    attachments: () =>
      [...store.attachments.values()].map((row) => ({
        conversationId: row.conversationId,
        type: row.type,
        name: row.name,
        complete: row.bytes !== null,
      })),
  };
}

function tagsOf(meta: Meta | null) {
  return Object.entries(meta ?? {}).flatMap(([key, value]) =>
    ['string', 'number', 'boolean'].includes(typeof value) ? [{ key, value: String(value) }] : [],
  );
}

const NATURES = {
  user: { role: 'USER', kind: 'MESSAGE', visibility: 'PUBLIC' },
  bot: { role: 'BOT', kind: 'MESSAGE', visibility: 'PUBLIC' },
  reasoning: { role: 'BOT', kind: 'REASONING', visibility: 'INTERNAL' },
  context: { role: 'SYSTEM', kind: 'CONTEXT', visibility: 'INTERNAL' },
  instruction: { role: 'SYSTEM', kind: 'INSTRUCTION', visibility: 'INTERNAL' },
  backstory: { role: 'SYSTEM', kind: 'BACKSTORY', visibility: 'INTERNAL' },
  activity: { role: 'SYSTEM', kind: 'ACTIVITY', visibility: 'INTERNAL' },
  checkpoint: { role: 'SYSTEM', kind: 'CHECKPOINT', visibility: 'INTERNAL' },
} as const;
