// Asking the AI: how a message is sent, how it is answered in the same call, and how a conversation begins.

import type { Conversation } from '../../domain/conversation.ts';
import { failed, invalid, type Outcome, success } from '../../domain/failure.ts';
import type { ChatlingAnswerOptions } from '../../domain/native.ts';
import type { Call, CreateConversation, SendMessage, SentMessage } from '../provider.ts';
import type { ChatlingClient, ChatQuestion } from './client.ts';
import { type Owner, toBegun, toConversation, toReply } from './mapping.ts';

export interface Chat {
  readonly client: ChatlingClient;
  readonly owner: Owner;
  /** What answers where the input does not say. */
  readonly defaults: { readonly aiModelId?: number; readonly languageId?: number };
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** Begins a conversation with a first message to the AI: no other way is documented. */
export async function beginConversation(
  { client, owner, defaults, clock }: Chat,
  { message, contactId, options }: CreateConversation,
  call: Call,
): Promise<Outcome<Conversation>> {
  if (!message?.trim()) {
    return invalid(
      'message',
      'A Chatling conversation begins with a message to its AI: give `message` the text to begin with.',
    );
  }
  const how = answering(options, defaults, owner);
  if (!how.ok) return how;
  const answer = await client.chat(call, {
    message,
    ...how.value,
    ...(contactId === undefined ? {} : { contact_id: contactId }),
  });
  if (!answer.ok) return answer;
  const { conversation_id: id, response } = answer.value;
  if (!id) {
    const because = 'its answer was not shaped as expected: data.conversation_id';
    return failed({ kind: 'outcome-unknown', provider: owner.provider, because });
  }
  const read = await client.getConversation(call, id);
  // It has begun whether or not it can be read: a failure here would invite to begin it twice.
  return success(
    read.ok
      ? toConversation(read.value, owner)
      : toBegun({ id, contactId, preview: response ?? null, sortedAt: new Date(clock()) }, owner),
  );
}

/**
 * Says something as the user; the answer comes with it. The chat answer has no times and maybe no ids, so the
 * conversation is read once after it: where that fails the message is null and the reply is the chat answer's own.
 */
export async function sendMessage(
  { client, owner, defaults }: Chat,
  { conversation, content, options }: SendMessage,
  call: Call,
): Promise<Outcome<SentMessage>> {
  const text = written(content);
  if (text === null) {
    return invalid('content', 'Chatling takes text or Markdown only: send one of these.');
  }
  const how = answering(options, defaults, owner);
  if (!how.ok) return how;
  const { nativeId } = conversation;
  const answer = await client.chat(call, {
    message: text,
    ...how.value,
    conversation_id: nativeId,
  });
  if (!answer.ok) return answer;
  const { conversation_id: begun, response } = answer.value;
  if (begun && begun !== nativeId) {
    // What an unknown conversation does is undocumented: it may be refused, or another one begins in its place.
    const instead = `the message began conversation ${begun} instead`;
    const what = `conversation ${nativeId} at ${owner.provider} (${instead})`;
    return failed({ kind: 'not-found', what });
  }
  const read = await client.getConversation(call, nativeId);
  const newest = read.ok ? (toConversation(read.value, owner).embedded?.items ?? []) : [];
  const spoken = (role: 'USER' | 'BOT', words: string | null | undefined) =>
    newest.find((row) => row.role === role && row.text?.trim() === words?.trim());
  return success({
    message: spoken('USER', text) ?? null,
    reply: spoken('BOT', response) ?? toReply(answer.value, conversation),
    usage: null,
  });
}

type Answering = Omit<ChatQuestion, 'message' | 'conversation_id' | 'contact_id'>;

/** Which model answers, and how; the service has no default model. */
function answering(
  options: CreateConversation['options'] | SendMessage['options'],
  defaults: Chat['defaults'],
  { provider }: Owner,
): Outcome<Answering> {
  if (options !== undefined && options.kind !== 'chatling') {
    const told = `${provider} is a Chatling account: leave this out, or use \`chatling\`.`;
    return invalid(options.kind, told);
  }
  const { aiModelId, languageId, temperature, instructions }: ChatlingAnswerOptions = {
    ...defaults,
    ...options,
  };
  if (aiModelId === undefined) {
    return invalid(
      'chatling.aiModelId',
      `Chatling answers with a model that is named: give \`chatling.aiModelId\`, or set \`providers.${provider}.aiModelId\` in the config.`,
    );
  }
  return success({
    ai_model_id: aiModelId,
    ...(languageId === undefined ? {} : { language_id: languageId }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(instructions === undefined ? {} : { instructions }),
  });
}

function written(content: SendMessage['content']): string | null {
  switch (content.type) {
    case 'text':
      return content.text;
    case 'markdown':
      return content.markdown;
    default:
      return null;
  }
}
