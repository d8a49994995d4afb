// Writes as the agent whose session it is: a reply that the customer sees, or a note that only agents do.

import { failed, invalid, type Outcome, success } from '../../domain/failure.ts';
import type { ProviderName } from '../../domain/ids.ts';
import type { Call, SendMessage, SentMessage } from '../provider.ts';
import { type Client, nameOf } from './client.ts';
import { isUuid } from './ids.ts';
import { addedMessage, toMessage } from './messages.ts';
import { foreignOptions } from './options.ts';

/** One call, never repeated once it may have been seen. `message` is null where the answer does not show what was added. */
export function sending(client: Client, provider: ProviderName) {
  return async (input: SendMessage, call: Call): Promise<Outcome<SentMessage>> => {
    const { conversation, content, kind, visibility, options } = input;
    const id = conversation.nativeId;
    const [issue] = foreignOptions(options);
    if (issue) return failed({ kind: 'invalid-input', issues: [issue] });
    if (content.type !== 'text' && content.type !== 'markdown') {
      return invalid('content', 'Stack Auth takes text only: send text or markdown.');
    }
    // Replies are refused unless they are trimmed already, where a first message is trimmed for us.
    const body = (content.type === 'text' ? content.text : content.markdown).trim();
    if (body === '') return invalid('text', 'Stack Auth takes no empty message: write something.');
    if (!isUuid(id)) return failed({ kind: 'not-found', what: nameOf(id, provider) });

    const inside = kind === 'NOTE' || visibility === 'INTERNAL';
    const change = await client.change(
      id,
      { type: inside ? 'internal-note' : 'reply', body },
      call,
    );
    if (!change.ok) return change;
    // The whole conversation comes back, and does not point at what was added.
    const messageType = inside ? 'internal-note' : 'message';
    const added = addedMessage(change.value.messages ?? [], { messageType, body });
    return success({
      message: added ? toMessage(added, conversation) : null,
      reply: null,
      usage: null,
    });
  };
}
