// Messages read and sent. The service derives their direction from who acts, so the role decides which headers go along.

import { failed, type Issue, mapOutcome, type Outcome, success } from '../../domain/failure.ts';
import type { MessageRef } from '../../domain/ids.ts';
import type { Message, MessageContent } from '../../domain/message.ts';
import type { SendOptions } from '../../domain/native.ts';
import type { Page } from '../../domain/page.ts';
import type { Call, ListMessages, SendMessage, SentMessage } from '../provider.ts';
import { BLOC_ITEMS, type Typed, toTyped } from './content.ts';
import { type Hands, withHints } from './conversations.ts';
import {
  actingIdentity,
  type Identity,
  identityIssues,
  isSameIdentity,
  ownIdentity,
} from './identity.ts';
import type { BotpressAccount } from './index.ts';
import { judged, tagIssues, tagMap } from './inputs.ts';
import { toMessage } from './mapping.ts';
import type { WireMessage } from './wire.ts';

/** Newest first, always: the list has no sort parameters. */
export async function listMessages(
  { client }: Hands,
  { conversation, at, size }: ListMessages,
  call: Call,
): Promise<Outcome<Page<Message>>> {
  const from = at === null ? [] : [['nextToken', at] as const];
  const page = await withHints([['pageSize', String(size)]], (hints) =>
    client.listMessages(call, {
      conversationId: conversation.nativeId,
      query: [...from, ...hints],
    }),
  );
  return mapOutcome(page, ({ rows, next }) => ({
    items: rows.map((row) => toMessage(row, conversation)),
    next,
  }));
}

export async function getMessage(
  { account, client }: Hands,
  { conversation, nativeId }: MessageRef,
  call: Call,
): Promise<Outcome<Message>> {
  const said = await client.getMessage(call, nativeId);
  if (!said.ok) return said;
  // The path is flat: the service finds a message whatever conversation it is asked for in.
  const home = said.value.conversationId ?? conversation.nativeId;
  if (home !== conversation.nativeId) {
    const place = `conversation ${conversation.nativeId} at ${account.name}`;
    return failed({ kind: 'not-found', what: `message ${nativeId} in ${place}` });
  }
  return success(toMessage(said.value, conversation));
}

/** As BOT it goes out, signed with the bot's id; as USER it comes in, through an integration. */
export async function sendMessage(
  hands: Hands,
  input: SendMessage,
  call: Call,
): Promise<Outcome<SentMessage>> {
  const { account, client } = hands;
  const { conversation, content, tags } = input;
  const own = input.options?.kind === 'botpress' ? input.options : undefined;
  const isUser = input.as === 'USER';
  // The bot's own words must not go through the account's integration, or they would come in as a customer's.
  const identity = actingIdentity(isUser ? account : {}, own);
  const typed = typedOf(content, own);
  const good = judged([
    ...typeIssues(typed),
    ...blocIssues(content),
    ...tagIssues(tags, 'tags'),
    ...identityIssues(own),
    ...(isUser ? userIssues(account, identity, own) : []),
    ...scheduleIssues(own?.schedule),
  ]);
  if (!good.ok) return good;

  const sent = await client.createMessage(call, {
    body: {
      conversationId: conversation.nativeId,
      userId: own?.userId ?? account.botId,
      ...typed,
      tags: tagMap(tags),
      ...(own?.schedule && { schedule: toSchedule(own.schedule) }),
    },
    identity,
  });
  if (!sent.ok) return sent;
  const shown = await asAccountSees(hands, sent.value, identity, call);
  return success({ message: toMessage(shown, conversation), reply: null, usage: null });
}

type Own = Extract<SendOptions, { readonly kind: 'botpress' }>;

/** A type or payload of the group's own wins over what the content would be called. */
function typedOf(content: MessageContent, own: Own | undefined): Partial<Typed> {
  const typed = toTyped(content);
  const type = own?.type ?? (content.type === 'unknown' ? content.said : typed?.type);
  const payload = own?.payload ?? typed?.payload;
  return { ...(type && { type }), ...(payload && { payload }) };
}

function typeIssues({ type, payload }: Partial<Typed>): Issue[] {
  return [
    ...(type
      ? []
      : [{ path: 'botpress.type', message: 'a payload needs its type; name it beside it.' }]),
    ...(payload
      ? []
      : [{ path: 'botpress.payload', message: 'a type needs its payload; give it as an object.' }]),
  ];
}

/** The service takes any payload, and the channel would leave out what it does not expect in a bloc. */
function blocIssues(content: MessageContent): Issue[] {
  if (content.type !== 'bloc') return [];
  return content.items.flatMap(({ type }, index) =>
    BLOC_ITEMS.has(type)
      ? []
      : [
          {
            path: `content.bloc.items.${index}`,
            message: `a bloc holds ${[...BLOC_ITEMS].join(', ')}; send the ${type} as a message of its own.`,
          },
        ],
  );
}

function userIssues(account: BotpressAccount, identity: Identity, own: Own | undefined): Issue[] {
  const { name } = account;
  return [
    ...(own?.userId
      ? []
      : [
          {
            path: 'botpress.userId',
            message:
              "is needed to write as USER; give the id of one of the conversation's participants, or write as BOT.",
          },
        ]),
    ...(identity.id
      ? []
      : [
          {
            path: 'botpress.integrationId',
            message: `a USER writes through an integration; give its id here, set integrationId for ${name} in the config, or write as BOT.`,
          },
        ]),
  ];
}

function scheduleIssues(schedule: Own['schedule']): Issue[] {
  if (!schedule) return [];
  const { dateTime, delayMs } = schedule;
  const path = 'botpress.schedule';
  if ((dateTime === undefined) === (delayMs === undefined)) {
    return [{ path, message: 'give exactly one of dateTime and delayMs.' }];
  }
  if (delayMs !== undefined && !(delayMs >= 0 && delayMs < Infinity)) {
    return [{ path: `${path}.delayMs`, message: 'must be milliseconds, 0 or more.' }];
  }
  if (dateTime && Number.isNaN(dateTime.getTime())) {
    return [{ path: `${path}.dateTime`, message: 'must be a date; write it as ISO 8601.' }];
  }
  return [];
}

function toSchedule({ dateTime, delayMs }: NonNullable<Own['schedule']>) {
  return dateTime ? { dateTime: dateTime.toISOString() } : { delay: delayMs };
}

/** Only tags look otherwise to another identity: where there are none, nothing is read again. */
async function asAccountSees(
  { account, client }: Hands,
  answered: WireMessage,
  identity: Identity,
  call: Call,
): Promise<WireMessage> {
  const isTagged = Object.keys(answered.tags ?? {}).length > 0;
  if (!isTagged || isSameIdentity(identity, ownIdentity(account))) return answered;
  const read = await client.getMessage(call, answered.id);
  return read.ok ? read.value : answered;
}
