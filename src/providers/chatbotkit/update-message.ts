// Changes a message in one call. The service answers with an id alone, so the row is read back and compared with what was
// asked, as a conversation is.

import { checked, type Issue, invalid, type Outcome, success } from '../../domain/failure.ts';
import { bareText, MESSAGE_KINDS, type Message, type MessageKind } from '../../domain/message.ts';
import type { MessageRole } from '../../domain/participant.ts';
import type { Call } from '../provider.ts';
import type { MessageChanges, UpdatedMessage, UpdateMessage } from '../verbs.ts';
import { unseen } from '../wire-reading.ts';
import type { MessageFields } from './client.ts';
import type { Inbox } from './inbox.ts';
import { isOther, toMessage, typeOf } from './mapping.ts';
import { metaOf, type Tagging, tagIssues, unmerged } from './tags.ts';

/**
 * Two calls, or one where nothing is changed, and one before them where half of what decides the type is the row's own.
 * Where the last fails the write is done, and `outcome-unknown` says so.
 */
export async function updateMessage(
  inbox: Inbox,
  { message, changes }: UpdateMessage,
  call: Call,
): Promise<Outcome<UpdatedMessage>> {
  const { account, client } = inbox;
  const good = checked(changes, issuesOf(changes));
  if (!good.ok) return good;
  const type = await typeAsked(inbox, { message, changes }, call);
  if (!type.ok) return type;
  const fields = fieldsOf(changes, type.value);
  const isNothing = Object.keys(fields).length === 0;
  const written = isNothing ? success(null) : await client.updateMessage(call, message, fields);
  if (!written.ok) return written;
  const seen = await client.getMessage(call, message);
  if (!seen.ok) {
    return isNothing
      ? seen
      : unseen(`message ${message.nativeId} was updated`, account.name, seen.failure);
  }
  const after = toMessage(seen.value, message.conversation);
  return success({ message: after, ignored: ignoredIn(changes, after) });
}

/** Undefined where the type is to stay. Whoever says one half of it leaves the other half as the row has it. */
async function typeAsked(
  { client }: Inbox,
  { message, changes: { kind, as } }: UpdateMessage,
  call: Call,
): Promise<Outcome<string | undefined>> {
  if (kind === undefined && as === undefined) return success(undefined);
  if (kind !== undefined && (kind !== 'MESSAGE' || as !== undefined)) {
    return success(typeOf(kind, as ?? 'USER'));
  }
  const seen = await client.getMessage(call, message);
  if (!seen.ok) return seen;
  const before = toMessage(seen.value, message.conversation);
  if (as !== undefined) {
    return isRoleOf(before.kind, as)
      ? success(typeOf(before.kind, as))
      : invalid('as', wrongRole(before.kind, as));
  }
  const type = typeOf('MESSAGE', before.role);
  return type === undefined
    ? invalid('as', `must be given too where a ${before.kind} becomes a MESSAGE: USER or BOT.`)
    : success(type);
}

function ownOf({ options }: MessageChanges) {
  return options?.kind === 'chatbotkit' ? options : undefined;
}

function taggingOf(changes: MessageChanges): Tagging {
  const { set = [], remove = [] } = changes.tags ?? {};
  return { tags: set, tagsPath: 'tags.set', remove, meta: ownOf(changes)?.meta };
}

function issuesOf(changes: MessageChanges): Issue[] {
  const { content, kind, as } = changes;
  const entities = ownOf(changes)?.entities;
  return [
    ...(content !== undefined && bareText(content) === undefined
      ? [{ path: 'content', message: 'must be words; give text or markdown.' }]
      : []),
    ...natureIssues(kind, as),
    ...(entities !== undefined && content === undefined
      ? [{ path: 'chatBotKit.entities', message: ENTITIES_ARE_OF_A_TEXT }]
      : []),
    ...tagIssues(taggingOf(changes)),
  ];
}

/** What is wrong whatever the row is now. */
function natureIssues(kind: MessageKind | undefined, as: MessageRole | undefined): Issue[] {
  if (kind !== undefined && !KINDS.includes(kind)) {
    return [{ path: 'kind', message: `must be ${KINDS.join(', ')} here, not ${kind}.` }];
  }
  const kinds = kind === undefined ? KINDS : [kind];
  if (as === undefined || kinds.some((known) => isRoleOf(known, as))) return [];
  return [{ path: 'as', message: wrongRole(kind ?? 'MESSAGE', as) }];
}

const KINDS: readonly MessageKind[] = MESSAGE_KINDS.filter(
  (kind) => typeOf(kind, 'USER') !== undefined,
);

/** Strict, where a message that is sent may leave its role unsaid: who says it here means it. */
function isRoleOf(kind: MessageKind, as: MessageRole): boolean {
  return typeOf(kind, as) !== undefined && (kind === 'MESSAGE' || as !== 'USER');
}

function wrongRole(kind: MessageKind, as: MessageRole): string {
  return kind === 'MESSAGE'
    ? `must be USER or BOT for a MESSAGE here, not ${as}; choose one of them, or give a hidden kind such as CONTEXT.`
    : `cannot be ${as} for a ${kind} here; leave it out, or give another kind.`;
}

const ENTITIES_ARE_OF_A_TEXT =
  'must not be given without a text, which is what they are taken out of; give the text too.';

function fieldsOf(changes: MessageChanges, type: string | undefined): MessageFields {
  const { content, name, description } = changes;
  const text = content && bareText(content);
  const entities = ownOf(changes)?.entities;
  const meta = metaOf(taggingOf(changes));
  return {
    ...(type === undefined ? {} : { type }),
    ...(text === undefined ? {} : { text }),
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(entities === undefined ? {} : { entities }),
    // Without the word it would replace all the meta there is, whatever its prose says of merging.
    ...(Object.keys(meta).length === 0 ? {} : { meta: { $update: meta } }),
  };
}

function ignoredIn(changes: MessageChanges, after: Message): string[] {
  const { content, kind, as, name, description } = changes;
  const shown = after.native?.kind === 'chatbotkit' ? after.native : undefined;
  const text = content && bareText(content);
  // Known entities are taken out of a text, and with them whatever else the service finds in it.
  const isRedacted = (ownOf(changes)?.entities ?? []).length > 0;
  return [
    ...(!isRedacted && isOther(text, after.text) ? ['content'] : []),
    ...(kind !== undefined && after.kind !== kind ? ['kind'] : []),
    ...(as !== undefined && after.role !== as ? ['as'] : []),
    ...unmerged(taggingOf(changes), shown?.meta),
    ...(isOther(name, shown?.name) ? ['name'] : []),
    ...(isOther(description, shown?.description) ? ['description'] : []),
  ];
}
