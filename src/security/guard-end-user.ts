// The gateway of an end user: their own conversations, as they may see them, and what they say in them.

import type { ContactOf } from '../domain/caller.ts';
import { failed, type Outcome } from '../domain/failure.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { theirEvents } from './guard-end-user-events.ts';
import { theirReads } from './guard-end-user-reads.ts';
import { theirWrites } from './guard-end-user-writes.ts';
import { ownOf } from './guard-own.ts';

export interface EndUser {
  /** Of the caller, by which their keys are told from those of others. */
  readonly id: string;
  readonly contact: ContactOf;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** Every member by its name, as in `bounded`, which stands before it. */
export function asEndUser(gateway: Gateway, user: EndUser): Gateway {
  const own = ownOf(gateway, user.contact);
  const reads = theirReads(gateway, own, user);
  const writes = theirWrites(gateway, own, { ...user, getMessage: reads.getMessage });

  return {
    providers: gateway.providers,
    provider: gateway.provider,
    // How it does is what they may know of it; why, and what is left of it, is its operator's.
    health: (name) => ({ ...gateway.health(name), lastFailure: null, rateLimit: null }),

    listConversations: reads.listConversations,
    listMessages: reads.listMessages,
    listParticipants: reads.listParticipants,
    getConversation: reads.getConversation,
    getMessage: reads.getMessage,
    checkAfter: (after) => gateway.checkAfter(after),

    sendMessage: writes.sendMessage,
    createConversation: writes.createConversation,
    getOrCreateConversation: writes.getOrCreateConversation,
    requestReply: writes.requestReply,
    rateMessage: writes.rateMessage,
    // What changes how a desk works, costs without being kept, or leads past this gateway.
    completeConversation: notTheirs,
    uploadAttachment: notTheirs,
    updateConversation: notTheirs,
    deleteConversation: notTheirs,
    updateMessage: notTheirs,
    deleteMessage: notTheirs,
    upsertContact: notTheirs,
    addParticipant: notTheirs,
    removeParticipant: notTheirs,
    createSession: notTheirs,

    subscribe: theirEvents(gateway, own, user),

    takesWebhooks: gateway.takesWebhooks,
    webhook: gateway.webhook,
    operationMs: gateway.operationMs,
    get listeners() {
      return gateway.listeners;
    },
    close: gateway.close,
  };
}

function notTheirs(): Promise<Outcome<never>> {
  const said =
    'An end user may begin a conversation, write in their own, rate what was answered and ask for an answer; this is for those who work at the desk.';
  return Promise.resolve(failed({ kind: 'not-allowed', said }));
}
