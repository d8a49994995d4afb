// What became of a conversation that somebody was about to create: looked for at the provider, and finished where it was left
// half made.

import type { Conversation } from '../../domain/conversation.ts';
import { type Outcome, reasonOf } from '../../domain/failure.ts';
import { ableTo } from '../dispatch.ts';
import {
  findConversation,
  isMatch,
  isSame,
  type Looked,
  type Looking,
} from './find-conversation.ts';
import { type Intent, wordsOf } from './intents.ts';

export type Settled =
  | { readonly kind: 'made'; readonly conversation: Conversation }
  /** There was one, and it is gone, or has become another. */
  | { readonly kind: 'gone' }
  /** Surely never made, for all were looked at and it had time enough to show. */
  | { readonly kind: 'never'; readonly looked: Looked }
  /** `unseen`: it was looked for as well as can be. */
  | { readonly kind: 'open'; readonly because: string; readonly unseen?: true }
  /** It cannot be looked for. */
  | { readonly kind: 'failed'; readonly outcome: Extract<Outcome<never>, { ok: false }> };

interface Settling extends Looking {
  readonly intent: Intent | 'unreadable';
  readonly tagsFollow: boolean;
  readonly nowMs: number;
}

export async function settleIntent(settling: Settling): Promise<Settled> {
  const { provider, intent, nowMs, tagsFollow } = settling;
  const canBeRead = ableTo(provider, 'CONVERSATION_GET').ok;
  if (canBeRead && intent !== 'unreadable' && intent.nativeId !== null) {
    return settleKnown(settling, intent, intent.nativeId);
  }
  const looked = await findConversation(settling);
  if (!looked.ok) {
    return looked.failure.kind === 'unsupported'
      ? { kind: 'failed', outcome: looked }
      : { kind: 'open', because: reasonOf(looked.failure) };
  }
  const { match, bare } = looked.value;
  if (match) return { kind: 'made', conversation: match };
  if (intent === 'unreadable') return NOT_SEEN;
  const alike = tagsFollow ? bare.filter((row) => isAlike(row, intent)) : [];
  const [half] = alike;
  // Of two that look the same either may be it, and tags on the wrong one would be a second wound.
  if (alike.length > 1) return NOT_SEEN;
  if (half) {
    const known = await settleKnown(settling, intent, half.nativeId);
    if (known.kind !== 'gone') return known;
  }
  if (nowMs < intent.believedFromMs) return NOT_SEEN;
  return { kind: 'never', looked: { match, bare } };
}

const NOT_SEEN: Settled = { kind: 'open', because: 'it does not show there yet', unseen: true };

async function settleKnown(settling: Settling, intent: Intent, nativeId: string): Promise<Settled> {
  const { dispatch, provider, operation, within, question, tagsFollow } = settling;
  const found = await dispatch.run({
    provider: provider.name,
    verb: 'CONVERSATION_GET',
    operation: { ...operation, reads: new Map() },
    deadline: within(provider.deadlineMs),
    with: ({ does }, call) => does({ provider: provider.name, nativeId }, call),
  });
  if (!found.ok) {
    return found.failure.kind === 'not-found'
      ? { kind: 'gone' }
      : { kind: 'open', because: reasonOf(found.failure) };
  }
  const row = found.value;
  if (intent.nativeId === null && !beginsAlike(row, intent)) return { kind: 'gone' };
  if (isMatch(row, question)) return { kind: 'made', conversation: row };
  if (!tagsFollow) return { kind: 'gone' };
  const set = intent.tags.filter((tag) => !row.tags.some((other) => isSame(tag, other)));
  if (set.length === 0) return { kind: 'gone' };
  const finished = await dispatch.run({
    provider: provider.name,
    verb: 'CONVERSATION_UPDATE',
    operation,
    deadline: within(provider.deadlineMs),
    with: ({ does }, call) =>
      does(
        {
          conversation: { provider: provider.name, nativeId },
          changes: { tags: { set, remove: [] } },
        },
        call,
      ),
  });
  if (!finished.ok) {
    const because = `it was created, and its tags could not be written yet (${reasonOf(finished.failure)})`;
    return { kind: 'open', because };
  }
  const { conversation } = finished.value;
  return isMatch(conversation, question) ? { kind: 'made', conversation } : { kind: 'gone' };
}

/** As it would look between its creation and its tags. */
function isAlike(row: Conversation, { contactId, title, before }: Intent): boolean {
  return (
    row.contact?.nativeId === contactId &&
    wordsOf(row.title) === title &&
    !before.includes(row.nativeId)
  );
}

/** Whether its first message is the one it was to begin with. */
function beginsAlike({ embedded }: Conversation, { message }: Intent): boolean {
  return embedded?.complete === true && wordsOf(embedded.items.at(-1)?.text) === message;
}
