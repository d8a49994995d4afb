// Every field of a message that the services' own documents name reaches the schema, with the value their store has.

import { describe, expect, it } from 'vitest';
import { visibleMessages } from '../../emulators/stack-auth/views.ts';
import { at, listAt, textAt } from '../support/answer.ts';
import { startParlance } from '../support/parlance.ts';
import { byNativeId, messagesTold } from '../support/told.ts';

describe('a message of Botpress', () => {
  it('says what the service says of it', async () => {
    const parlance = await startParlance();
    const rows = [...parlance.world.botpress.store.messages.values()];

    const told = await messagesTold(
      parlance,
      'website',
      `${SHARED} author { nativeId } tags { key value }
      native { ... on BotpressMessage { type payload direction userId origin } }`,
    );

    expect(told).toEqual(
      byNativeId(
        rows.map((row) => ({
          ...PLAIN,
          nativeId: row.id,
          role: row.direction === 'incoming' ? 'USER' : 'BOT',
          author: { nativeId: row.userId },
          createdAt: row.createdAt,
          updatedAt: row.updatedAt,
          tags: Object.entries(row.tags).map(([key, value]) => ({ key, value })),
          native: {
            type: row.type,
            payload: row.payload,
            direction: row.direction,
            userId: row.userId,
            origin: row.origin ?? null,
          },
        })),
      ),
    );
    expect(rows.some((row) => row.origin === 'synthetic')).toBe(true);
  });
});

describe('a message of Chatling', () => {
  it('says what the service says of it', async () => {
    const parlance = await startParlance();
    const rows = [...parlance.world.chatling.store.conversations.values()].flatMap(
      ({ messages }) => messages,
    );

    const told = await messagesTold(
      parlance,
      'help',
      `${SHARED} author { nativeId } text
      content { __typename ... on MarkdownContent { markdown } ... on TextContent { text } }
      citations { type title url } rating
      native { ... on ChatlingMessage { isAiKbResponse helpfulValue data } }`,
    );

    expect(told).toEqual(
      byNativeId(
        rows.map((row) => ({
          ...PLAIN,
          nativeId: row.id,
          role: row.role.toUpperCase(),
          author: null,
          createdAt: new Date(row.created_at).toISOString(),
          updatedAt: null,
          text: row.text,
          content:
            row.role === 'bot'
              ? { __typename: 'MarkdownContent', markdown: row.text }
              : { __typename: 'TextContent', text: row.text },
          citations: listOf(row.data?.['sources']).map((source) => ({
            type: at(source, 'type') ?? null,
            title: at(source, 'title') ?? null,
            url: at(source, 'url') ?? null,
          })),
          rating: RATINGS.get(row.data?.['helpful_value']) ?? null,
          native: {
            isAiKbResponse: row.is_ai_kb_response ?? null,
            helpfulValue: row.data?.['helpful_value'] ?? null,
            data: row.data ?? null,
          },
        })),
      ),
    );
    expect(new Set(rows.map(({ role }) => role))).toEqual(new Set(['user', 'bot', 'system']));
    const answers = rows.filter((row) => row.is_ai_kb_response === true);
    expect(new Set(answers.map((row) => row.data?.['helpful_value']))).toEqual(
      new Set([null, 0, 1]),
    );
    const sources = answers.flatMap((row) => listOf(row.data?.['sources']));
    expect(new Set(sources.map((source) => at(source, 'type')))).toEqual(
      new Set(['webpage', 'document']),
    );
  });
});

describe('a message of ChatBotKit', () => {
  it('says what the service says of it', async () => {
    const parlance = await startParlance();
    const { store } = parlance.world.chatbotkit;
    const rows = [...store.messages.values()];

    const told = await messagesTold(
      parlance,
      'assistant',
      `${SHARED} author { nativeId } text tags { key value } attachments { name type url }
      native { ... on ChatBotKitMessage { type meta } }`,
    );

    expect(told).toEqual(
      byNativeId(
        rows.map((row) => {
          const [role, kind] = NATURES[row.type];
          const uploaded = at(row.meta, 'activity.function.result');
          const isUpload = typeof at(uploaded, 'url') === 'string';
          return {
            nativeId: row.id,
            role,
            kind,
            visibility: kind === 'MESSAGE' ? 'PUBLIC' : 'INTERNAL',
            author: null,
            createdAt: new Date(row.createdAt).toISOString(),
            updatedAt: new Date(row.updatedAt).toISOString(),
            text: row.text,
            tags: Object.entries(row.meta ?? {}).flatMap(([key, value]) =>
              typeof value === 'string' ? [{ key, value }] : [],
            ),
            attachments: isUpload
              ? [
                  {
                    name: at(uploaded, 'name'),
                    type: at(uploaded, 'type'),
                    url: at(uploaded, 'url'),
                  },
                ]
              : [],
            native: { type: row.type, meta: row.meta },
          };
        }),
      ),
    );
    expect(new Set(rows.map(({ type }) => type))).toEqual(new Set(Object.keys(NATURES)));
    expect(rows.some((row) => row.meta === null)).toBe(true);
    expect(rows.some((row) => row.updatedAt > row.createdAt)).toBe(true);
    const uploads = [...told.values()].flatMap((message) => listAt(message, 'attachments'));
    expect(uploads.length).toBe(store.attachments.size);
  });

  it('says its name and description by its id, which a list leaves out', async () => {
    const parlance = await startParlance();
    const labelled = [...parlance.world.chatbotkit.store.messages.values()].filter(
      ({ name }) => name !== null,
    );
    const told = await messagesTold(parlance, 'assistant', 'id');
    const ids = labelled.map((row) => textAt(told.get(row.id), 'id'));

    const { data } = await parlance.ask(
      `query ($ids: [ID!]!) {
        nodes(ids: $ids) { ... on Message { native { ... on ChatBotKitMessage { name description } } } }
      }`,
      { ids },
    );

    expect(labelled.length).toBeGreaterThan(0);
    expect(listAt(data, 'nodes')).toEqual(
      labelled.map(({ name, description }) => ({ native: { name, description } })),
    );
  });
});

describe('a message of Stack Auth', () => {
  it('says what the service says of it', async () => {
    const parlance = await startParlance({ stackAuth: { attachments: 'some' } });
    const { store } = parlance.world.stackAuth;
    const rows = [...store.conversations.values()].flatMap((conversation) =>
      visibleMessages(store, conversation, 'agent').map((row) => ({ row, conversation })),
    );

    const told = await messagesTold(
      parlance,
      'support',
      `${SHARED} text attachments { name type url }
      author { nativeId name email role }
      native { ... on StackAuthMessage {
        messageType metadata sender { type id displayName primaryEmail }
        subject status priority source userId teamId
      } }`,
    );

    expect(told).toEqual(
      byNativeId(
        rows.map(({ row, conversation }) => ({
          nativeId: row.id,
          role: row.sender.type.toUpperCase(),
          kind: STACK_AUTH_KINDS[row.messageType],
          visibility: row.messageType === 'internal-note' ? 'INTERNAL' : 'PUBLIC',
          author: {
            nativeId: row.sender.id,
            name: row.sender.displayName,
            email: row.sender.primaryEmail,
            role: row.sender.type.toUpperCase(),
          },
          createdAt: row.createdAt,
          updatedAt: null,
          text: row.body,
          attachments: row.attachments.map((attachment) => ({
            name: at(attachment, 'name'),
            type: at(attachment, 'contentType'),
            url: null,
          })),
          native: {
            messageType: row.messageType,
            metadata: row.metadata,
            sender: row.sender,
            subject: conversation.subject,
            status: conversation.status,
            priority: conversation.priority,
            source: conversation.source,
            userId: conversation.userId,
            teamId: conversation.teamId,
          },
        })),
      ),
    );
    const said = rows.map(({ row }) => row);
    expect(new Set(said.map(({ messageType }) => messageType))).toEqual(
      new Set(['message', 'internal-note', 'status-change']),
    );
    expect(new Set(said.map(({ sender }) => sender.type))).toEqual(
      new Set(['user', 'agent', 'system']),
    );
    expect(said.some(({ attachments }) => attachments.length > 0)).toBe(true);
    expect(said.some(({ messageType, metadata }) => messageType === 'message' && metadata)).toBe(
      true,
    );
  });
});

const SHARED = 'role kind visibility createdAt updatedAt';

const PLAIN = { kind: 'MESSAGE', visibility: 'PUBLIC' };

const RATINGS: ReadonlyMap<unknown, string> = new Map([
  [1, 'HELPFUL'],
  [0, 'UNHELPFUL'],
]);

const NATURES = {
  user: ['USER', 'MESSAGE'],
  bot: ['BOT', 'MESSAGE'],
  context: ['SYSTEM', 'CONTEXT'],
  instruction: ['SYSTEM', 'INSTRUCTION'],
  backstory: ['SYSTEM', 'BACKSTORY'],
  reasoning: ['BOT', 'REASONING'],
  activity: ['SYSTEM', 'ACTIVITY'],
  checkpoint: ['SYSTEM', 'CHECKPOINT'],
} as const;

const STACK_AUTH_KINDS = {
  message: 'MESSAGE',
  'internal-note': 'NOTE',
  'status-change': 'STATUS_CHANGE',
} as const;

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
