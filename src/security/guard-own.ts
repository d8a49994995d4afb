// Whose a conversation is: its contact's, where its provider says who that is; else theirs who take part in it.

import type { ContactOf } from '../domain/caller.ts';
import type { Conversation } from '../domain/conversation.ts';
import {
  conversationAt,
  failed,
  mapOutcome,
  messageIn,
  type Outcome,
  success,
} from '../domain/failure.ts';
import type { ConversationRef, MessageRef } from '../domain/ids.ts';
import type { Operation } from '../gateway/dispatch.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { contactOf } from '../gateway/inputs.ts';

/** A failure is one of the provider's: then nobody knows, and nothing is shown. */
export interface Own {
  /** What nobody can tell is not theirs. */
  isTheirs(conversation: Conversation, operation: Operation): Promise<Outcome<boolean>>;
  /** Somebody else's is answered as one that does not exist. */
  conversation(ref: ConversationRef, operation: Operation): Promise<Outcome<Conversation>>;
  /** The same, for what is asked of a message in it. */
  conversationOf(message: MessageRef, operation: Operation): Promise<Outcome<Conversation>>;
}

type Asked = Pick<Gateway, 'getConversation' | 'listParticipants'>;

/** More people than that take part in no conversation with a customer; whoever comes after them is not found. */
const MOST_PAGES = 5;
const PAGE = 100;

export function ownOf(gateway: Asked, contact: ContactOf): Own {
  async function takesPart(
    conversation: Conversation,
    operation: Operation,
  ): Promise<Outcome<boolean>> {
    let after: string | null = null;
    for (let pages = 0; pages < MOST_PAGES; pages += 1) {
      const page = await gateway.listParticipants(conversation, { first: PAGE, after }, operation);
      if (!page.ok) return page.failure.kind === 'not-found' ? success(false) : page;
      // Null where its provider has no such list.
      if (page.value?.edges.some(({ node }) => node.nativeId === contact.nativeId)) {
        return success(true);
      }
      after = page.value?.hasNext ? page.value.endCursor() : null;
      if (after === null) break;
    }
    return success(false);
  }

  async function isTheirs(conversation: Conversation, operation: Operation) {
    if (conversation.provider !== contact.provider) return success(false);
    const { contact: said } = conversation;
    return said ? success(said.nativeId === contact.nativeId) : takesPart(conversation, operation);
  }

  async function found(ref: ConversationRef, what: string, operation: Operation) {
    const absent = failed({ kind: 'not-found', what });
    const asked = await gateway.getConversation(ref, operation);
    if (!asked.ok) return asked.failure.kind === 'not-found' ? absent : asked;
    const theirs = await isTheirs(asked.value, operation);
    if (!theirs.ok) return theirs;
    return theirs.value ? asked : absent;
  }

  return {
    isTheirs,
    conversation: (ref, operation) =>
      found(ref, conversationAt(ref.provider, ref.nativeId), operation),
    conversationOf: (message, operation) =>
      found(message.conversation, messageIn(message), operation),
  };
}

/** Whether whoever is named is themselves; nobody named is, too. */
export function isThemselves(
  said: string | undefined,
  contact: ContactOf,
  path: string,
): Outcome<boolean> {
  if (said === undefined) return success(true);
  return mapOutcome(
    contactOf(said, path),
    ({ nativeId, provider = contact.provider }) =>
      nativeId === contact.nativeId && provider === contact.provider,
  );
}
