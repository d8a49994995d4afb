// What Botpress posts to us: the webhook of the Chat integration, the one way by which it tells of a message unasked.

import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { News } from '../../domain/event.ts';
import { failed, invalid, type Outcome, success } from '../../domain/failure.ts';
import { unavailable } from '../http.ts';
import type { Call, Inbound, WebhookRequest } from '../provider.ts';
import { getConversation } from './conversations.ts';
import type { Inbox } from './inbox.ts';
import { toMessage } from './mapping.ts';

/**
 * A post is a hint and no more: its message is read again by its id, since its conversation goes by a name there that
 * the Runtime API does not know. Botpress posts once and never tries again, whatever it is answered: what could not be
 * read again here is found by looking, later.
 */
export function botpressInbound(inbox: Inbox): Inbound {
  const nativeIds = knownNames();

  async function webhook(request: WebhookRequest, call: Call): Promise<Outcome<readonly News[]>> {
    const { name: provider, webhookSecret } = inbox.account;
    if (!isSame(request.header('x-secret-key'), webhookSecret?.reveal())) {
      return failed({ kind: 'forbidden', provider, said: NOT_FROM_THERE });
    }
    const signal = parse(request.body);
    if (!signal.ok) return signal;
    switch (signal.value.type) {
      case 'message_created': {
        const named = MessageNamed.safeParse(signal.value.data);
        return named.success ? created(named.data, call) : invalid('data', NAMES_NO_MESSAGE);
      }
      case 'message_deleted': {
        const named = MessageNamed.safeParse(signal.value.data);
        return named.success ? deleted(named.data, call) : invalid('data', NAMES_NO_MESSAGE);
      }
      default:
        // Who comes and goes, what a bot does besides speaking, and whatever is thought of tomorrow.
        return success([]);
    }
  }

  async function created(
    { id, conversationId: foreignId }: MessageNamed,
    call: Call,
  ): Promise<Outcome<readonly News[]>> {
    const { account, client } = inbox;
    const said = await client.getMessage(call, id);
    // Gone again: of that there is a word of its own.
    if (!said.ok) return isGone(said) ? success([]) : said;
    const nativeId = said.value.conversationId;
    if (!nativeId)
      return failed(unavailable(account.name, 'a message did not say where it belongs'));
    if (foreignId) nativeIds.learn(foreignId, nativeId);
    const conversation = { provider: account.name, nativeId };
    const home = await getConversation(inbox, conversation, call);
    if (!home.ok) return isGone(home) ? success([]) : home;
    return success([
      {
        type: 'message',
        message: toMessage(said.value, conversation, account),
        tags: home.value.tags,
      },
    ]);
  }

  /** Believed only where it is gone indeed; told only where its conversation is known. */
  async function deleted(
    { id, conversationId: foreignId }: MessageNamed,
    call: Call,
  ): Promise<Outcome<readonly News[]>> {
    const { account, client } = inbox;
    const still = await client.getMessage(call, id);
    if (still.ok) return success([]);
    if (!isGone(still)) return still;
    const nativeId = foreignId ? nativeIds.of(foreignId) : undefined;
    if (nativeId === undefined) return success([]);
    const conversation = { provider: account.name, nativeId };
    return success([{ type: 'message-deleted', message: { conversation, nativeId: id } }]);
  }

  return { budgetPerMinute: null, webhook };
}

/** Digests are of one length, and say nothing of the words by the time that comparing them takes. */
function isSame(given: string | undefined, wanted: string | undefined): boolean {
  if (given === undefined || wanted === undefined) return false;
  return timingSafeEqual(digest(given), digest(wanted));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function parse(body: Buffer): Outcome<Signal> {
  let said: unknown;
  try {
    said = JSON.parse(body.toString('utf8'));
  } catch {
    return invalid('body', 'is not JSON; post what the Chat integration posts.');
  }
  const signal = Signal.safeParse(said);
  return signal.success
    ? success(signal.data)
    : invalid('body', 'must be an object with a type; post what the Chat integration posts.');
}

const Signal = z.object({ type: z.string(), data: z.unknown().optional() });
type Signal = z.infer<typeof Signal>;

const MessageNamed = z.object({
  id: z.string().min(1),
  conversationId: z.string().nullish().catch(null),
});
type MessageNamed = z.infer<typeof MessageNamed>;

function isGone(outcome: Outcome<unknown>): boolean {
  return !outcome.ok && outcome.failure.kind === 'not-found';
}

/**
 * Which conversation a name of the webhook's means: learned from messages that were read again, by this process and since
 * it began. The service has no question that would tell, and a deleted message can no longer be asked where it was.
 */
function knownNames() {
  const names = new Map<string, string>();
  return {
    learn(foreignId: string, nativeId: string): void {
      names.delete(foreignId);
      names.set(foreignId, nativeId);
      const [oldest] = names.size > MOST_NAMES ? names.keys() : [];
      if (oldest !== undefined) names.delete(oldest);
    },
    of: (foreignId: string): string | undefined => names.get(foreignId),
  };
}

/** Some two megabytes; the conversation that was silent longest is forgotten first. */
const MOST_NAMES = 10_000;

/** One sentence for a wrong secret and for none, on either side. */
const NOT_FROM_THERE =
  'the secret in x-secret-key is not that of this account: set the same in the Chat integration and as webhookSecret in the config';

const NAMES_NO_MESSAGE = 'must name a message by its id; post what the Chat integration posts.';
