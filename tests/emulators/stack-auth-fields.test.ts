// The exact fields of every object the emulated Stack Auth sends, and of which kind each is.

import { describe, expect, it } from 'vitest';
import { callStackAuth, idsOf, recordOf, rowsOf, TALES } from './stack-auth-caller.ts';

type Check = (value: unknown) => boolean;

const words: Check = (value) => typeof value === 'string';
const uuid: Check = (value) =>
  /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(String(value));
const time: Check = (value) => words(value) && new Date(String(value)).toISOString() === value;
const record: Check = (value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const among =
  (...known: string[]): Check =>
  (value) =>
    known.includes(String(value));

/** Exactly these keys, each as it should be. */
const fields =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value) => {
    const row = recordOf(value);
    expect(Object.keys(row).toSorted()).toEqual(Object.keys(checks).toSorted());
    for (const [key, check] of Object.entries(checks)) {
      expect([key, row[key], check(row[key])]).toEqual([key, row[key], true]);
    }
    return true;
  };

const CURRENT_STATE = {
  subject: words,
  status: among('open', 'pending', 'closed'),
  priority: among('low', 'normal', 'high', 'urgent'),
  source: among('manual', 'chat', 'email', 'api'),
  userId: orNull(uuid),
  teamId: orNull(uuid),
  conversationId: uuid,
};

const SUMMARY = fields({
  ...CURRENT_STATE,
  userDisplayName: orNull(words),
  userPrimaryEmail: orNull(words),
  userProfileImageUrl: orNull(words),
  lastMessageType: among('message', 'internal-note', 'status-change'),
  preview: orNull(words),
  lastActivityAt: time,
  metadata: fields({
    assignedToUserId: orNull(words),
    assignedToDisplayName: orNull(words),
    tags: listOf(words),
    firstResponseDueAt: orNull(time),
    firstResponseAt: orNull(time),
    nextResponseDueAt: orNull(time),
    lastCustomerReplyAt: orNull(time),
    lastAgentReplyAt: orNull(time),
  }),
  createdAt: time,
  updatedAt: time,
  lastMessageAt: time,
  lastInboundAt: orNull(time),
  lastOutboundAt: orNull(time),
  closedAt: orNull(time),
  recordMetadata: orNull(record),
});

const MESSAGE = fields({
  ...CURRENT_STATE,
  id: uuid,
  messageType: among('message', 'internal-note', 'status-change'),
  body: orNull(words),
  attachments: listOf(record),
  metadata: orNull(record),
  createdAt: time,
  sender: fields({
    type: among('user', 'agent', 'system'),
    id: orNull(uuid),
    displayName: orNull(words),
    primaryEmail: orNull(words),
  }),
});

const ENTRY_POINT = fields({
  id: uuid,
  channelType: among('manual', 'chat', 'email', 'api'),
  adapterKey: among('support-dashboard', 'support-chat', 'dashboard-support-form'),
  externalChannelId: (value) => value === null,
  isEntryPoint: (value) => typeof value === 'boolean',
  metadata: orNull(record),
  createdAt: time,
  updatedAt: time,
});

const DETAIL = fields({
  conversation: SUMMARY,
  messages: listOf(MESSAGE),
  entryPoints: listOf(ENTRY_POINT),
});

describe('the fields', () => {
  it('of all forty seeded conversations are exactly those of the notes', async () => {
    const { list, detail } = await callStackAuth({ tales: TALES });

    const listed = await list();
    const details = await Promise.all(idsOf(listed).map(detail));

    expect(details).toHaveLength(40);
    expect(
      fields({ conversations: listOf(SUMMARY), hasMore: (value) => value === false })(listed.body),
    ).toBe(true);
    for (const { body } of details) expect(DETAIL(body)).toBe(true);
  });

  it('of a summary are the same in the list and in the detail', async () => {
    const { list, detail } = await callStackAuth({ tales: TALES });

    for (const row of rowsOf((await list()).body, 'conversations')) {
      const { body } = await detail(String(row['conversationId']));
      expect(recordOf(body)['conversation']).toEqual(row);
    }
  });

  it('may grow: a newer service sends ones nobody has heard of', async () => {
    const { list, detail } = await callStackAuth({ tales: TALES, unknownFields: true });

    const listed = await list();
    const { body } = await detail(idsOf(listed)[0] ?? '');

    const [summary] = rowsOf(listed.body, 'conversations');
    const [message] = rowsOf(body, 'messages');
    const [entryPoint] = rowsOf(body, 'entryPoints');
    for (const grown of [summary, message, entryPoint]) {
      expect(grown).toMatchObject({ satisfactionRating: null, slaPolicy: { paused: false } });
    }
  });
});
