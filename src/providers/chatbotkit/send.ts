// Sends a message and shows what became of it: as it is stored, since known entities are taken out of a text.

import { type Outcome, success } from '../../domain/failure.ts';
import type { ConversationRef } from '../../domain/ids.ts';
import type { Call, SendMessage, SentMessage } from '../provider.ts';
import type { ChatBotKitClient } from './client.ts';
import { toMessage, toUnseenReply } from './messages.ts';
import { roadOf } from './roads.ts';
import type { WireCompletion, WireMessage } from './wire.ts';

/**
 * Two calls on every road: the write, and one look at what it left. A look that fails costs the message or the row of the
 * reply, never the success: the service has it.
 */
export function sending(client: ChatBotKitClient) {
  return async (input: SendMessage, call: Call): Promise<Outcome<SentMessage>> => {
    const road = roadOf(input);
    if (!road.ok) return road;
    const { conversation } = input;
    const { nativeId: id } = conversation;
    if (road.value.kind === 'turn-with-reply') {
      const { turn } = road.value;
      const completed = await client.completeMessage(call, id, turn);
      if (!completed.ok) return completed;
      return success(await withReply(completed.value, { text: turn.text, conversation, call }));
    }
    const sent =
      road.value.kind === 'turn'
        ? await client.sendMessage(call, id, road.value.turn)
        : await client.createMessage(call, id, road.value.row);
    if (!sent.ok) return sent;
    // It is sent, even where it cannot be read back.
    const seen = await client.fetchMessage(call, { conversation, nativeId: sent.value });
    const message = seen.ok ? toMessage(seen.value, conversation) : null;
    return success({ message, reply: null, usage: null });
  };

  /** The answer names the last row of the turn alone; one look at the newest rows finds both. */
  async function withReply(
    said: WireCompletion,
    {
      text,
      conversation,
      call,
    }: { readonly text: string; readonly conversation: ConversationRef; readonly call: Call },
  ): Promise<SentMessage> {
    const newest = { after: null, take: ROWS_OF_A_TURN };
    const page = await client.listMessages(call, conversation.nativeId, newest);
    const rows = page.ok ? page.value.rows : [];
    const at = rows.findIndex((row) => row.id === said.id);
    const reply = rows[at];
    const earlier = rows.slice(at + 1).filter(({ type }) => type === 'user');
    // Where the text was redacted its place alone tells it, and without the reply there is no place.
    const message = earlier.find(isOf(text)) ?? (reply ? earlier[0] : undefined);
    return {
      message: message ? toMessage(message, conversation) : null,
      reply: reply ? toMessage(reply, conversation) : unseenReply(said, conversation),
      usage: { tokens: said.usage?.token ?? null, endReason: said.end?.reason ?? null },
    };
  }
}

/** The two messages, and whatever the bot thought and did between them. */
const ROWS_OF_A_TURN = 20;

/** The service trims what users say. */
function isOf(text: string): (row: WireMessage) => boolean {
  return (row) => row.text?.trim() === text.trim();
}

/** A turn that ends without words has an id that leads nowhere. */
function unseenReply({ id, text }: WireCompletion, conversation: ConversationRef) {
  return text ? toUnseenReply(id, text, conversation) : null;
}
