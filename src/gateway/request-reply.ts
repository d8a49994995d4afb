// Asking a bot to answer what is already there: nothing is written but its answer.

import { checked, failed, mapOutcome, type Outcome } from '../domain/failure.ts';
import type { ConversationRef } from '../domain/ids.ts';
import type { RequestedReply, RequestReply } from '../providers/verbs.ts';
import type { Dispatch, Operation } from './dispatch.ts';
import { optionIssues } from './inputs.ts';

export interface ReplyRequested extends RequestedReply {
  readonly conversation: ConversationRef;
}

export async function requestReply(
  dispatch: Dispatch,
  request: RequestReply,
  operation: Operation,
): Promise<Outcome<ReplyRequested>> {
  const { conversation, options } = request;
  const provider = dispatch.provider(conversation.provider);
  if (!provider) {
    return failed({ kind: 'not-found', what: `provider named ${conversation.provider}` });
  }
  const good = checked(request, optionIssues(provider, options));
  if (!good.ok) return good;

  const answered = await dispatch.run({
    provider: provider.name,
    verb: 'REPLY_REQUEST',
    operation,
    patience: 'reply',
    with: ({ does }, call) => does(request, call),
  });
  return mapOutcome(answered, (reply) => ({ ...reply, conversation }));
}
