// A conversation changed, which here is its tags and its task, and what became of them.

import { checked, invalid, type Outcome, success } from '../../domain/failure.ts';
import type { Call } from '../provider.ts';
import type { ConversationChanges, UpdateConversation, UpdatedConversation } from '../verbs.ts';
import { asAccountSees } from './conversations.ts';
import { actingIdentity, identityIssues } from './identity.ts';
import type { Inbox } from './inbox.ts';
import { taskOf } from './mapping.ts';
import { droppedTags, tagIssues, tagMap } from './tags.ts';
import type { WireConversation } from './wire.ts';

/** Tags are merged by key, upstream: those that are not named stay. What was taken and not done is in `ignored`. */
export async function updateConversation(
  inbox: Inbox,
  { conversation, changes }: UpdateConversation,
  call: Call,
): Promise<Outcome<UpdatedConversation>> {
  const own = changes.options?.kind === 'botpress' ? changes.options : undefined;
  const { set = [], remove = [] } = changes.tags ?? {};
  const good = checked(null, [...tagIssues(set, 'tags.set'), ...identityIssues(own)]);
  if (!good.ok) return good;
  const task = own?.currentTaskId;
  if (set.length === 0 && remove.length === 0 && task === undefined) {
    return invalid('', 'nothing to change; give tags, or botpress.currentTaskId.');
  }
  // An empty text removes a tag in every generation; null only does in newer ones.
  const removed = remove.map((key) => [key, ''] as const);
  const identity = actingIdentity(inbox.account, own);
  const written = await inbox.client.updateConversation(call, conversation.nativeId, {
    body: {
      ...(set.length + remove.length > 0 && {
        tags: { ...tagMap(set), ...Object.fromEntries(removed) },
      }),
      // No page says how a task is cleared; empty is how everything else here is.
      ...(task !== undefined && { currentTaskId: task ?? '' }),
    },
    identity,
  });
  if (!written.ok) return written;
  return success({
    conversation: await asAccountSees(inbox, written.value, identity, call),
    ignored: ignoredIn(written.value, changes),
    unfinished: null,
  });
}

/** Newer generations ignore a task without a word. */
function ignoredIn(answered: WireConversation, changes: ConversationChanges): string[] {
  const task = changes.options?.kind === 'botpress' ? changes.options.currentTaskId : undefined;
  return [
    ...droppedTags(answered.tags, changes.tags),
    ...(task === undefined || taskOf(answered) === (task || null)
      ? []
      : ['botpress.currentTaskId']),
  ];
}
