// Stack Auth before the laws: the adapter by its account, and the emulated inbox's store in neutral words.

import { startStackAuthEmulator } from '../../../emulators/stack-auth/index.ts';
import type { StackAuthStore } from '../../../emulators/stack-auth/store.ts';
import { visibleMessages } from '../../../emulators/stack-auth/views.ts';
import { tellTales } from '../../../emulators/story.ts';
import { providerName } from '../../../src/domain/ids.ts';
import { openProvider } from '../../../src/providers/catalogue.ts';
import { testClock } from '../../support/clock.ts';
import { saying } from '../attempts.ts';
import { firstOf, newestFirst } from '../scenes.ts';
import { ask, type Stage, type Subject, stageOf, type World } from '../stage.ts';

/** Told once: to tell them takes longer than most laws. */
const TALES = tellTales({ seed: 'stack-auth', count: 8, now: testClock()() });

const NAME = providerName('support');

export const stackAuth: Subject = { name: 'Stack Auth', open };

async function open(): Promise<Stage> {
  const clock = testClock();
  const emulator = await startStackAuthEmulator({
    clock,
    tales: TALES,
  });
  const { store } = emulator;
  const { url, projectId, publishableClientKey, accessToken, refreshToken } = emulator.credentials;

  const rows = [...store.conversations.values()].toSorted(
    (one, other) => lengthOf(store, other.id) - lengthOf(store, one.id),
  );
  const standing = {
    provider: NAME,
    nativeId: firstOf(rows.filter(({ status, tags }) => status !== 'closed' && tags.length > 0)).id,
  };
  const another = {
    provider: NAME,
    nativeId: firstOf(rows.filter(({ id }) => id !== standing.nativeId)).id,
  };
  const newcomers = [emulator.addUser('nova', {}).id, emulator.addUser('orin', {}).id] as const;
  const nobody = 'b1f0c9de-2a47-4c35-9e08-6d7a54c3b210';

  return stageOf({
    emulator,
    clock,
    world: worldOf(store, projectId),
    secrets: [accessToken, refreshToken],
    isHousekeeping: ({ path }) => path.startsWith('/api/v1/auth/'),
    provider: (dispatcher) =>
      openProvider(
        {
          kind: 'stack-auth',
          url,
          name: NAME,
          deadlineMs: 2_500,
          replyDeadlineMs: 30_000,
          projectId,
          publishableClientKey,
          refreshToken: { reveal: () => refreshToken },
          accessToken: { reveal: () => accessToken },
        },
        { dispatcher, clock },
      ),
    scene: {
      standing,
      another,
      absent: { provider: NAME, nativeId: nobody },
      absentMessage: { conversation: standing, nativeId: nobody },
      lonely: another,
      channel: 'email',
      newcomers,
      creation: {
        title: 'A broken import',
        contactId: newcomers[0],
        message: 'We saw your import fail.',
        tags: [],
      },
      options: () => undefined,
      mistakes: [
        {
          verb: 'CONVERSATION_CREATE',
          path: 'title',
          make: (provider, call) =>
            ask({ provider }, 'CONVERSATION_CREATE', ({ does }) =>
              does({ contactId: newcomers[0], message: 'We saw it fail.', tags: [] }, call),
            ),
        },
        {
          verb: 'CONVERSATION_UPDATE',
          path: 'status',
          make: (provider, call) =>
            ask({ provider }, 'CONVERSATION_UPDATE', ({ does }) =>
              does({ conversation: standing, changes: { status: 'UNKNOWN' } }, call),
            ),
        },
        {
          verb: 'MESSAGE_SEND',
          path: 'text',
          make: (provider, call) =>
            ask({ provider }, 'MESSAGE_SEND', (able) =>
              able.does(saying(able, standing, '  '), call),
            ),
        },
      ],
      silent: [],
      storedAs: () => 'text',
    },
  });
}

function lengthOf({ messages }: StackAuthStore, id: string): number {
  return messages.get(id)?.length ?? 0;
}

function worldOf(store: StackAuthStore, projectId: string): World {
  const latestOf = (row: StackAuthRow) => visibleMessages(store, row, 'agent').at(-1);
  return {
    conversations: () =>
      newestFirst(
        [...store.conversations.values()],
        (row) => latestOf(row)?.createdAt ?? row.createdAt,
      ).map((row) => {
        const user = row.userId === null ? undefined : store.users.get(row.userId);
        const words = [
          row.subject,
          latestOf(row)?.body,
          user?.displayName,
          user?.primaryEmail,
        ].filter((word) => typeof word === 'string');
        return {
          nativeId: row.id,
          channel: row.source,
          title: row.subject,
          description: null,
          status: STATUSES[row.status],
          priority: PRIORITIES[row.priority],
          archived: null,
          important: null,
          assignee: row.assignedToUserId,
          contactId: row.userId,
          participants: row.userId === null ? [] : [row.userId],
          tags: row.tags.map((label) => {
            const [key = '', ...rest] = label.split(':');
            return { key, value: rest.length === 0 ? null : rest.join(':') };
          }),
          createdAtMs: Date.parse(row.createdAt),
          words,
        };
      }),
    messages: (conversationId) =>
      (store.messages.get(conversationId) ?? []).toReversed().map((row) => ({
        nativeId: row.id,
        role: ROLES[row.sender.type],
        kind: KINDS[row.messageType],
        visibility: row.messageType === 'internal-note' ? 'INTERNAL' : 'PUBLIC',
        text: row.body,
        contentKind: 'text',
        name: null,
        description: null,
        tags: [],
        rating: null,
      })),
    people: () =>
      [...store.users.values()]
        .filter((row) => row.projectId === projectId)
        .map((row) => ({
          nativeId: row.id,
          name: row.displayName,
          description: null,
          email: row.primaryEmail,
          phone: null,
          imageUrl: row.profileImageUrl,
          tags: [],
        })),
    attachments: () => [],
  };
}

type StackAuthRow = Parameters<typeof visibleMessages>[1];

const STATUSES = { open: 'OPEN', pending: 'PENDING', closed: 'CLOSED' } as const;
const PRIORITIES = { low: 'LOW', normal: 'NORMAL', high: 'HIGH', urgent: 'URGENT' } as const;
const ROLES = { user: 'USER', agent: 'AGENT', system: 'SYSTEM' } as const;
const KINDS = {
  message: 'MESSAGE',
  'internal-note': 'NOTE',
  'status-change': 'STATUS_CHANGE',
} as const;
