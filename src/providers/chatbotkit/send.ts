// Sends a message and shows what became of it: as it is stored, since known entities are taken out of a text.

import { failed, type Outcome, success } from '../../domain/failure.ts';
import type { ConversationRef } from '../../domain/ids.ts';
import type { Message } from '../../domain/message.ts';
import type { Call } from '../provider.ts';
import type { SendMessage, SentMessage } from '../verbs.ts';
import type { Turn } from './client.ts';
import type { Inbox } from './inbox.ts';
import { toMessage, toUnseen } from './mapping.ts';
import { type Heard, hear, replyToTurn, unseenReply, usageOf } from './replies.ts';
import { roadOf } from './road.ts';
import type { WireMessage } from './wire.ts';

/**
 * Two calls on every road: the write, and one look at what it left. A look that fails costs what only the rows tell, never
 * the success: the service has it. So has it where the bot's answer broke off, once the words are stored.
 */
export async function sendMessage(
  inbox: Inbox,
  input: SendMessage,
  call: Call,
): Promise<Outcome<SentMessage>> {
  const road = roadOf(input);
  if (!road.ok) return road;
  const { client } = inbox;
  const { conversation } = input;
  const { nativeId } = conversation;
  if (road.value.kind === 'turn-with-reply') {
    const { turn } = road.value;
    const heard = await hear(replyToTurn(client, call, nativeId, turn));
    if (heard.end.type === 'failed' && !heard.hasBegun) return failed(heard.end.failure);
    return success(await withReply(inbox, { heard, turn, conversation }, call));
  }
  const sent =
    road.value.kind === 'turn'
      ? await client.sendMessage(call, nativeId, road.value.turn)
      : await client.createMessage(call, nativeId, road.value.row);
  if (!sent.ok) return sent;
  // It is sent, even where it cannot be read back.
  const seen = await client.getMessage(call, { conversation, nativeId: sent.value });
  const message = seen.ok ? toMessage(seen.value, conversation) : null;
  return success({ message, reply: null, usage: null, unfinished: null });
}

interface Answered {
  readonly heard: Heard;
  readonly turn: Turn;
  readonly conversation: ConversationRef;
}

/** One look at the newest rows finds both. */
async function withReply({ client }: Inbox, answered: Answered, call: Call): Promise<SentMessage> {
  const { heard, conversation } = answered;
  const newest = { after: null, take: ROWS_OF_A_TURN };
  const page = await client.listMessages(call, conversation.nativeId, newest);
  const rows = page.ok ? page.value.rows : [];
  const reply = replyAmong(rows, heard);
  return {
    message: messageAmong(rows, answered, reply),
    reply: reply ? toMessage(reply, conversation) : unseenReply(heard, conversation),
    usage: usageOf(heard),
    unfinished: heard.end.type === 'failed' ? heard.end.failure : null,
  };
}

/** The two messages, and whatever the bot thought and did between them. */
const ROWS_OF_A_TURN = 20;

/** By its id; or where it broke off, by what was heard of it, since the service may keep what it had said by then. */
function replyAmong(rows: readonly WireMessage[], heard: Heard): WireMessage | undefined {
  const { end, said, storedId } = heard;
  if (end.type === 'completed') return rows.find(({ id }) => id === end.nativeId);
  const asked = rows.findIndex(({ id }) => id === storedId);
  if (said === '' || asked < 0) return undefined;
  const since = rows.slice(0, asked);
  return since.find(({ type, text }) => type === 'bot' && text?.startsWith(said));
}

function messageAmong(
  rows: readonly WireMessage[],
  { heard: { storedId }, turn, conversation }: Answered,
  reply: WireMessage | undefined,
): Message | null {
  if (storedId !== null) {
    const row = rows.find(({ id }) => id === storedId);
    return row
      ? toMessage(row, conversation)
      : toUnseen({ id: storedId, type: 'user', text: turn.text.trim() }, conversation);
  }
  // An answer that came whole names its own row alone.
  const earlier = rows
    .slice(reply ? rows.indexOf(reply) + 1 : 0)
    .filter(({ type }) => type === 'user');
  // Where the text was redacted its place alone tells it, and without the reply there is no place.
  const message = earlier.find(isOf(turn.text)) ?? (reply ? earlier[0] : undefined);
  return message ? toMessage(message, conversation) : null;
}

/** The service trims what users say. */
function isOf(text: string): (row: WireMessage) => boolean {
  return (row) => row.text?.trim() === text.trim();
}
