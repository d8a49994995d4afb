// A message sent to the AI, which answers it in the same call.

import {
  conversationAt,
  failed,
  invalid,
  mapOutcome,
  type Outcome,
  success,
} from '../../domain/failure.ts';
import { bareText } from '../../domain/message.ts';
import type { Call } from '../provider.ts';
import type { CreateConversation, SendMessage, SentMessage } from '../verbs.ts';
import type { ChatlingAccount } from './account.ts';
import type { ChatQuestion } from './client.ts';
import type { Inbox } from './inbox.ts';
import { toConversation, toReply } from './mapping.ts';

/**
 * Says something as the user; the answer comes with it. The chat answer has no times and maybe no ids, so the
 * conversation is read once after it: where that fails the message is null and the reply is the chat answer's own.
 */
export async function sendMessage(
  { account, client }: Inbox,
  input: SendMessage,
  call: Call,
): Promise<Outcome<SentMessage>> {
  const { conversation } = input;
  const question = questionOf(account, input);
  if (!question.ok) return question;
  const { nativeId } = conversation;
  const text = question.value.message;
  const answer = await client.chat(call, { ...question.value, conversation_id: nativeId });
  if (!answer.ok) return answer;
  const { conversation_id: begun, response } = answer.value;
  if (begun && begun !== nativeId) {
    // What an unknown conversation does is undocumented: it may be refused, or another one begins in its place.
    const instead = `the message began conversation ${begun} instead`;
    const what = `${conversationAt(account.name, nativeId)} (${instead})`;
    return failed({ kind: 'not-found', what });
  }
  const read = await client.getConversation(call, nativeId);
  const newest = read.ok ? (toConversation(read.value, account).embedded?.items ?? []) : [];
  const spoken = (role: 'USER' | 'BOT', words: string | null | undefined) =>
    newest.find((row) => row.role === role && row.text?.trim() === words?.trim());
  return success({
    message: spoken('USER', text) ?? null,
    reply: spoken('BOT', response) ?? toReply(answer.value, conversation),
    usage: null,
    unfinished: null,
  });
}

/** What is asked, or why it cannot be. */
export function questionOf(
  account: ChatlingAccount,
  { content, options }: SendMessage,
): Outcome<ChatQuestion> {
  const message = bareText(content);
  if (message === undefined) return invalid('content', 'must be words; give text or markdown.');
  return mapOutcome(answering(account, options), (how) => ({ message, ...how }));
}

type Answering = Omit<ChatQuestion, 'message' | 'conversation_id' | 'contact_id'>;

/** Which model answers, and how; the service has no default model. */
export function answering(
  account: ChatlingAccount,
  options: CreateConversation['options'] | SendMessage['options'],
): Outcome<Answering> {
  const own = options?.kind === 'chatling' ? options : undefined;
  const aiModelId = own?.aiModelId ?? account.aiModelId;
  const languageId = own?.languageId ?? account.languageId;
  const { temperature, instructions } = own ?? {};
  if (aiModelId === undefined) {
    return invalid(
      'chatling.aiModelId',
      `is needed, since Chatling answers with a model that is named; give it, or set \`providers.${account.name}.aiModelId\` in the config.`,
    );
  }
  return success({
    ai_model_id: aiModelId,
    ...(languageId === undefined ? {} : { language_id: languageId }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(instructions === undefined ? {} : { instructions }),
  });
}
