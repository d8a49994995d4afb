// What a gateway is put together of: every part is opened once here, in the order in which they need each other.

import { checked, mapOutcome, type Outcome } from '../domain/failure.ts';
import { type AccountScope, accountScope, type ProviderName, providerName } from '../domain/ids.ts';
import type { Log } from '../observability/log.ts';
import { type Meter, NO_METER } from '../observability/meter.ts';
import type { Provider } from '../providers/provider.ts';
import type { Left } from '../state/budget/budget.ts';
import type { EventLog } from '../state/events/log.ts';
import type { Ledger } from '../state/idempotency/ledger.ts';
import type { Leases } from '../state/lease/lease.ts';
import { dispatcher } from './dispatch.ts';
import type { Gateway } from './gateway.ts';
import { healthBook } from './health.ts';
import { cursorSeal } from './lists/cursor.ts';
import { listConversations } from './lists/list-conversations.ts';
import { listMessages } from './lists/list-messages.ts';
import { listParticipants } from './lists/list-participants.ts';
import { openBroadcast } from './live/broadcast.ts';
import { countedLog } from './live/counted-log.ts';
import { eventCursors } from './live/event-cursor.ts';
import { eventIssues } from './live/event-inputs.ts';
import { openHear } from './live/hear.ts';
import { openInOrder } from './live/in-order.ts';
import { openIngest } from './live/ingest.ts';
import { openKnownTags } from './live/known-tags.ts';
import { endOrphanedReplies } from './live/orphaned-replies.ts';
import { openReplies } from './live/stream-reply.ts';
import { type EventsAsked, subscribe } from './live/subscribe.ts';
import { openTelling } from './live/telling.ts';
import { openWatch, type WatchParts } from './live/watch.ts';
import { type Keeping, longestKeptMs, openAnswering } from './reads/answering.ts';
import { openCatchUp } from './reads/catch-up.ts';
import { openFreshness } from './reads/freshness.ts';
import { completeConversation } from './writes/complete-conversation.ts';
import { createConversations } from './writes/create-conversations.ts';
import { createSession } from './writes/create-session.ts';
import { openKeyedWrites } from './writes/keyed-writes.ts';
import { openOnce } from './writes/once.ts';
import { addParticipant, removeParticipant } from './writes/participants.ts';
import { requestReply } from './writes/request-reply.ts';
import { sendMessage } from './writes/send-message.ts';
import { settleDoubts } from './writes/settle.ts';
import { openTraces } from './writes/trace.ts';
import { updateConversation } from './writes/update-conversation.ts';
import { updateMessage } from './writes/update-message.ts';
import { uploadAttachment } from './writes/upload-attachment.ts';
import { upsertContact } from './writes/upsert-contact.ts';

export interface GatewayParts {
  readonly providers: readonly Provider[];
  readonly events: EventLog;
  /** Under what is remembered of each account; absent, under its name alone. */
  readonly scopes?: ReadonlyMap<ProviderName, AccountScope>;
  /** Where answers to queries are kept; absent, each is asked for. */
  readonly keeping?: Keeping;
  /** Which writes were asked under which keys, by all gateways of one memory. */
  readonly ledger: Ledger;
  /** Whose turn it is to create a conversation, or to write a whole list, among all gateways of one memory. */
  readonly turnLeases: Leases;
  /** Who writes which answer, known to all gateways of one log; absent where this one is alone. */
  readonly replyLeases?: Leases;
  readonly cursorSecret: string;
  /** How long one operation may take; absent, as long as four of the slowest calls. */
  readonly operationMs?: number | undefined;
  /** How accounts are looked at while somebody listens; absent, they are not. */
  readonly watch?: Pick<WatchParts, 'leases' | 'polling' | 'retentionMs' | 'timer'>;
  /** When an account that is left in peace, because it fails, is tried again; null where it is not. */
  readonly nextTry?: (provider: ProviderName) => Date | null;
  /** What each service still takes, as far as it is known. */
  readonly rateLeft?: (provider: ProviderName) => Left | null;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly log: Log;
  /** Absent, nobody counts. */
  readonly meter?: Meter;
}

/** Of the longest single answer: an operation may ask for several, one after the other. */
const PATIENCE = 4;

export function openGateway(parts: GatewayParts): Gateway {
  const { providers, cursorSecret, clock, log, meter = NO_METER } = parts;
  const health = healthBook(
    providers.map(({ name }) => name),
    clock,
    parts.nextTry,
  );
  const restsUntil = (name: ProviderName) => parts.rateLeft?.(name)?.restsUntil ?? null;
  const dispatch = dispatcher({ providers, health, restsUntil, log, meter });
  const seal = cursorSeal(cursorSecret);
  const scopeOf = (name: ProviderName) => parts.scopes?.get(name) ?? accountScope(name, '');
  // Before all others that listen: whoever hears of a change after it reads nothing of before.
  const freshness = openFreshness({
    events: parts.events,
    clock,
    longestMs: longestKeptMs(parts.keeping),
  });
  const events = countedLog(freshness.log, meter);
  const broadcast = openBroadcast(events);
  const ingest = openIngest({ events, clock });
  const watch =
    parts.watch && openWatch({ ...parts.watch, providers, dispatch, ingest, events, clock, log });
  const inOrder = openInOrder({ ingest, dispatch, events, watch, clock });
  const knownTags = openKnownTags({ events, dispatch });
  const telling = openTelling({ ingest: inOrder, freshness, log });
  const {
    create,
    getOrCreate,
    close: stopCreating,
  } = createConversations({
    dispatch,
    telling,
    scopeOf,
    leases: parts.turnLeases,
    clock,
    log,
  });
  const longestMs = Math.max(0, ...providers.map(({ replyDeadlineMs }) => replyDeadlineMs));
  const replyParts = { dispatch, events, ingest: inOrder, clock, log, longestMs };
  const { replyLeases } = parts;
  const replies = openReplies({ ...replyParts, ...(replyLeases && { leases: replyLeases }) });
  const stopEndingReplies =
    replyLeases && endOrphanedReplies({ ...replyParts, leases: replyLeases });
  const traces = openTraces({ dispatch, leases: parts.turnLeases, scopeOf, clock });
  const stopSettling = settleDoubts({
    dispatch,
    ledger: parts.ledger,
    events,
    ingest: inOrder,
    traces,
    scopeOf,
    clock,
    log,
    meter,
  });
  const once = openOnce({
    ledger: parts.ledger,
    scopeOf: (name) => scopeOf(providerName(name)),
    log,
    meter,
  });
  const keyed = openKeyedWrites({
    once,
    dispatch,
    attempts: {
      sendMessage: async (input, operation, attempt) =>
        telling.said(
          input.conversation,
          await sendMessage({ dispatch, replies, traces }, input, { operation, attempt }),
        ),
      createConversation: async (input, operation) => {
        const name = providerName(input.provider);
        const created = await telling.created(name, await create(input, operation));
        return mapOutcome(created, (conversation) => ({ conversation }));
      },
      getOrCreateConversation: async (input, operation) => {
        const got = await getOrCreate(input, operation);
        const name = providerName(input.provider);
        // A name that nobody has is whatever somebody wrote.
        const provider = dispatch.provider(name)?.name ?? 'unknown';
        meter.count('parlance_get_or_create_total', { provider, outcome: comeOf(got) });
        return telling.gotOrCreated(name, got);
      },
      requestReply: async (request, operation) =>
        telling.said(
          request.conversation,
          await requestReply({ dispatch, replies }, request, operation),
        ),
      completeConversation: (input, operation) => completeConversation(dispatch, input, operation),
      uploadAttachment: async (input, operation) => {
        const { conversation } = input;
        const made = await uploadAttachment(dispatch, input, operation);
        const uploaded = await telling.uploaded(conversation, made);
        return mapOutcome(uploaded, (file) => ({ ...file, conversation }));
      },
    },
  });
  const hear = openHear({ providers, ingest, inOrder, broadcast, clock, log });
  const cursors = eventCursors(cursorSecret);
  const catchUp = openCatchUp({ cursors, freshness });
  const { keeping } = parts;
  meter.read('parlance_subscribers', () => [[{}, broadcast.listeners]]);
  meter.read('parlance_event_queue_entries', () => [
    [{}, broadcast.waiting().reduce((sum, one) => sum + one, 0)],
  ]);
  meter.read('parlance_event_queue_longest', () => [[{}, Math.max(0, ...broadcast.waiting())]]);
  const reads = openAnswering({ dispatch, freshness, catchUp, scopeOf, keeping, clock, meter });

  return {
    providers,
    provider: (name) => providers.find((provider) => provider.name === name),
    health(name) {
      const rateLimit = parts.rateLeft?.(name) ?? null;
      return { ...health.of(name), rateLimit: isAnythingKnown(rateLimit) ? rateLimit : null };
    },

    listConversations: (asked, operation) =>
      listConversations({ dispatch, reads, seal, clock }, asked, operation),
    listMessages: (conversation, asked, operation) =>
      listMessages({ dispatch, reads, seal }, conversation, asked, operation),
    listParticipants: (conversation, asked, operation) =>
      listParticipants({ dispatch, reads, seal }, conversation, asked, operation),
    getConversation: async (ref, operation) =>
      (await reads.conversation(ref.provider, ref, { operation })).outcome,
    getMessage: async (ref, operation) =>
      (await reads.message(ref.conversation.provider, ref, { operation })).outcome,
    checkAfter: catchUp.check,

    ...keyed,
    updateConversation: async (input, operation) =>
      telling.updated(input.conversation, await updateConversation(dispatch, input, operation)),
    deleteConversation: async (ref, operation) => {
      const deleted = await dispatch.run({
        provider: ref.provider,
        verb: 'CONVERSATION_DELETE',
        operation,
        with: (able, call) => able.does(ref, call),
      });
      return telling.deleted(ref, deleted);
    },
    updateMessage: async (input, operation) =>
      telling.messageUpdated(input.message, await updateMessage(dispatch, input, operation)),
    deleteMessage: async (ref, operation) => {
      const deleted = await dispatch.run({
        provider: ref.conversation.provider,
        verb: 'MESSAGE_DELETE',
        operation,
        with: (able, call) => able.does(ref, call),
      });
      return telling.messageDeleted(ref, deleted);
    },
    rateMessage: async (input, operation) => {
      const rated = await dispatch.run({
        provider: input.message.conversation.provider,
        verb: 'MESSAGE_RATE',
        operation,
        with: (able, call) => able.does(input, call),
      });
      return telling.messageRated(input.message, rated);
    },
    upsertContact: async (input, operation) =>
      telling.upserted(
        input.conversation ?? providerName(input.provider ?? ''),
        await upsertContact(dispatch, input, operation),
      ),
    addParticipant: async (input, operation) =>
      telling.participants(input.conversation, await addParticipant(dispatch, input, operation)),
    removeParticipant: async (input, operation) =>
      telling.participants(input.conversation, await removeParticipant(dispatch, input, operation)),
    createSession: (input, operation) => createSession(dispatch, input, operation),

    subscribe: async (asked, signal) => {
      const names = providers.map(({ name }) => name);
      const good = checked(asked, eventIssues(asked, names));
      const joined = (to: EventsAsked) => watch?.joined(to) ?? (() => undefined);
      return good.ok
        ? subscribe(
            {
              log: events,
              broadcast,
              cursors,
              clock,
              repliesMs: longestMs,
              joined,
              tagsOf: knownTags.of,
              replayed: freshness.note,
              meter,
            },
            asked,
            signal,
          )
        : good;
    },
    takesWebhooks: hear.takesWebhooks,
    webhook: hear.webhook,
    operationMs: parts.operationMs ?? PATIENCE * longestMs,
    get listeners() {
      return broadcast.listeners;
    },
    async close() {
      hear.close();
      broadcast.close();
      await Promise.all([replies.close(), stopEndingReplies?.(), once.close()]);
      await stopSettling();
      await stopCreating();
      inOrder.close();
      knownTags.close();
      freshness.close();
      await watch?.close();
    },
  };
}

function comeOf(got: Outcome<{ readonly created: boolean }>) {
  if (!got.ok) return got.failure.kind;
  return got.value.created ? 'created' : 'found';
}

function isAnythingKnown(left: Left | null): boolean {
  return left !== null && Object.values(left).some((known) => known !== null);
}
