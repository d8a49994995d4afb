// A message sent. The service derives its direction from who acts, so the role decides which headers go along.

import { checked, type Issue, type Outcome, success } from '../../domain/failure.ts';
import type { MessageContent } from '../../domain/message.ts';
import type { SendOptions } from '../../domain/native.ts';
import type { Call } from '../provider.ts';
import type { SendMessage, SentMessage } from '../verbs.ts';
import type { BotpressAccount } from './account.ts';
import { BLOC_ITEMS, type Typed, toTyped } from './content.ts';
import { actingIdentity, type Identity, identityIssues } from './identity.ts';
import type { Inbox } from './inbox.ts';
import { toMessage } from './mapping.ts';
import type { Marks } from './marks.ts';
import { asAccountSees } from './messages.ts';
import { tagIssues, tagMap } from './tags.ts';

/** As BOT it goes out, signed with the bot's id; as USER it comes in, through an integration. */
export async function sendMessage(
  inbox: Inbox,
  marks: Marks,
  { input, call }: { readonly input: SendMessage; readonly call: Call },
): Promise<Outcome<SentMessage>> {
  const { account, client } = inbox;
  const { conversation, content, tags } = input;
  const own = input.options?.kind === 'botpress' ? input.options : undefined;
  const isUser = input.as === 'USER';
  // The bot's own words must not go through the account's integration, or they would come in as a customer's.
  const identity = actingIdentity(isUser ? account : {}, own);
  const good = checked(null, sendIssues(account, input));
  if (!good.ok) return good;

  const mark = marks.tagFor(input);
  const body = {
    conversationId: conversation.nativeId,
    userId: own?.userId ?? account.botId,
    ...typedOf(content, own),
    tags: { ...tagMap(tags), ...(mark && { [mark.key]: mark.value }) },
    ...(own?.schedule && { schedule: toSchedule(own.schedule) }),
  };
  const sent = mark
    ? await client.getOrCreateMessage(call, { body, identity, by: mark.key })
    : await client.createMessage(call, { body, identity });
  if (!sent.ok) return sent;
  if (mark) marks.saw(sent.value, mark);
  const isTagged = Object.keys(sent.value.tags ?? {}).some((key) => key !== mark?.key);
  const shown = isTagged ? await asAccountSees(inbox, sent.value, identity, call) : sent.value;
  return success({
    message: toMessage(shown, conversation, account),
    reply: null,
    usage: null,
    unfinished: null,
  });
}

/** What about it could not be sent. */
export function sendIssues(account: BotpressAccount, input: SendMessage): Issue[] {
  const { content, tags } = input;
  const own = input.options?.kind === 'botpress' ? input.options : undefined;
  const isUser = input.as === 'USER';
  const identity = actingIdentity(isUser ? account : {}, own);
  return [
    ...typeIssues(typedOf(content, own)),
    ...blocIssues(content),
    ...tagIssues(tags, 'tags'),
    ...identityIssues(own),
    ...(isUser ? userIssues(account, identity, own) : []),
    ...scheduleIssues(own?.schedule),
  ];
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
      : [{ path: 'botpress.type', message: 'is needed beside a payload; name its type.' }]),
    ...(payload
      ? []
      : [{ path: 'botpress.payload', message: 'is needed beside a type; give it as an object.' }]),
  ];
}

/** The service takes any payload, and the channel would leave out what it does not expect in a bloc. */
export function blocIssues(content: MessageContent): Issue[] {
  if (content.type !== 'bloc') return [];
  return content.items.flatMap(({ type }, index) =>
    BLOC_ITEMS.has(type)
      ? []
      : [
          {
            path: `content.bloc.items.${index}`,
            message: `must be one of ${[...BLOC_ITEMS].join(', ')}; send the ${type} as a message of its own.`,
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
            message: `is needed to write as USER, which goes through an integration; give its id, set \`providers.${name}.integrationId\` in the config, or write as BOT.`,
          },
        ]),
  ];
}

function scheduleIssues(schedule: Own['schedule']): Issue[] {
  if (!schedule) return [];
  const { dateTime, delayMs } = schedule;
  const path = 'botpress.schedule';
  if ((dateTime === undefined) === (delayMs === undefined)) {
    return [{ path, message: 'must have exactly one of dateTime and delayMs.' }];
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
