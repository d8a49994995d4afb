// The mark of an attempt, as a tag that the bot declares for it: asked for by that, a message is made once however often
// it is sent.

import { mapOutcome, type Outcome } from '../../domain/failure.ts';
import type { Message } from '../../domain/message.ts';
import type { Call, TraceWay, Tracing } from '../provider.ts';
import type { MarkedMessage, SendMessage } from '../verbs.ts';
import type { Inbox } from './inbox.ts';
import { toMessage } from './mapping.ts';
import type { WireMessage } from './wire.ts';

export interface Marks {
  readonly tracing: Tracing;
  /** The tag that a message goes out with; undefined where it goes as it is. */
  tagFor(input: SendMessage): MarkTag | undefined;
  /** What came of it: a tag that nobody declared may be dropped without a word, and then every sending is a new one. */
  saw(answered: WireMessage, tag: MarkTag): void;
}

export interface MarkTag {
  readonly key: string;
  readonly value: string;
}

export function openMarks({ account, client }: Inbox): Marks {
  const { idempotencyTag: key } = account;
  // Not before it has come back once: to trust in a tag that is dropped would be to send twice.
  let isKept = false;

  function tagFor(input: SendMessage): MarkTag | undefined {
    // Only the bot has the bot's own tags.
    const asBot = input.as === 'BOT' && ownOf(input)?.integrationId === undefined;
    if (!asBot || key === undefined || input.mark === undefined) return undefined;
    return { key, value: input.mark };
  }

  function wayOf(input: SendMessage): TraceWay {
    // When a message that waits begins to be listed is written nowhere.
    if (ownOf(input)?.schedule) return 'none';
    return isKept && tagFor(input) ? 'repeat' : 'history';
  }

  async function find(
    { conversation, mark }: MarkedMessage,
    call: Call,
  ): Promise<Outcome<Message | null>> {
    const page = await client.listMessages(call, {
      conversationId: conversation.nativeId,
      query: [[`tags.${key}`, mark]],
      identity: AS_BOT,
    });
    return mapOutcome(page, ({ rows }) => {
      const row = rows.find(({ tags }) => key !== undefined && tags?.[key] === mark);
      return row ? toMessage(row, conversation, account) : null;
    });
  }

  return {
    tracing: {
      ways: key === undefined ? ['history', 'none'] : ['repeat', 'history', 'none'],
      wayOf,
      find,
      words: 'kept',
    },
    tagFor,
    saw(answered, tag) {
      isKept = answered.tags?.[tag.key] === tag.value;
    },
  };
}

/** Without an integration's headers, whatever the account itself acts as. */
const AS_BOT = { id: undefined, alias: undefined };

function ownOf({ options }: SendMessage) {
  return options?.kind === 'botpress' ? options : undefined;
}
