// Changes a conversation in one call. The service answers with an id alone and may leave out what it does not take, so
// the conversation is read back and compared with what was asked.

import type { Conversation } from '../../domain/conversation.ts';
import { checked, type Outcome, success } from '../../domain/failure.ts';
import type { Call } from '../provider.ts';
import type { ConversationChanges, UpdateConversation, UpdatedConversation } from '../verbs.ts';
import { unseen } from '../wire-reading.ts';
import type { ConversationFields } from './client.ts';
import type { Inbox } from './inbox.ts';
import { isOther, toConversation } from './mapping.ts';
import { metaOf, type Tagging, tagIssues, unmerged } from './tags.ts';

/** Two calls, or one where nothing is changed. Where the second fails the first is done, and `outcome-unknown` says so. */
export async function updateConversation(
  { account, client }: Inbox,
  { conversation: { nativeId }, changes }: UpdateConversation,
  call: Call,
): Promise<Outcome<UpdatedConversation>> {
  const fields = checked(fieldsOf(changes), tagIssues(taggingOf(changes)));
  if (!fields.ok) return fields;
  const isNothing = Object.keys(fields.value).length === 0;
  const written = isNothing
    ? success(null)
    : await client.updateConversation(call, nativeId, fields.value);
  if (!written.ok) return written;
  const seen = await client.getConversation(call, nativeId);
  if (!seen.ok) {
    return isNothing
      ? seen
      : unseen(`conversation ${nativeId} was updated`, account.name, seen.failure);
  }
  const conversation = toConversation(seen.value, account.name);
  const ignored = ignoredIn(changes, conversation);
  return success({ conversation, ignored, unfinished: null });
}

function taggingOf({ tags, options }: ConversationChanges): Tagging {
  const meta = options?.kind === 'chatbotkit' ? options.meta : undefined;
  const { set = [], remove = [] } = tags ?? {};
  return { tags: set, tagsPath: 'tags.set', remove, meta };
}

function fieldsOf(changes: ConversationChanges): ConversationFields {
  const { title, description, contactId, options } = changes;
  const { taskId, spaceId } = options?.kind === 'chatbotkit' ? options : {};
  const meta = metaOf(taggingOf(changes));
  return {
    ...(title === undefined ? {} : { name: title }),
    ...(description === undefined ? {} : { description }),
    ...(contactId === undefined ? {} : { contactId }),
    ...(taskId === undefined ? {} : { taskId }),
    ...(spaceId === undefined ? {} : { spaceId }),
    // Without the word it would replace all the meta there is, whatever its prose says of merging.
    ...(Object.keys(meta).length === 0 ? {} : { meta: { $update: meta } }),
  };
}

/** Of the space nobody can say: a single conversation does not tell it. */
function ignoredIn(changes: ConversationChanges, { native, ...after }: Conversation): string[] {
  const { title, description, contactId, options } = changes;
  const own = options?.kind === 'chatbotkit' ? options : undefined;
  const shown = native?.kind === 'chatbotkit' ? native : undefined;
  return [
    ...(isOther(title, after.title) ? ['title'] : []),
    ...(isOther(description, after.description) ? ['description'] : []),
    ...(isOther(contactId, shown?.contactId) ? ['contactId'] : []),
    ...unmerged(taggingOf(changes), shown?.meta),
    ...(isOther(own?.taskId, shown?.taskId) ? ['chatBotKit.taskId'] : []),
  ];
}
