// Every field of a conversation that the services' own documents name reaches the schema, with the value their store has.

import { describe, expect, it } from 'vitest';
import { viewsOf } from '../../emulators/stack-auth/views.ts';
import type { World } from '../../emulators/world.ts';
import type { AccountName } from '../support/accounts.ts';
import { at, listAt } from '../support/answer.ts';
import { type StartOptions, startParlance, type TestParlance } from '../support/parlance.ts';
import { byNativeId } from '../support/told.ts';

describe('a conversation of Botpress', () => {
  it('says what the newest generation says of it', async () => {
    const parlance = await startParlance();

    await expectTold(parlance, 'website', BOTPRESS, (world) =>
      botpressRows(world).map((row) => ({
        ...botpressFields(row),
        messageCount: row.messageCount,
        native: {
          integration: row.integration,
          currentWorkflowId: row.currentWorkflowId ?? null,
          // Deprecated, and no longer shown.
          currentTaskId: null,
          properties: row.properties ?? null,
        },
      })),
    );
  });

  it('says its task and its workflow where the service is of the oldest generation', async () => {
    const parlance = await startParlance({ botpress: { generation: 'seed' } });

    await expectTold(parlance, 'website', BOTPRESS, (world) =>
      botpressRows(world).map((row) => ({
        ...botpressFields(row),
        messageCount: null,
        native: {
          integration: row.integration,
          currentWorkflowId: row.currentWorkflowId ?? null,
          currentTaskId: row.currentTaskId ?? null,
          properties: null,
        },
      })),
    );
    const rows = botpressRows(parlance.world);
    expect(rows.filter((row) => row.currentTaskId).length).toBeGreaterThan(0);
    expect(rows.filter((row) => row.currentWorkflowId).length).toBeGreaterThan(0);
  });
});

describe('a conversation of Chatling', () => {
  it.each<[string, StartOptions['chatling']]>([
    ['flags as numbers', {}],
    ['flags as booleans, and times without an offset', { flags: 'booleans', timestamps: 'mixed' }],
    ['no word for a contact it does not know', { missingContact: 'absent' }],
  ])('says what the service says of it, %s', async (_, chatling = {}) => {
    const parlance = await startParlance({ chatling });

    await expectTold(parlance, 'help', CHATLING, ({ chatling: { store }, credentials }) =>
      [...store.conversations.values()].map((row) => ({
        nativeId: row.id,
        contact: row.contact_id === null ? null : { nativeId: row.contact_id },
        archived: row.archived === 1,
        important: row.important === 1,
        createdAt: iso(row.created_at),
        updatedAt: null,
        lastActivityAt: iso(row.messages.at(-1)?.created_at),
        preview: row.messages.at(-1)?.text,
        channel: row.conversation_type,
        native: {
          chatbotId: credentials.chatling.chatbotId,
          conversationType: row.conversation_type,
        },
        title: null,
        status: null,
        priority: null,
        tags: [],
      })),
    );
    const rows = [...parlance.world.chatling.store.conversations.values()];
    for (const flag of ['archived', 'important'] as const) {
      expect(new Set(rows.map((row) => row[flag]))).toEqual(new Set([0, 1]));
    }
    expect(rows.filter((row) => row.contact_id === null).length).toBeGreaterThan(0);
  });
});

describe('a conversation of ChatBotKit', () => {
  it.each(['null', 'omit'] as const)(
    'says what the service says of it, where what is not set is told by %s',
    async (nulls) => {
      const parlance = await startParlance({ chatbotkit: { nulls } });

      await expectTold(parlance, 'assistant', CHATBOTKIT, ({ chatbotkit: { store } }) =>
        [...store.conversations.values()].map((row) => ({
          nativeId: row.id,
          title: row.name,
          description: row.description,
          contact: row.contactId === null ? null : { nativeId: row.contactId },
          createdAt: iso(row.createdAt),
          updatedAt: iso(row.updatedAt),
          tags: Object.entries(row.meta)
            .filter(([, value]) => typeof value !== 'object')
            .map(([key, value]) => ({ key, value: JSON.stringify(value).replaceAll('"', '') })),
          native: {
            meta: row.meta,
            contactId: row.contactId,
            taskId: row.taskId,
            spaceId: row.spaceId,
            botId: row.botId,
            model: row.model,
            backstory: row.backstory,
            datasetId: row.datasetId,
            skillsetId: row.skillsetId,
            privacy: row.privacy,
            moderation: row.moderation,
            expiresAt: row.expiresAt === null ? null : iso(row.expiresAt),
          },
          status: null,
          priority: null,
          archived: null,
          important: null,
          assignee: null,
        })),
      );
      const rows = [...parlance.world.chatbotkit.store.conversations.values()];
      for (const column of COLUMNS) {
        expect([column, rows.some((row) => row[column] !== null)]).toEqual([column, true]);
        expect([column, rows.some((row) => row[column] === null)]).toEqual([column, true]);
      }
    },
  );
});

const SLA = { sla: { enabled: true, firstResponseMinutes: 60, nextResponseMinutes: 240 } };
const FIRST_ERA = { era: 'feature-branch', originNames: 'stack-auth' } as const;

describe('a conversation of Stack Auth', () => {
  it.each<[string, StartOptions['stackAuth']]>([
    ['with service-level times', SLA],
    ['without them, as the newest code has it', {}],
    ['under the first of its two names, from before it had pages', { ...SLA, ...FIRST_ERA }],
  ])('says what the service says of it, %s', async (_, stackAuth = {}) => {
    const parlance = await startParlance({ stackAuth });

    await expectTold(parlance, 'support', STACK_AUTH, ({ stackAuth: { store } }) =>
      [...store.conversations.values()].map((row) => {
        const user = row.userId === null ? undefined : store.users.get(row.userId);
        // Only what no column holds: what is newest of it, in the service's own words.
        const summary = viewsOf(store, { unknownFields: false }).summary(row);
        const latest = {
          preview: summary['preview'],
          lastActivityAt: summary['lastActivityAt'],
          lastMessageType: summary['lastMessageType'],
        };
        return {
          nativeId: row.id,
          title: row.subject,
          status: row.status.toUpperCase(),
          priority: row.priority.toUpperCase(),
          channel: row.source,
          preview: latest.preview,
          lastActivityAt: latest.lastActivityAt,
          sortedAt: latest.lastActivityAt,
          createdAt: row.createdAt,
          updatedAt: row.updatedAt,
          tags: row.tags.map((label) => {
            const [key, ...rest] = label.split(':');
            return { key, value: rest.length === 0 ? null : rest.join(':') };
          }),
          contact:
            row.userId === null
              ? null
              : {
                  nativeId: row.userId,
                  name: user?.displayName ?? null,
                  email: user?.primaryEmail ?? null,
                  imageUrl: user?.profileImageUrl ?? null,
                },
          assignee:
            row.assignedToUserId === null && row.assignedToDisplayName === null
              ? null
              : { nativeId: row.assignedToUserId, name: row.assignedToDisplayName },
          native: {
            status: row.status,
            priority: row.priority,
            source: row.source,
            userId: row.userId,
            teamId: row.teamId,
            userDisplayName: user?.displayName ?? null,
            userPrimaryEmail: user?.primaryEmail ?? null,
            userProfileImageUrl: user?.profileImageUrl ?? null,
            lastMessageType: latest.lastMessageType,
            metadata: {
              assignedToUserId: row.assignedToUserId,
              assignedToDisplayName: row.assignedToDisplayName,
              tags: row.tags,
              firstResponseDueAt: row.firstResponseDueAt,
              firstResponseAt: row.firstResponseAt,
              nextResponseDueAt: row.nextResponseDueAt,
              lastCustomerReplyAt: row.lastCustomerReplyAt,
              lastAgentReplyAt: row.lastAgentReplyAt,
            },
            recordMetadata: row.metadata,
            lastMessageAt: row.lastMessageAt,
            lastInboundAt: row.lastInboundAt,
            lastOutboundAt: row.lastOutboundAt,
            closedAt: row.closedAt,
            entryPoints: (store.entryPoints.get(row.id) ?? []).map(
              ({ conversationId: _within, ...entryPoint }) => entryPoint,
            ),
          },
          archived: null,
          important: null,
        };
      }),
    );
    const rows = [...parlance.world.stackAuth.store.conversations.values()];
    const due = rows.filter((row) => row.firstResponseDueAt ?? row.nextResponseDueAt);
    expect(due.length > 0).toBe(stackAuth.sla !== undefined);
    for (const column of ['metadata', 'teamId', 'closedAt', 'assignedToUserId'] as const) {
      expect([column, rows.some((row) => row[column] !== null)]).toEqual([column, true]);
    }
    const doors = [...parlance.world.stackAuth.store.entryPoints.values()].flat();
    expect(new Set(doors.map((door) => door.isEntryPoint))).toEqual(new Set([true, false]));
    expect(doors.some((door) => door.metadata !== null)).toBe(true);
  });
});

const BOTPRESS = `
  nativeId channel tags { key value } createdAt updatedAt sortedAt messageCount
  title description preview status priority archived important lastActivityAt
  native { ... on BotpressConversation { integration currentWorkflowId currentTaskId properties } }
`;

const CHATLING = `
  nativeId contact { nativeId } archived important createdAt updatedAt lastActivityAt preview channel
  native { ... on ChatlingConversation { chatbotId conversationType } }
  title status priority tags { key }
`;

const CHATBOTKIT = `
  nativeId title description contact { nativeId } createdAt updatedAt tags { key value }
  native { ... on ChatBotKitConversation {
    meta contactId taskId spaceId botId model backstory datasetId skillsetId privacy moderation expiresAt
  } }
  status priority archived important assignee { nativeId }
`;

const STACK_AUTH = `
  nativeId title status priority channel preview lastActivityAt sortedAt createdAt updatedAt
  tags { key value } contact { nativeId name email imageUrl } assignee { nativeId name }
  native { ... on StackAuthConversation {
    status priority source userId teamId userDisplayName userPrimaryEmail userProfileImageUrl lastMessageType
    metadata {
      assignedToUserId assignedToDisplayName tags firstResponseDueAt firstResponseAt nextResponseDueAt
      lastCustomerReplyAt lastAgentReplyAt
    }
    recordMetadata lastMessageAt lastInboundAt lastOutboundAt closedAt
    entryPoints {
      id channelType adapterKey externalChannelId isEntryPoint metadata createdAt updatedAt
    }
  } }
  archived important
`;

/** Set on some rows of the story and on others not. */
const COLUMNS = [
  'name',
  'description',
  'contactId',
  'taskId',
  'spaceId',
  'botId',
  'model',
  'backstory',
  'datasetId',
  'skillsetId',
  'privacy',
  'moderation',
  'expiresAt',
] as const;

/** The inbox of one account, all its pages at once, against what its store has. */
async function expectTold(
  { ask, world }: TestParlance,
  account: AccountName,
  fields: string,
  stored: (world: World) => readonly { readonly nativeId: string }[],
): Promise<void> {
  const { data, errors } = await ask(
    `query ($filter: ConversationFilter) {
      conversations(first: 100, filter: $filter) { nodes { ${fields} } pageInfo { hasNextPage } }
    }`,
    { filter: { providers: [account] } },
  );

  const told = listAt(data, 'conversations.nodes');
  const expected = stored(world);
  expect(errors).toEqual([]);
  expect(at(data, 'conversations.pageInfo.hasNextPage')).toBe(false);
  expect(expected).toHaveLength(40);
  expect(byNativeId(told)).toEqual(byNativeId(expected));
}

function botpressRows({ botpress }: World) {
  return [...botpress.store.conversations.values()];
}

function botpressFields(row: ReturnType<typeof botpressRows>[number]) {
  return {
    nativeId: row.id,
    channel: row.channel,
    tags: Object.entries(row.tags).map(([key, value]) => ({ key, value })),
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    sortedAt: row.updatedAt,
    title: null,
    description: null,
    preview: null,
    status: null,
    priority: null,
    archived: null,
    important: null,
    lastActivityAt: null,
  };
}

function iso(said: string | number | undefined): string {
  return new Date(said ?? Number.NaN).toISOString();
}
