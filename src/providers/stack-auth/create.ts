// Begins a conversation, whose tags the service takes only in a second call: whatever becomes of that, the first is done.

import type { Conversation } from '../../domain/conversation.ts';
import { type Failure, failed, type Issue, type Outcome, success } from '../../domain/failure.ts';
import type { ProviderName } from '../../domain/ids.ts';
import type { Call, CreateConversation } from '../provider.ts';
import type { Client, NewConversation } from './client.ts';
import { isUuid } from './ids.ts';
import { labelOf, tagIssues } from './labels.ts';
import { toConversation } from './mapping.ts';
import { foreignOptions } from './options.ts';
import type { InTurn } from './waiting.ts';
import { priorityWord } from './words.ts';

export interface CreateParts {
  readonly provider: ProviderName;
  readonly client: Client;
  readonly inTurn: InTurn;
}

/**
 * Two calls: the service answers a create with the id alone. Fails with `outcome-unknown` where the conversation
 * was begun and could not be seen, and with `refused` where it is there without its tags: neither may be tried
 * again.
 */
export function creating({ provider, client, inTurn }: CreateParts) {
  return async (input: CreateConversation, call: Call): Promise<Outcome<Conversation>> => {
    const asked = newConversation(input);
    if (!asked.ok) return asked;
    const created = await client.create(asked.value, call);
    if (!created.ok) return created;
    const id = created.value;
    const labels = input.tags.map(labelOf);
    const finished =
      labels.length === 0 ? await client.read(id, call) : await label(id, labels, call);
    if (finished.ok) return success(toConversation(finished.value, provider));
    return labels.length === 0
      ? failed(unseen(id, finished.failure))
      : afterwards(id, { labels, failure: finished.failure, call });
  };

  function label(id: string, tags: string[], call: Call) {
    // Of a conversation this new nobody is in charge yet, so there is no trio to read first.
    const unassigned = { assignedToUserId: null, assignedToDisplayName: null };
    return inTurn(id, call.signal, () =>
      client.change(id, { type: 'metadata', ...unassigned, tags }, call),
    );
  }

  /** An error that led to another attempt would lead to a second conversation, so it says what there is already. */
  async function afterwards(
    id: string,
    {
      labels,
      failure,
      call,
    }: { readonly labels: readonly string[]; readonly failure: Failure; readonly call: Call },
  ): Promise<Outcome<Conversation>> {
    const seen = await client.read(id, call);
    if (!seen.ok) return failed(unseen(id, failure));
    const missing = labels.some((tag) => !seen.value.trio?.tags.includes(tag));
    if (!missing) return success(toConversation(seen.value, provider));
    return failed({
      kind: 'refused',
      provider,
      code: failure.kind === 'refused' ? failure.code : null,
      said: `conversation ${id} was created without its tags (${reasonOf(failure)}): add them with updateConversation, do not create it again`,
    });
  }

  function unseen(id: string, failure: Failure): Failure {
    return {
      kind: 'outcome-unknown',
      provider,
      because: `conversation ${id} was created and not seen since (${reasonOf(failure)}): look at it before creating another`,
    };
  }
}

function newConversation(input: CreateConversation): Outcome<NewConversation> {
  const { title = '', contactId = '', message = '', priority = 'NORMAL', channel, options } = input;
  const ownSource = options?.kind === 'stack-auth' ? options.source : undefined;
  const source = ownSource ?? channel;
  const word = priorityWord(priority);
  const issues: Issue[] = [...tagIssues(input.tags, 'tags'), ...foreignOptions(options)];
  const missing = (path: string, what: string) => {
    issues.push({ path, message: `Stack Auth begins no conversation without ${what}: give one.` });
  };
  if (title.trim() === '') missing('title', 'a subject');
  if (message.trim() === '') missing('message', 'a first message');
  if (contactId === '') missing('contactId', 'the user it is with');
  else if (!isUuid(contactId)) {
    issues.push({
      path: 'contactId',
      message: 'A contact here is a user of the project: give the id of one, which is a UUID.',
    });
  }
  if (word === undefined) {
    issues.push({ path: 'priority', message: 'Choose one of LOW, NORMAL, HIGH and URGENT.' });
  }
  if (ownSource !== undefined && channel !== undefined && ownSource !== channel) {
    issues.push({
      path: 'channel',
      message: 'The channel is the source here, and two different ones are given: keep one.',
    });
  }
  const [first, ...more] = issues;
  if (first) return failed({ kind: 'invalid-input', issues: [first, ...more] });
  return success({
    userId: contactId,
    // The service would trim both; so the answer compares with what was sent.
    subject: title.trim(),
    initialMessage: message.trim(),
    priority: word ?? 'normal',
    ...(source === undefined ? {} : { source }),
  });
}

function reasonOf(failure: Failure): string {
  switch (failure.kind) {
    case 'unavailable':
    case 'outcome-unknown':
      return failure.because;
    case 'refused':
    case 'forbidden':
    case 'conflict':
    case 'credential-refused':
      return failure.said;
    case 'rate-limited':
      return 'it was asked too much at once';
    case 'not-found':
      return `there was no ${failure.what}`;
    case 'invalid-input':
    case 'unsupported':
      return 'it was not asked';
  }
}
