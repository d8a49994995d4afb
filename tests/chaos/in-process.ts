// Gateways without providers and servers: a log, its broadcast and the door for news. What is told is decided here, so
// chaos begins here.

import { type ConversationRef, providerName } from '../../src/domain/ids.ts';
import type { Message } from '../../src/domain/message.ts';
import { openBroadcast } from '../../src/gateway/live/broadcast.ts';
import { eventCursors } from '../../src/gateway/live/event-cursor.ts';
import { openIngest } from '../../src/gateway/live/ingest.ts';
import { subscribe, type Told } from '../../src/gateway/live/subscribe.ts';
import type { EventLog } from '../../src/state/events/log.ts';
import type { Marks } from './history.ts';
import type { Time } from './time.ts';
import type { Asked, Desk, Heard } from './watchers.ts';

export interface Gateway {
  readonly desk: Desk;
  /** Who listens here takes its time over each thing it is told. */
  readonly slowDesk: Desk;
  /** Whether it is in the log now; telling it again is harmless. */
  hear(message: Message): Promise<boolean>;
  close(): Promise<void>;
}

const cursors = eventCursors('a secret of the tests');
const LINGERS_MS = 12;
const FILTER = { kinds: ['MESSAGE_ADDED'] } as const;

export function openInProcess({
  name,
  log,
  time,
  most,
}: {
  readonly name: string;
  readonly log: EventLog;
  readonly time: Time;
  /** How much may wait for one who listens. */
  readonly most?: number;
}): Gateway {
  const broadcast = openBroadcast(log);
  const ingest = openIngest({ events: log, clock: time.now });
  const deskOf = (title: string, lingersMs: number): Desk => ({
    name: title,
    async listen({ conversation, after }, hear, signal) {
      const told = await subscribe(
        { log, broadcast, cursors, clock: time.now, ...(most === undefined ? {} : { most }) },
        {
          conversation: conversation === null ? null : refTo(conversation),
          filter: FILTER,
          after,
          confirm: after === null,
        },
        signal,
      );
      if (!told.ok) return told.failure.kind;
      for await (const one of told.value) {
        if (one.type === 'failed') return one.failure.kind;
        hear(heardIn(one, log));
        if (lingersMs > 0) await time.pause(lingersMs, signal);
      }
      return 'the end';
    },
  });
  return {
    desk: deskOf(name, 0),
    slowDesk: deskOf(`${name}, slowly`, LINGERS_MS),
    async hear(message) {
      return (await ingest.take([{ type: 'message', message, tags: null }])).ok;
    },
    async close() {
      broadcast.close();
      await log.close();
    },
  };
}

/** What the cursor of an in-process gateway says. */
export function marksIn(cursor: string, { conversation }: Asked): Marks {
  const ref = conversation === null ? undefined : refTo(conversation);
  const question = `events ${JSON.stringify([ref?.provider, ref?.nativeId, FILTER])}`;
  const marks = cursors.open(cursor, question);
  if (typeof marks !== 'string') return marks;
  throw new Error(`a cursor that was told is ${marks}`);
}

export function messageOf(conversation: string, id: string, at: number): Message {
  return {
    conversation: refTo(conversation),
    nativeId: id,
    derivedId: false,
    role: 'USER',
    kind: 'MESSAGE',
    visibility: 'PUBLIC',
    author: null,
    text: id,
    content: { type: 'text', text: id },
    citations: [],
    rating: null,
    attachments: [],
    tags: [],
    createdAt: new Date(at),
    updatedAt: null,
    native: null,
    raw: null,
  };
}

function refTo(conversation: string): ConversationRef {
  return { provider: providerName('website'), nativeId: conversation };
}

function heardIn(told: Exclude<Told, { readonly type: 'failed' }>, log: EventLog): Heard {
  const cursor = told.cursor();
  switch (told.type) {
    case 'listening':
      return { type: 'listening', cursor };
    case 'gap': {
      const { reason, conversation, from, to } = told.gap;
      return {
        type: 'gap',
        cursor,
        reason,
        conversation: conversation?.nativeId ?? null,
        from: from?.getTime() ?? null,
        to: to.getTime(),
      };
    }
    case 'event': {
      const { conversation, fact } = told.event;
      if (fact.kind !== 'MESSAGE_ADDED') throw new Error(`${fact.kind} was not asked for`);
      const lane = log.laneOf(conversation);
      const { nativeId: id } = fact.message;
      return { type: 'message', cursor, conversation: conversation.nativeId, id, lane };
    }
  }
}
