// The one door by which news becomes events: whatever road it took, one version of a thing is one event.

import { createHash, randomUUID } from 'node:crypto';
import type { Conversation } from '../../domain/conversation.ts';
import type { ConversationEvent, Fact, News } from '../../domain/event.ts';
import { type Outcome, success } from '../../domain/failure.ts';
import type { ConversationRef } from '../../domain/ids.ts';
import type { Message } from '../../domain/message.ts';
import type { Tag } from '../../domain/tag.ts';
import type { Append, EventLog } from '../../state/events/log.ts';
import { type Touch, touched, untold } from '../reads/touches.ts';

export interface Ingest {
  /**
   * How many events came of it: none where all of it was known. Fails with `gateway-unavailable` where the log is out of
   * reach; telling the same again is harmless. What a write touched is told to the gateways too, as far as no event does.
   */
  take(news: readonly News[], touch?: Touch): Promise<Outcome<number>>;
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
    async take(news, touch) {
      const now = new Date(clock());
      const appends = news.flatMap((one) => appendsOf(one, now));
      const appended = appends.length > 0 ? await events.append(appends) : success([]);
      if (!appended.ok) return appended;
      const entries = appended.value.filter((entry) => entry !== null);
      // What was told before may have been told before the write: only what came of it now counts.
      const told = entries.map(({ event }) => event);
      const rest = touch && untold(touch, told);
      const completed = rest ? await events.append([touched(rest, now)]) : appended;
      return completed.ok ? success(entries.length) : completed;
    },
  };
}

/** Of a thing that may be new or changed both are tried, in this order: the first remembers the version too. */
function appendsOf(news: News, now: Date): Append[] {
  switch (news.type) {
    case 'message': {
      const { message, tags, known: isKnown = false, written = false } = news;
      const { conversation } = message;
      const known = keyOf('message', conversation, message.nativeId);
      const { createdAt, updatedAt } = message;
      const version = versionKeys(`${known} ${messageMark(message)}`, updatedAt);
      const added = append(
        conversation,
        { kind: 'MESSAGE_ADDED', message },
        createdAt ?? now,
        tags,
        [known, ...version.seen],
      );
      const updated = append(
        conversation,
        { kind: 'MESSAGE_UPDATED', message },
        updatedAt ?? now,
        tags,
        written ? version.written : version.seen,
      );
      return isKnown ? [updated] : [added, updated];
    }
    case 'message-deleted': {
      const { conversation, nativeId } = news.message;
      const once = `${keyOf('message', conversation, nativeId)} deleted`;
      return [append(conversation, { kind: 'MESSAGE_DELETED', nativeId }, now, null, [once])];
    }
    case 'conversation': {
      const { known: isKnown = false, written = false } = news;
      // What it carries of its messages is news of theirs, and old by the time it is read.
      const row: Conversation = { ...news.row, embedded: null };
      const conversation = { provider: row.provider, nativeId: row.nativeId };
      const known = keyOf('conversation', conversation);
      const version = versionKeys(`${known} ${stateMark(row)}`, row.updatedAt);
      const created = append(
        conversation,
        { kind: 'CONVERSATION_CREATED', row },
        row.createdAt ?? now,
        row.tags,
        [known, ...version.seen],
      );
      const updated = append(
        conversation,
        { kind: 'CONVERSATION_UPDATED', row },
        row.updatedAt ?? now,
        row.tags,
        written ? version.written : version.seen,
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

/**
 * What was only seen is told where such a version was not told before: roads differ in how fresh they are. What was written
 * here is known to be new, also where the thing is now as it was once before, and one writing is told once all the same.
 */
function versionKeys(
  version: string,
  updatedAt: Date | null,
): { readonly seen: Append['once']; readonly written: Append['once'] } {
  if (!updatedAt) return { seen: [version], written: [`${version} by ${randomUUID()}`, version] };
  const dated = `${version} at ${updatedAt.getTime()}`;
  return { seen: [version, dated], written: [dated, version] };
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

/** The same for one version of a message, whatever road it came. */
export function messageMark(message: Message): string {
  return fingerprint(versionOf(message));
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
