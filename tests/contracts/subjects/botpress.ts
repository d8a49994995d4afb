// Botpress before the laws: the adapter by its account, and the emulated bot's store in neutral words.

import { startBotpressEmulator } from '../../../emulators/botpress/index.ts';
import type { BotpressStore, MessageRow, Tags } from '../../../emulators/botpress/store.ts';
import { tellTales } from '../../../emulators/story.ts';
import { providerName } from '../../../src/domain/ids.ts';
import { openProvider } from '../../../src/providers/catalogue.ts';
import { testClock } from '../../support/clock.ts';
import { saying } from '../attempts.ts';
import { firstOf, newestFirst } from '../scenes.ts';
import { ask, type Stage, type Subject, stageOf, type World } from '../stage.ts';

/** Told once: to tell them takes longer than most laws. */
const TALES = tellTales({ seed: 'botpress', count: 8, now: testClock()() });

const VALUELESS = { set: [{ key: 'vip', value: null }], remove: [] };

const NAME = providerName('website');

export const botpress: Subject = { name: 'Botpress', open };

async function open(): Promise<Stage> {
  const clock = testClock();
  const emulator = await startBotpressEmulator({ clock, tales: TALES });
  const { store } = emulator;
  const { url, token, botId, integrationId } = emulator.credentials;
  const world = worldOf(store);

  const rows = [...store.conversations.values()];
  const ofWebchat = rows
    .filter(({ integration }) => integration === 'webchat')
    .toSorted((one, other) => other.messageCount - one.messageCount);
  const standing = { provider: NAME, nativeId: firstOf(ofWebchat).id };
  const another = {
    provider: NAME,
    nativeId: firstOf(rows.filter(({ id }) => id !== standing.nativeId)).id,
  };
  const speaker = firstOf(store.participants.get(standing.nativeId)?.keys() ?? []);
  const newcomers = ['user_01JNOVA00000000000000NOVA', 'user_01J0R1N00000000000000R1NN'] as const;
  for (const id of newcomers) {
    store.users.set(id, { id, createdAt: clock.iso(), updatedAt: clock.iso(), tags: {}, name: id });
  }

  return stageOf({
    emulator,
    clock,
    world,
    secrets: [token],
    provider: (dispatcher) =>
      openProvider(
        {
          kind: 'botpress',
          url,
          name: NAME,
          deadlineMs: 2_500,
          replyDeadlineMs: 30_000,
          token: { reveal: () => token },
          botId,
        },
        { dispatcher, clock },
      ),
    scene: {
      standing,
      another,
      absent: { provider: NAME, nativeId: 'conv_01JZZZZZZZZZZZZZZZZZZZZZZZ' },
      absentMessage: { conversation: standing, nativeId: 'msg_01JZZZZZZZZZZZZZZZZZZZZZZZ' },
      lonely: another,
      channel: 'channel',
      newcomers: [...newcomers],
      creation: { channel: 'channel', tags: [] },
      options: (role) =>
        role === 'USER' ? { kind: 'botpress', userId: speaker, integrationId } : undefined,
      mistakes: [
        {
          verb: 'CONVERSATION_CREATE',
          path: 'channel',
          make: (provider, call) =>
            ask({ provider }, 'CONVERSATION_CREATE', ({ does }) => does({ tags: [] }, call)),
        },
        {
          verb: 'CONVERSATION_UPDATE',
          path: 'tags.set.0.value',
          make: (provider, call) =>
            ask({ provider }, 'CONVERSATION_UPDATE', ({ does }) =>
              does({ conversation: standing, changes: { tags: VALUELESS } }, call),
            ),
        },
        {
          verb: 'MESSAGE_SEND',
          path: 'botpress.userId',
          make: (provider, call) =>
            ask({ provider }, 'MESSAGE_SEND', (able) =>
              able.does({ ...saying(able, standing, 'Hello?'), as: 'USER' }, call),
            ),
        },
        {
          verb: 'CONTACT_UPSERT',
          path: 'tags',
          make: (provider, call) =>
            ask({ provider }, 'CONTACT_UPSERT', ({ does }) => does({ name: 'A', tags: [] }, call)),
        },
      ],
      silent: [],
      storedAs: (contentKind) => (contentKind === 'unknown' ? 'supportTicket' : contentKind),
    },
  });
}

function worldOf(store: BotpressStore): World {
  return {
    conversations: () =>
      newestFirst([...store.conversations.values()], ({ updatedAt }) => updatedAt).map((row) => ({
        nativeId: row.id,
        channel: row.channel,
        title: null,
        description: null,
        status: null,
        priority: null,
        archived: null,
        important: null,
        assignee: null,
        contactId: null,
        participants: [...(store.participants.get(row.id)?.keys() ?? [])],
        tags: tagsOf(row.tags),
        createdAtMs: Date.parse(row.createdAt),
        words: [],
      })),
    messages: (conversationId) =>
      newestFirst(
        [...store.messages.values()].filter((row) => row.conversationId === conversationId),
        ({ createdAt }) => createdAt,
      ).map((row) => ({
        nativeId: row.id,
        role: row.direction === 'incoming' ? 'USER' : 'BOT',
        kind: 'MESSAGE',
        visibility: 'PUBLIC',
        text: wordsOf(row),
        contentKind: row.type,
        name: null,
        description: null,
        tags: tagsOf(row.tags),
        rating: null,
      })),
    people: () =>
      [...store.users.values()].map((row) => ({
        nativeId: row.id,
        name: row.name ?? null,
        description: null,
        email: row.tags['email'] ?? null,
        phone: row.tags['phone'] ?? null,
        imageUrl: row.pictureUrl ?? null,
        tags: tagsOf(row.tags),
      })),
    attachments: () => [],
  };
}

function tagsOf(tags: Tags) {
  return Object.entries(tags).map(([key, value]) => ({ key, value }));
}

function wordsOf({ type, payload }: MessageRow): string | null {
  const said = { text: payload['text'], markdown: payload['markdown'] };
  if (type === 'text' && typeof said.text === 'string') return said.text;
  return type === 'markdown' && typeof said.markdown === 'string' ? said.markdown : null;
}
