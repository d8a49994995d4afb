// A service made by hand that can do everything, for customers of its own: what it stores of each says whose it is.

import type { Conversation } from '../../src/domain/conversation.ts';
import { meetsFilter } from '../../src/domain/conversation.ts';
import {
  conversationAt,
  failed,
  messageIn,
  type Outcome,
  success,
} from '../../src/domain/failure.ts';
import { type ConversationRef, type MessageRef, providerName } from '../../src/domain/ids.ts';
import type { Message } from '../../src/domain/message.ts';
import type { Page } from '../../src/domain/page.ts';
import type { MessageRole, Participant } from '../../src/domain/participant.ts';
import type { FilterTable, Provider } from '../../src/providers/provider.ts';
import type { CreateConversation } from '../../src/providers/verbs.ts';
import { fullConversation, fullMessage, type Kind, type Owner } from './full-rows.ts';

export interface FullService {
  readonly provider: Provider;
  /** What is stored, oldest first. */
  readonly rows: Map<string, Stored>;
  /** Everything it was asked to change, by verb and conversation, in order. */
  readonly changed: readonly string[];
  /** How often it was asked anything. */
  asked(): number;
  /** From now on every question about this fails so; null, as usual. */
  fails(what: 'participants' | 'conversations' | null): void;
  begin(nativeId: string, owner: Owner): Stored;
  say(nativeId: string, message: Partial<Parameters<typeof fullMessage>[1]>): Message;
}

export interface Stored {
  conversation: Conversation;
  readonly owner: Owner;
  /** Newest first. */
  readonly messages: Message[];
  readonly participants: Participant[];
}

export interface Making {
  readonly name: string;
  readonly kind?: Kind;
  /** `row`: a conversation says whose it is. `participants`: only the list of who takes part does. */
  readonly says?: 'row' | 'participants';
  /** Whether its list heeds a contact it is asked for, as its table says it does. */
  readonly heeds?: boolean;
  readonly filters?: Partial<FilterTable>;
  readonly roles?: readonly [MessageRole, ...MessageRole[]];
  /** The words of those it knows, by their ids there. */
  readonly people?: readonly Owner[];
}

export function fullService(making: Making): FullService {
  const { kind = 'generic', says = 'row', heeds = true, filters = {}, people = [] } = making;
  const { roles = ['USER', 'BOT', 'AGENT', 'SYSTEM'] } = making;
  const name = providerName(making.name);
  const rows = new Map<string, Stored>();
  const changed: string[] = [];
  const begun = new Map<string, number>();
  let asked = 0;
  let failing: 'participants' | 'conversations' | null = null;

  const OUT = failed({ kind: 'unavailable', provider: name, because: 'it is out', retryAt: null });

  /** Numbers of each owner's own: what one does leaves no trace in what another is given. */
  function next(owner: string): number {
    const at = begun.get(owner) ?? 0;
    begun.set(owner, at + 1);
    return at;
  }

  function begin(nativeId: string, owner: Owner): Stored {
    const place = {
      provider: name,
      kind,
      nativeId,
      owner,
      at: next(`conversations ${owner.mark}`),
      saysWhose: says === 'row',
    };
    const them: Participant[] =
      owner.nativeId === null
        ? []
        : [
            {
              nativeId: owner.nativeId,
              role: 'USER',
              name: owner.mark,
              email: owner.mark,
              imageUrl: null,
            },
          ];
    const stored: Stored = {
      conversation: fullConversation(place),
      owner,
      messages: [],
      participants: [
        {
          nativeId: 'agent-1',
          role: 'AGENT',
          name: owner.mark,
          email: owner.mark,
          imageUrl: owner.mark,
        },
        ...them,
      ],
    };
    rows.set(nativeId, stored);
    return stored;
  }

  function say(nativeId: string, said: Partial<Parameters<typeof fullMessage>[1]>): Message {
    const stored = rows.get(nativeId);
    if (!stored) throw new Error(`nobody can say anything in ${nativeId}`);
    const at = next(`messages ${nativeId}`);
    const message = fullMessage(
      { provider: name, kind, nativeId, at },
      { nativeId: `${nativeId}-m${at}`, mark: stored.owner.mark, ...said },
    );
    stored.messages.unshift(message);
    return message;
  }

  async function found<T>(
    { nativeId }: ConversationRef,
    show: (stored: Stored) => T | Outcome<T>,
  ): Promise<Outcome<T>> {
    asked += 1;
    await Promise.resolve();
    if (failing === 'conversations') return OUT;
    const stored = rows.get(nativeId);
    if (!stored) return failed({ kind: 'not-found', what: conversationAt(name, nativeId) });
    const shown = show(stored);
    return isOutcome(shown) ? shown : success(shown);
  }

  function messageAt(ref: MessageRef): Promise<Outcome<Message>> {
    return found<Message>(ref.conversation, ({ messages }) => {
      const one = messages.find(({ nativeId }) => nativeId === ref.nativeId);
      return one ? success(one) : failed({ kind: 'not-found', what: messageIn(ref) });
    });
  }

  function change<T>(
    verb: string,
    ref: ConversationRef,
    become: (stored: Stored) => T | Outcome<T>,
  ): Promise<Outcome<T>> {
    return found(ref, (stored) => {
      changed.push(`${verb} ${ref.nativeId}`);
      return become(stored);
    });
  }

  function create(input: CreateConversation): Promise<Outcome<Conversation>> {
    asked += 1;
    changed.push(`create ${input.contactId ?? 'for nobody'}`);
    const { contactId = null } = input;
    const known = people.find(({ nativeId }) => nativeId === contactId);
    const owner = known ?? { nativeId: contactId, mark: 'NOBODYS' };
    const whose = known?.nativeId?.replace('contact-', '') ?? 'nobody';
    const { conversation } = begin(`conversation-of-${whose}-new-${next(`new ${whose}`)}`, owner);
    return Promise.resolve(success(conversation));
  }

  const provider: Provider = {
    name,
    kind,
    deadlineMs: 5000,
    replyDeadlineMs: 5000,
    can: {
      CONVERSATION_LIST: {
        ...ABLE,
        paging: 'offset',
        order: 'by-time',
        filters: { ...PUSHED, ...filters },
        async does({ at, size, filter }) {
          asked += 1;
          await Promise.resolve();
          if (failing === 'conversations') return OUT;
          const { contactId } = filter;
          const isTheirs = ({ participants }: Stored) =>
            !heeds ||
            contactId === undefined ||
            participants.some(({ nativeId }) => nativeId === contactId);
          const shown = [...rows.values()]
            .filter(isTheirs)
            .map(({ conversation }) => conversation)
            .filter((row) => meetsFilter(row, filter, 'status') && meetsFilter(row, filter, 'tags'))
            .toSorted((one, other) => other.sortedAt.getTime() - one.sortedAt.getTime());
          return success(pageOf(shown, { at, size }));
        },
      },
      CONVERSATION_GET: { ...ABLE, does: (ref) => found(ref, ({ conversation }) => conversation) },
      CONVERSATION_CREATE: { ...ABLE, fields: CREATE_FIELDS, does: create },
      CONVERSATION_GET_OR_CREATE: {
        ...ABLE,
        fields: [...CREATE_FIELDS, 'discriminateByTags'],
        async does(input) {
          const stored = [...rows.values()].find(
            ({ owner }) => owner.nativeId === (input.contactId ?? null),
          );
          if (stored) return success({ created: false, conversation: stored.conversation });
          const created = await create(input);
          return created.ok ? success({ created: true, conversation: created.value }) : created;
        },
      },
      CONVERSATION_UPDATE: {
        ...ABLE,
        fields: ['title', 'status'],
        does: ({ conversation, changes }) =>
          change('update', conversation, (stored) => {
            const title = changes.title === undefined ? stored.conversation.title : changes.title;
            stored.conversation = { ...stored.conversation, title };
            return { conversation: stored.conversation, ignored: ['title'], unfinished: null };
          }),
      },
      CONVERSATION_DELETE: {
        ...ABLE,
        does: (ref) => change('delete', ref, () => (rows.delete(ref.nativeId), null)),
      },
      MESSAGE_LIST: {
        ...ABLE,
        paging: 'offset',
        order: 'by-time',
        does: ({ conversation, at, size }) =>
          found<Page<Message>>(conversation, ({ messages }) => pageOf(messages, { at, size })),
      },
      MESSAGE_GET: { ...ABLE, does: messageAt },
      MESSAGE_SEND: {
        ...ABLE,
        fields: ['tags', 'name', 'description'],
        roles,
        kinds: ['MESSAGE', 'NOTE'],
        visibilities: ['PUBLIC', 'INTERNAL'],
        contentKinds: ['text', 'markdown'],
        replies: 'never',
        tracing: { ways: ['none'], wayOf: () => 'none', words: 'kept' },
        ...(kind === 'botpress' && { asContact: (userId) => ({ kind, userId }) }),
        does: ({ conversation, content, as, kind: what, visibility, options }) =>
          change(`send as ${as}${by(options)}`, conversation, () => ({
            message: say(conversation.nativeId, { content, role: as, kind: what, visibility }),
            reply: say(conversation.nativeId, { role: 'BOT' }),
            usage: { tokens: 7, endReason: 'stop' },
            unfinished: null,
          })),
      },
      MESSAGE_UPDATE: {
        ...ABLE,
        fields: ['content'],
        roles: ['USER'],
        kinds: ['MESSAGE'],
        contentKinds: ['text'],
        does: ({ message: ref }) =>
          change('update a message in', ref.conversation, ({ messages }) => {
            const one = messages.find(({ nativeId }) => nativeId === ref.nativeId);
            return one
              ? success({ message: one, ignored: ['content'] })
              : failed({ kind: 'not-found', what: messageIn(ref) });
          }),
      },
      MESSAGE_DELETE: {
        ...ABLE,
        does: (ref) => change('delete a message in', ref.conversation, () => null),
      },
      MESSAGE_RATE: {
        ...ABLE,
        does: async ({ message: ref }) => {
          const rated = await messageAt(ref);
          if (rated.ok) changed.push(`rate ${ref.nativeId}`);
          return rated;
        },
      },
      REPLY_REQUEST: {
        ...ABLE,
        does: ({ conversation }) =>
          change('request a reply in', conversation, () => ({
            reply: say(conversation.nativeId, { role: 'BOT' }),
            usage: { tokens: 7, endReason: 'stop' },
            unfinished: null,
          })),
      },
      REPLY_STREAM: { support: 'NONE', note: 'It gives its answers whole.' },
      CONVERSATION_COMPLETE: {
        ...ABLE,
        fields: [],
        roles: ['USER'],
        kinds: ['MESSAGE'],
        withheld: {},
        does: () => {
          changed.push('complete');
          return Promise.resolve(
            success({ text: 'an answer', usage: { tokens: 7, endReason: 'stop' } }),
          );
        },
      },
      CONTACT_UPSERT: {
        ...ABLE,
        of: 'account',
        fields: ['name'],
        does: ({ name: said }) => {
          changed.push('upsert');
          const contact = {
            nativeId: 'new',
            name: said ?? 'x',
            email: 'x',
            phone: 'x',
            imageUrl: 'x',
          };
          return Promise.resolve(success({ outcome: 'CREATED', contact }));
        },
      },
      PARTICIPANT_LIST: {
        ...ABLE,
        paging: 'offset',
        order: 'own',
        does: ({ conversation, at, size }) =>
          found<Page<Participant>>(conversation, ({ participants }) =>
            failing === 'participants' ? OUT : success(pageOf(participants, { at, size })),
          ),
      },
      PARTICIPANT_ADD: {
        ...ABLE,
        does: ({ conversation, participantId }) =>
          change('add to', conversation, ({ participants, owner: { mark } }) => {
            const one: Participant = {
              nativeId: participantId,
              role: 'USER',
              name: mark,
              email: mark,
              imageUrl: mark,
            };
            participants.push(one);
            return one;
          }),
      },
      PARTICIPANT_REMOVE: {
        ...ABLE,
        does: ({ conversation }) => change('remove from', conversation, () => null),
      },
      ATTACHMENT_UPLOAD: {
        ...ABLE,
        fields: ['url', 'file'],
        does: ({ conversation }) =>
          change('upload to', conversation, ({ owner: { mark } }) => ({
            attachment: { name: mark, type: 'text/plain', url: mark },
            upload: { method: 'PUT', url: mark, headers: [{ name: 'x', value: mark }] },
          })),
      },
      SESSION_CREATE: {
        ...ABLE,
        does: ({ conversation }) =>
          change('open', conversation, () => ({ token: 'a token', expiresAt: new Date(0) })),
      },
    },
  };

  return {
    provider,
    rows,
    changed,
    asked: () => asked,
    fails: (what) => {
      failing = what;
    },
    begin,
    say,
  };
}

const ABLE = { support: 'NATIVE', note: 'As it does.' } as const;

const CREATE_FIELDS = [
  'channel',
  'tags',
  'title',
  'description',
  'contactId',
  'priority',
  'message',
  'messages',
] as const;

const PUSHED = {
  channel: 'pushed',
  contactId: 'pushed',
  tags: 'pushed',
  status: 'pushed',
  archived: 'pushed',
  important: 'pushed',
  createdAfter: 'pushed',
  createdBefore: 'pushed',
  search: 'pushed',
} as const satisfies FilterTable;

function pageOf<T>(
  rows: readonly T[],
  { at, size }: { readonly at: string | null; readonly size: number },
): Page<T> {
  const from = Number(at ?? 0);
  const end = from + size;
  return { items: rows.slice(from, end), next: end < rows.length ? String(end) : null };
}

function by(options: { readonly kind: string; readonly userId?: unknown } | undefined): string {
  return options && 'userId' in options ? ` ${String(options.userId)}` : '';
}

function isOutcome<T>(value: T | Outcome<T>): value is Outcome<T> {
  return typeof value === 'object' && value !== null && 'ok' in value;
}
