// The one door by which news becomes events: whatever road it took, one version of a thing is one event.

import { createHash } from 'node:crypto';
import type { Conversation } from '../domain/conversation.ts';
import type { ConversationEvent, Fact, News } from '../domain/event.ts';
import { mapOutcome, type Outcome, success } from '../domain/failure.ts';
import type { ConversationRef } from '../domain/ids.ts';
import type { Message } from '../domain/message.ts';
import type { Tag } from '../domain/tag.ts';
import type { Append, EventLog } from '../state/events/log.ts';

export interface Ingest {
  /**
   * How many events came of it: none where all of it was known. Fails with `gateway-unavailable` where the log is out of
   * reach; telling the same again is harmless.
   */
  take(news: readonly News[]): Promise<Outcome<number>>;
}

export function openIngest({
  events,
  clock,
}: {
  readonly events: EventLog;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}): Ingest {
  return {
    async take(news) {
      const now = new Date(clock());
      const appends = news.flatMap((one) => appendsOf(one, now));
      if (appends.length === 0) return success(0);
      const appended = await events.append(appends);
      return mapOutcome(appended, (entries) => entries.filter((entry) => entry !== null).length);
    },
  };
}

/** Of a thing that may be new or changed both are tried, in this order: the first remembers the version too. */
function appendsOf(news: News, now: Date): Append[] {
  switch (news.type) {
    case 'message': {
      const { message, tags, known: isKnown = false } = news;
      const { conversation } = message;
      const known = keyOf('message', conversation, message.nativeId);
      const version = `${known} ${fingerprint(versionOf(message))}`;
      const { createdAt, updatedAt } = message;
      const added = append(
        conversation,
        { kind: 'MESSAGE_ADDED', message },
        createdAt ?? now,
        tags,
        [known, version],
      );
      const updated = append(
        conversation,
        { kind: 'MESSAGE_UPDATED', message },
        updatedAt ?? now,
        tags,
        [version],
      );
      return isKnown ? [updated] : [added, updated];
    }
    case 'message-deleted': {
      const { conversation, nativeId } = news.message;
      const once = `${keyOf('message', conversation, nativeId)} deleted`;
      return [append(conversation, { kind: 'MESSAGE_DELETED', nativeId }, now, null, [once])];
    }
    case 'conversation': {
      const { row, known: isKnown = false } = news;
      const conversation = { provider: row.provider, nativeId: row.nativeId };
      const known = keyOf('conversation', conversation);
      const version = `${known} ${stateMark(row)}`;
      const created = append(
        conversation,
        { kind: 'CONVERSATION_CREATED', row },
        row.createdAt ?? now,
        row.tags,
        [known, version],
      );
      const updated = append(
        conversation,
        { kind: 'CONVERSATION_UPDATED', row },
        row.updatedAt ?? now,
        row.tags,
        [version],
      );
      return isKnown ? [updated] : [created, updated];
    }
    case 'conversation-deleted': {
      const { conversation } = news;
      const once = `${keyOf('conversation', conversation)} deleted`;
      return [append(conversation, { kind: 'CONVERSATION_DELETED' }, now, null, [once])];
    }
  }
}

function append(
  conversation: ConversationRef,
  fact: Fact,
  at: Date,
  tags: readonly Tag[] | null,
  once: Append['once'],
): Append {
  const event: ConversationEvent = { conversation, at, tags, fact };
  return { event, once };
}

function keyOf(what: string, { provider, nativeId }: ConversationRef, id = ''): string {
  return JSON.stringify([what, provider, nativeId, id]);
}

/** Of a message, what every road tells alike: names, times and raw parts are left out by some. */
function versionOf({ role, kind, visibility, text, content, rating, tags }: Message): unknown {
  return [role, kind, visibility, text, content, rating, sorted(tags)];
}

/** The same as long as nothing was changed in it that is an event. */
export function stateMark(row: Conversation): string {
  return fingerprint(stateOf(row));
}

/** Of a conversation, what people change in it: that a message came is an event of its own. */
function stateOf(row: Conversation): unknown {
  const { title, description, status, priority, archived, important, tags, contact, assignee } =
    row;
  return [
    title,
    description,
    status,
    priority,
    archived,
    important,
    sorted(tags),
    contact?.nativeId ?? null,
    assignee?.nativeId ?? null,
  ];
}

function sorted(tags: readonly Tag[]): unknown {
  return tags
    .map(({ key, value }) => JSON.stringify([key, value]))
    .toSorted((one, other) => (one < other ? -1 : 1));
}

function fingerprint(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 22);
}
