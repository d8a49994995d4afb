// Changing a conversation: what its provider does not take is refused before it is asked.

import {
  checked,
  failed,
  type Issue,
  mapOutcome,
  type Outcome,
  success,
} from '../../domain/failure.ts';
import type { ConversationRef } from '../../domain/ids.ts';
import type { ConversationChanges, UpdatedConversation } from '../../providers/verbs.ts';
import { ableTo, type Dispatch, type Operation } from '../dispatch.ts';
import {
  contactOf,
  optionIssues,
  refuseFields,
  tagChangeIssues,
  textIssues,
  wordIssues,
} from '../inputs.ts';

export interface UpdateInput {
  readonly conversation: ConversationRef;
  readonly changes: ConversationChanges;
}

export async function updateConversation(
  dispatch: Dispatch,
  { conversation, changes }: UpdateInput,
  operation: Operation,
): Promise<Outcome<UpdatedConversation>> {
  const verb = 'CONVERSATION_UPDATE';
  const provider = dispatch.provider(conversation.provider);
  if (!provider) {
    return failed({ kind: 'not-found', what: `provider named ${conversation.provider}` });
  }
  const good = checked(changes, [
    ...changeIssues(changes),
    ...optionIssues(provider, changes.options),
  ]);
  if (!good.ok) return good;
  const able = ableTo(provider, verb);
  if (!able.ok) return able;
  const given = Object.keys(changes).filter((field) => field !== 'options');
  const refusal = refuseFields(provider, verb, given, able.value.fields);
  if (refusal) return failed(refusal);
  const named = withContact(changes, conversation);
  if (!named.ok) return named;

  return dispatch.run({
    provider: provider.name,
    verb,
    operation,
    with: ({ does }, call) => does({ conversation, changes: named.value }, call),
  });
}

function changeIssues(changes: ConversationChanges): Issue[] {
  if (Object.keys(changes).length === 0) {
    return [{ path: '', message: 'nothing to change; give at least one field besides the id.' }];
  }
  return [
    ...tagChangeIssues(changes.tags),
    ...textIssues(changes.title ?? undefined, 'title'),
    ...wordIssues(changes.contactId ?? undefined, 'contactId'),
    ...wordIssues(changes.assignee?.id, 'assignee.id'),
  ];
}

function withContact(
  changes: ConversationChanges,
  { provider }: ConversationRef,
): Outcome<ConversationChanges> {
  if (typeof changes.contactId !== 'string') return success(changes);
  const contact = contactOf(changes.contactId, 'contactId', provider);
  return mapOutcome(contact, ({ nativeId }) => ({ ...changes, contactId: nativeId }));
}
