// A message sent as the agent whose session it is: a reply that the customer sees, or a note that only agents do.

import { invalid, type Outcome, success } from '../../domain/failure.ts';
import { bareText } from '../../domain/message.ts';
import type { Call } from '../provider.ts';
import type { SendMessage, SentMessage } from '../verbs.ts';
import type { Inbox } from './inbox.ts';
import { toMessage } from './mapping.ts';
import type { WireMessage } from './wire.ts';

/** One call, never repeated once it may have been seen. `message` is null where the answer does not show what was added. */
export async function sendMessage(
  { client }: Inbox,
  { conversation, content, kind, visibility }: SendMessage,
  call: Call,
): Promise<Outcome<SentMessage>> {
  const said = bodyOf({ content, kind, visibility });
  if (!said.ok) return said;
  const body = said.value;
  const inside = kind === 'NOTE' || visibility === 'INTERNAL';
  const type = inside ? 'internal-note' : 'reply';
  const changed = await client.changeConversation(call, conversation.nativeId, { type, body });
  if (!changed.ok) return changed;
  // The whole conversation comes back, and does not point at what was added.
  const messageType = inside ? 'internal-note' : 'message';
  const added = addedMessage(changed.value.messages ?? [], { messageType, body });
  return success({
    message: added ? toMessage(added, conversation) : null,
    reply: null,
    usage: null,
    unfinished: null,
  });
}

/** What is sent, or why it cannot be. */
export function bodyOf({
  content,
  kind,
  visibility,
}: Pick<SendMessage, 'content' | 'kind' | 'visibility'>): Outcome<string> {
  // Replies are refused unless they are trimmed already, where a first message is trimmed for us.
  const body = bareText(content)?.trim();
  if (body === undefined) return invalid('content', 'must be words; give text or markdown.');
  if (body === '') return invalid('text', 'must not be empty; write at least one character.');
  if (kind === 'NOTE' && visibility === 'PUBLIC') return invalid('visibility', NOBODY_ELSE_SEES);
  return success(body);
}

const NOBODY_ELSE_SEES =
  'must be INTERNAL beside kind NOTE, which the customer never sees; leave kind out to reply.';

/** The row that a write added: the newest of that type with that body. Undefined where the answer does not show it. */
function addedMessage(
  messages: readonly WireMessage[],
  written: { readonly messageType: string; readonly body: string },
): WireMessage | undefined {
  return messages.findLast(
    ({ messageType, body, sender }) =>
      messageType === written.messageType && body === written.body && sender?.type !== 'user',
  );
}
