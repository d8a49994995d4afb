// Asking a bot to answer what is already there: nothing is written but its answer.

import { checked, failed, mapOutcome, type Outcome } from '../../domain/failure.ts';
import type { ConversationRef } from '../../domain/ids.ts';
import type { RequestedReply, RequestReply } from '../../providers/verbs.ts';
import { ableTo, type Dispatch, type Operation } from '../dispatch.ts';
import { optionIssues } from '../inputs.ts';
import type { Replies } from '../live/stream-reply.ts';

export interface ReplyRequested extends RequestedReply {
  readonly conversation: ConversationRef;
}

/** Where it can be had while it is written, it is told to all who listen meanwhile. */
export async function requestReply(
  { dispatch, replies }: { readonly dispatch: Dispatch; readonly replies: Replies },
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

  const able = ableTo(provider, 'REPLY_REQUEST');
  if (!able.ok) return able;

  const answered = replies.stream(provider)
    ? await replies.toHistory(request, operation)
    : await dispatch.run({
        provider: provider.name,
        verb: 'REPLY_REQUEST',
        operation,
        patience: 'reply',
        with: ({ does }, call) => does(request, call),
      });
  return mapOutcome(answered, (reply) => ({ ...reply, conversation }));
}
