// What an end user may say: as themselves, in their own conversations, in words and nothing that steers a desk or a bot.

import {
  conversationAt,
  type Failure,
  failed,
  mapOutcome,
  type Outcome,
  success,
} from '../domain/failure.ts';
import type { ConversationRef } from '../domain/ids.ts';
import { ableTo, type Operation } from '../gateway/dispatch.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { groupOf } from '../gateway/inputs.ts';
import type { CreateInput, GetOrCreateInput } from '../gateway/writes/create-conversations.ts';
import type { SendInput } from '../gateway/writes/send-message.ts';
import type { Able, Provider } from '../providers/provider.ts';
import type { EndUser } from './guard-end-user.ts';
import { isThemselves, type Own } from './guard-own.ts';
import { leaveOut } from './guard-refusal.ts';
import { theirConversation, theirMessage, theirMessageOrNone } from './guard-view.ts';

type Writes = Pick<
  Gateway,
  'sendMessage' | 'createConversation' | 'getOrCreateConversation' | 'requestReply' | 'rateMessage'
>;

export function theirWrites(
  gateway: Gateway,
  own: Own,
  {
    contact,
    getMessage,
  }: Pick<EndUser, 'contact'> & {
    /** As they may see it. */
    readonly getMessage: Gateway['getMessage'];
  },
): Writes {
  /** Before anything is claimed or sent. */
  async function inTheirs<T>(
    ref: ConversationRef,
    operation: Operation,
    write: () => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> {
    const theirs = await own.conversation(ref, { ...operation, forWrite: true });
    return theirs.ok ? write() : theirs;
  }

  /** What a conversation of theirs is begun with. */
  function begun<Input extends CreateInput | GetOrCreateInput>(
    input: Input,
    verb: Begins,
  ): Outcome<Input> {
    const refused = createRefusal(input);
    if (refused) return refused;
    const provider = gateway.provider(input.provider);
    const nobodys = provider && beginsForContacts(provider, verb);
    if (nobodys) return failed(nobodys);
    const able = input.message === undefined ? undefined : speakingAt(provider);
    if (able?.ok === false) return able;
    const self = isThemselves(input.contactId, contact, 'contactId');
    if (!self.ok) return self;
    if (!self.value) return leaveOut('contactId', 'is somebody else, and this begins yours');
    return success({ ...input, contactId: contact.nativeId });
  }

  return {
    async sendMessage(input, operation) {
      const { conversation } = input;
      const said = sendRefusal(input);
      if (said) return said;
      const able = speakingAt(gateway.provider(conversation.provider));
      if (!able.ok) return able;
      const options = able.value.asContact?.(contact.nativeId);
      const asThemselves: typeof input = { ...input, as: 'USER', ...(options && { options }) };
      return inTheirs(conversation, operation, async () =>
        mapOutcome(await gateway.sendMessage(asThemselves, operation), (sent) => ({
          ...sent,
          message: theirMessageOrNone(sent.message, contact),
          reply: theirMessageOrNone(sent.reply, contact),
        })),
      );
    },

    async createConversation(input, operation) {
      const asked = begun(input, 'CONVERSATION_CREATE');
      if (!asked.ok) return asked;
      return mapOutcome(await gateway.createConversation(asked.value, operation), (created) => ({
        ...created,
        conversation: theirConversation(created.conversation, contact),
      }));
    },

    async getOrCreateConversation(input, operation) {
      const asked = begun(input, 'CONVERSATION_GET_OR_CREATE');
      if (!asked.ok) return asked;
      const got = await gateway.getOrCreateConversation(asked.value, operation);
      if (!got.ok) return got;
      const { conversation } = got.value;
      const theirs = await own.isTheirs(conversation, operation);
      if (!theirs.ok) return theirs;
      // Whatever it was found by, it is not shown for that.
      if (!theirs.value) {
        const { provider, nativeId } = conversation;
        return failed({ kind: 'not-found', what: conversationAt(provider, nativeId) });
      }
      return success({ ...got.value, conversation: theirConversation(conversation, contact) });
    },

    async requestReply(input, operation) {
      if (input.options) return leaveOut(groupOf(input.options), STEERS);
      return inTheirs(input.conversation, operation, async () =>
        mapOutcome(await gateway.requestReply(input, operation), (answered) => ({
          ...answered,
          reply: theirMessageOrNone(answered.reply, contact),
        })),
      );
    },

    async rateMessage(input, operation) {
      const seen = await getMessage(input.message, { ...operation, forWrite: true });
      if (!seen.ok) return seen;
      return mapOutcome(await gateway.rateMessage(input, operation), (message) =>
        theirMessage(message, contact),
      );
    },
  };
}

const STEERS = 'steers what is done at the desk or by its bot';

function sendRefusal(input: SendInput): ReturnType<typeof leaveOut> | undefined {
  const { as = 'USER', kind = 'MESSAGE', visibility = 'PUBLIC', options } = input;
  if (as !== 'USER') return leaveOut('as', 'is somebody else, and an end user writes as USER');
  if (kind !== 'MESSAGE') return leaveOut('kind', 'is for those who work at the desk');
  if (visibility !== 'PUBLIC') return leaveOut('visibility', 'is for those who work at the desk');
  if (options) return leaveOut(groupOf(options), STEERS);
  return steering(input, ['tags', 'name', 'description']);
}

function createRefusal(
  input: CreateInput | GetOrCreateInput,
): ReturnType<typeof leaveOut> | undefined {
  if (input.options) return leaveOut(groupOf(input.options), STEERS);
  const fields = ['tags', 'discriminateByTags', 'description', 'priority', 'messages'] as const;
  return steering({ discriminateByTags: undefined, ...input }, fields);
}

/** An empty list says nothing. */
function steering<Field extends string>(
  input: { readonly [Name in Field]?: unknown },
  fields: readonly Field[],
): ReturnType<typeof leaveOut> | undefined {
  const said = fields.find((field) => {
    const value = input[field];
    return Array.isArray(value) ? value.length > 0 : value !== undefined;
  });
  return said && leaveOut(said, STEERS);
}

/** Where nobody can write as the person outside, an end user would speak with the voice of the desk. */
function speakingAt(provider: Provider | undefined): Outcome<Able<'MESSAGE_SEND'>> {
  if (!provider) return failed({ kind: 'not-found', what: 'such provider here' });
  const able = ableTo(provider, 'MESSAGE_SEND');
  if (!able.ok || able.value.roles.includes('USER')) return able;
  const said = `At ${provider.name} nobody can write as the person outside, so an end user writes nothing there; write where they signed up.`;
  return failed({ kind: 'not-allowed', said });
}

/** Begun for nobody it would not be theirs. */
function beginsForContacts(provider: Provider, verb: Begins): Failure | undefined {
  const able = ableTo(provider, verb);
  if (!able.ok || able.value.fields.includes('contactId')) return undefined;
  const said = `At ${provider.name} a conversation is begun for nobody in particular, so an end user begins none there; have the desk begin it.`;
  return { kind: 'not-allowed', said };
}

type Begins = 'CONVERSATION_CREATE' | 'CONVERSATION_GET_OR_CREATE';
