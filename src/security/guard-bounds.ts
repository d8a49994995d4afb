// What a caller's scopes and accounts let through, of everything a gateway does. Nothing is asked or claimed before that.

import { type Caller, lacking, type Scope } from '../domain/caller.ts';
import { checked, type Failure, failed, type Outcome } from '../domain/failure.ts';
import type { ProviderName } from '../domain/ids.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { filterIssues, pageIssues } from '../gateway/inputs.ts';
import { eventIssues } from '../gateway/live/event-inputs.ts';
import type { EventsAsked, Told } from '../gateway/live/subscribe.ts';
import { unnamedProvider } from '../gateway/writes/upsert-contact.ts';
import { sifted } from './guard-events.ts';
import { noSuch, nothingToSee, type Visible, visibleTo } from './guard-visible.ts';

/** Every member by its name: one that is added to the gateway is not let through before somebody has thought of it. */
export function bounded(gateway: Gateway, caller: Caller): Gateway {
  const visible = visibleTo(gateway, caller);
  const { read, write, writeTo } = checks(caller, visible);

  return {
    providers: visible.providers,
    provider: (name) => visible.providers.find((provider) => provider.name === name),
    health(name) {
      const health = gateway.health(name);
      return caller.scopes.has('admin') ? health : { ...health, lastFailure: null };
    },

    async listConversations(asked, operation) {
      const refusal = lacking(caller, 'read');
      if (refusal) return failed(refusal);
      const { first, filter } = asked;
      const issues = [...pageIssues(first), ...filterIssues(filter, visible.names)];
      const good = checked(asked, issues);
      if (!good.ok) return good;
      const nothing = nothingToSee(visible);
      if (nothing) return nothing;
      return gateway.listConversations({ ...asked, filter: visible.narrowed(filter) }, operation);
    },
    listMessages: (conversation, asked, operation) =>
      read(conversation.provider, () => gateway.listMessages(conversation, asked, operation)),
    listParticipants: (conversation, asked, operation) =>
      read(conversation.provider, () => gateway.listParticipants(conversation, asked, operation)),
    getConversation: (ref, operation) =>
      read(ref.provider, () => gateway.getConversation(ref, operation)),
    getMessage: (ref, operation) =>
      read(ref.conversation.provider, () => gateway.getMessage(ref, operation)),
    // It says how old an answer may be, and nothing of what happened.
    checkAfter: (after) => gateway.checkAfter(after),

    sendMessage: (input, operation) =>
      write(input.conversation.provider, () => gateway.sendMessage(input, operation)),
    createConversation: (input, operation) =>
      writeTo(input.provider, () => gateway.createConversation(input, operation)),
    getOrCreateConversation: (input, operation) =>
      writeTo(input.provider, () => gateway.getOrCreateConversation(input, operation)),
    requestReply: (input, operation) =>
      write(input.conversation.provider, () => gateway.requestReply(input, operation)),
    completeConversation: (input, operation) =>
      writeTo(input.provider, () => gateway.completeConversation(input, operation)),
    uploadAttachment: (input, operation) =>
      write(input.conversation.provider, () => gateway.uploadAttachment(input, operation)),
    updateConversation: (input, operation) =>
      write(input.conversation.provider, () => gateway.updateConversation(input, operation)),
    deleteConversation: (ref, operation) =>
      write(ref.provider, () => gateway.deleteConversation(ref, operation)),
    updateMessage: (input, operation) =>
      write(input.message.conversation.provider, () => gateway.updateMessage(input, operation)),
    deleteMessage: (ref, operation) =>
      write(ref.conversation.provider, () => gateway.deleteMessage(ref, operation)),
    rateMessage: (input, operation) =>
      write(input.message.conversation.provider, () => gateway.rateMessage(input, operation)),
    upsertContact(input, operation) {
      const { provider, conversation } = input;
      const upsert = () => gateway.upsertContact(input, operation);
      if (conversation) return write(conversation.provider, upsert);
      if (provider !== undefined) return writeTo(provider, upsert);
      return refused(lacking(caller, 'write') ?? unnamedProvider(visible.names));
    },
    addParticipant: (input, operation) =>
      write(input.conversation.provider, () => gateway.addParticipant(input, operation)),
    removeParticipant: (input, operation) =>
      write(input.conversation.provider, () => gateway.removeParticipant(input, operation)),
    createSession: (input, operation) =>
      write(input.conversation.provider, () => gateway.createSession(input, operation)),

    async subscribe(asked, signal) {
      const refusal = lacking(caller, 'read');
      if (refusal) return failed(refusal);
      const good = checked(asked, eventIssues(asked, visible.names));
      if (!good.ok) return good;
      const nothing = nothingToSee(visible);
      if (nothing) return nothing;
      const narrowed: EventsAsked = { ...asked, filter: visible.narrowed(asked.filter) };
      const told = await gateway.subscribe(narrowed, signal);
      return told.ok
        ? { ok: true, value: sifted(told.value, (one) => (isTold(one, visible) ? one : undefined)) }
        : told;
    },

    // Whoever posts to a webhook is no caller, and no caller ends a gateway.
    takesWebhooks: () => false,
    webhook: (name) => refused(noSuch(name)),
    operationMs: gateway.operationMs,
    get listeners() {
      return gateway.listeners;
    },
    close: () => Promise.resolve(),
  };
}

function checks(caller: Caller, visible: Visible) {
  function may(scope: Scope) {
    return async <T>(name: ProviderName, ask: () => Promise<Outcome<T>>): Promise<Outcome<T>> => {
      const refusal = lacking(caller, scope) ?? visible.absent(name);
      return refusal ? failed(refusal) : ask();
    };
  }
  return {
    read: may('read'),
    write: may('write'),
    /** An account that is named in the input, not by an id. */
    async writeTo<T>(name: string, ask: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
      const refusal = lacking(caller, 'write');
      if (refusal) return failed(refusal);
      return visible.unnamed(name) ?? ask();
    },
  };
}

/** Not trusted to have been asked for these only. */
function isTold(told: Told, visible: Visible): boolean {
  switch (told.type) {
    case 'event':
      return visible.sees(told.event.conversation.provider);
    case 'gap':
      return told.gap.conversation === null || visible.sees(told.gap.conversation.provider);
    case 'listening':
    case 'failed':
      return true;
  }
}

function refused(failure: Failure): Promise<Outcome<never>> {
  return Promise.resolve(failed(failure));
}
