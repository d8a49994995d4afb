// The tags of conversations of which something is told without them: what we write is told at once, and no answer to a
// send says how its conversation is tagged.

import type { ConversationRef } from '../../domain/ids.ts';
import type { Tag } from '../../domain/tag.ts';
import type { EventLog } from '../../state/events/log.ts';
import { deadlineAfter } from '../deadline.ts';
import type { Dispatch } from '../dispatch.ts';

export interface KnownTags {
  /**
   * As they were told last; asked for where nobody has. Empty where there is no such conversation, null where its provider
   * does not say.
   */
  of(conversation: ConversationRef): Promise<readonly Tag[] | null>;
  /** Hears nothing more. */
  close(): void;
}

/** Conversations: those that were silent longest are asked about again. */
const MOST_KNOWN = 5000;

export function openKnownTags({
  events,
  dispatch,
}: {
  readonly events: EventLog;
  readonly dispatch: Dispatch;
}): KnownTags {
  const known = new Map<string, Promise<readonly Tag[] | null>>();

  function keep(key: string, tags: Promise<readonly Tag[] | null>): void {
    known.delete(key);
    known.set(key, tags);
    const [oldest] = known.size > MOST_KNOWN ? known.keys() : [];
    if (oldest !== undefined) known.delete(oldest);
  }

  const stopHearing = events.listen({
    entry({ event: { conversation, tags } }) {
      if (tags !== null) keep(keyOf(conversation), Promise.resolve(tags));
    },
    // What was changed meanwhile was not heard.
    lost: () => known.clear(),
  });

  async function ask(conversation: ConversationRef): Promise<readonly Tag[] | null> {
    const { provider } = conversation;
    const asked = await dispatch.run({
      provider,
      verb: 'CONVERSATION_GET',
      operation: { signal: new AbortController().signal, reads: new Map() },
      deadline: deadlineAfter(dispatch.provider(provider)?.deadlineMs ?? 0),
      with: (able, call) => able.does(conversation, call),
    });
    if (asked.ok) return asked.value.tags;
    return asked.failure.kind === 'not-found' ? [] : null;
  }

  return {
    of(conversation) {
      const key = keyOf(conversation);
      const told = known.get(key);
      if (told) return told;
      const asked = ask(conversation);
      keep(key, asked);
      void asked.then((tags) => {
        // Asked again the next time, unless somebody has told meanwhile.
        if (tags === null && known.get(key) === asked) known.delete(key);
      });
      return asked;
    },
    close: stopHearing,
  };
}

function keyOf({ provider, nativeId }: ConversationRef): string {
  return `${provider}/${nativeId}`;
}
