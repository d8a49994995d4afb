// Begins a conversation, whose tags the service takes only in a second call: whatever becomes of that, the first is done.

import type { Conversation, ConversationPriority } from '../../domain/conversation.ts';
import {
  checked,
  type Failure,
  failed,
  type Issue,
  mapOutcome,
  type Outcome,
  reasonOf,
  success,
} from '../../domain/failure.ts';
import type { Tag } from '../../domain/tag.ts';
import type { Call } from '../provider.ts';
import type { CreateConversation } from '../verbs.ts';
import { unseen } from '../wire-reading.ts';
import { changeAttributes } from './attributes.ts';
import { isUuid, type NewConversation } from './client.ts';
import type { Inbox } from './inbox.ts';
import { priorityWord, toConversation } from './mapping.ts';
import { labelOf, tagIssues } from './tags.ts';
import type { WireDetail } from './wire.ts';

/**
 * Two calls, and three with tags: the service answers a create with the id alone. Fails with `outcome-unknown` where the conversation
 * was begun and could not be seen, and with `refused` where it is there without its tags: neither may be tried
 * again.
 */
export async function createConversation(
  inbox: Inbox,
  input: CreateConversation,
  call: Call,
): Promise<Outcome<Conversation>> {
  const { account, client } = inbox;
  const asked = newConversation(input);
  if (!asked.ok) return asked;
  const created = await client.createConversation(call, asked.value);
  if (!created.ok) return created;
  const id = created.value;
  await input.begun?.(id);
  const labels = input.tags.map(labelOf);
  const finished =
    labels.length === 0
      ? await client.getConversation(call, id)
      : await label(inbox, { id, tags: input.tags }, call);
  if (finished.ok) return success(toConversation(finished.value, account.name));
  return labels.length === 0
    ? unseen(`conversation ${id} was created`, account.name, finished.failure)
    : afterwards(inbox, { id, labels, failure: finished.failure }, call);
}

/** Stack Auth has these four. */
export function priorityIssues(priority: ConversationPriority | undefined): Issue[] {
  if (priority !== 'UNKNOWN') return [];
  return [{ path: 'priority', message: 'must be LOW, NORMAL, HIGH or URGENT.' }];
}

interface Labelled {
  readonly id: string;
  readonly labels: string[];
}

/** Read first, new as it is: whoever watches for new ones may have put a tag on it already. */
async function label(
  inbox: Inbox,
  { id, tags }: { readonly id: string; readonly tags: readonly Tag[] },
  call: Call,
): Promise<Outcome<WireDetail>> {
  const changes = { tags: { set: tags, remove: [] } };
  const changed = await changeAttributes(inbox, { nativeId: id, changes }, call);
  return mapOutcome(changed, ({ detail }) => detail);
}

/** An error that led to another attempt would lead to a second conversation, so it says what there is already. */
async function afterwards(
  { account: { name: provider }, client }: Inbox,
  { id, labels, failure }: Labelled & { readonly failure: Failure },
  call: Call,
): Promise<Outcome<Conversation>> {
  const seen = await client.getConversation(call, id);
  if (!seen.ok) return unseen(`conversation ${id} was created`, provider, failure);
  const missing = labels.some((tag) => !seen.value.trio?.tags.includes(tag));
  if (!missing) return success(toConversation(seen.value, provider));
  return failed({
    kind: 'refused',
    provider,
    code: failure.kind === 'refused' ? failure.code : null,
    said: `conversation ${id} was created without its tags (${reasonOf(failure)}): add them with updateConversation, do not create it again`,
  });
}

/** Where a conversation may be said to come from: the service takes no other word. */
const SOURCES: ReadonlySet<string> = new Set(['manual', 'chat', 'email', 'api']);

function newConversation(input: CreateConversation): Outcome<NewConversation> {
  const { title = '', contactId = '', message = '', priority = 'NORMAL', channel, options } = input;
  const own = options?.kind === 'stack-auth' ? options : undefined;
  const source = own?.source ?? channel;
  const issues = tagIssues(input.tags, 'tags');
  const missing = (path: string, what: string) => {
    issues.push({
      path,
      message: `must not be empty: Stack Auth begins no conversation without ${what}; give one.`,
    });
  };
  if (title.trim() === '') missing('title', 'a subject');
  if (message.trim() === '') missing('message', 'a first message');
  if (contactId === '') missing('contactId', 'the user it is with');
  else if (!isUuid(contactId)) {
    issues.push({
      path: 'contactId',
      message: 'must be the id of a user of the project, which is a UUID.',
    });
  }
  issues.push(...priorityIssues(priority));
  if (source !== undefined && !SOURCES.has(source)) {
    issues.push({
      path: own?.source === undefined ? 'channel' : 'stackAuth.source',
      message: `must be one of ${[...SOURCES].join(', ')}; leave it out for manual.`,
    });
  }
  if (own?.source !== undefined && channel !== undefined && own.source !== channel) {
    issues.push({
      path: 'channel',
      message: 'contradicts stackAuth.source, which is the same here; give one of the two.',
    });
  }
  const asked: NewConversation = {
    userId: contactId,
    // The service would trim both; so the answer compares with what was sent.
    subject: title.trim(),
    initialMessage: message.trim(),
    priority: priorityWord(priority) ?? 'normal',
    ...(source === undefined ? {} : { source }),
  };
  return checked(asked, issues);
}
