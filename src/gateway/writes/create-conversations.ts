// Creating a conversation, and getting one or creating it: natively, or composed here from list and create.

import type { Conversation } from '../../domain/conversation.ts';
import {
  checked,
  failed,
  type Issue,
  invalid,
  mapOutcome,
  type Outcome,
  success,
} from '../../domain/failure.ts';
import type { AccountScope, ProviderName } from '../../domain/ids.ts';
import type { Log } from '../../observability/log.ts';
import type { Provider } from '../../providers/provider.ts';
import type {
  CreateConversation,
  GetOrCreateConversation,
  GotOrCreated,
} from '../../providers/verbs.ts';
import type { Leases } from '../../state/lease/lease.ts';
import { ableTo, type Dispatch, type Operation } from '../dispatch.ts';
import {
  contactOf,
  optionIssues,
  refuseFields,
  tagIssues,
  textIssues,
  unknownProvider,
  wordIssues,
} from '../inputs.ts';
import type { Telling } from '../live/telling.ts';
import type { Question } from './find-conversation.ts';
import { openGetOrCreate } from './get-or-create.ts';
import { leaseOf } from './intents.ts';

export interface CreateInput extends CreateConversation {
  readonly provider: string;
}

export interface GetOrCreateInput extends GetOrCreateConversation {
  readonly provider: string;
}

export interface CreateParts {
  readonly dispatch: Dispatch;
  readonly telling: Pick<Telling, 'created'>;
  readonly scopeOf: (name: ProviderName) => AccountScope;
  readonly leases: Leases;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly log: Log;
}

export function createConversations(parts: CreateParts) {
  const { dispatch, telling, scopeOf, leases, clock, log } = parts;
  const composed = openGetOrCreate({ dispatch, telling, leases, clock, log });

  async function create(input: CreateInput, operation: Operation): Promise<Outcome<Conversation>> {
    const read = readInput(dispatch, input, 'CONVERSATION_CREATE');
    if (!read.ok) return read;
    return createAt(read.value.provider, read.value.asked, operation);
  }

  async function createAt(
    provider: Provider,
    asked: CreateConversation,
    operation: Operation,
  ): Promise<Outcome<Conversation>> {
    return dispatch.run({
      provider: provider.name,
      verb: 'CONVERSATION_CREATE',
      operation,
      // Where a conversation begins with a message to an AI, its answer is waited for.
      patience: 'reply',
      with: ({ does }, call) => does(asked, call),
    });
  }

  async function getOrCreate(
    input: GetOrCreateInput,
    operation: Operation,
  ): Promise<Outcome<GotOrCreated>> {
    const read = readInput(dispatch, input, 'CONVERSATION_GET_OR_CREATE');
    if (!read.ok) return read;
    const { provider, asked } = read.value;
    const named = discriminators(asked);
    if (!named.ok) return named;
    const able = ableTo(provider, 'CONVERSATION_GET_OR_CREATE');
    if (!able.ok) return able;
    if ('does' in able.value) {
      const { does } = able.value;
      return dispatch.run({
        provider: provider.name,
        verb: 'CONVERSATION_GET_OR_CREATE',
        operation,
        with: (_able, call) => does(asked, call),
      });
    }
    const { matches } = able.value;
    if (matches === 'contact' && asked.contactId === undefined) {
      const message = `${provider.name} (${provider.kind}) finds a conversation by its contact; name one.`;
      return invalid('contactId', message);
    }
    if (asked.contactId === undefined && named.value.tags.length === 0) {
      return invalid('tags', 'name a contact or at least one tag to find the conversation by.');
    }
    const question: Question = {
      ...(asked.contactId === undefined ? {} : { contactId: asked.contactId }),
      ...named.value,
    };
    const { discriminateByTags: _names, ...begin } = asked;
    const lease = leaseOf(scopeOf(provider.name), question);
    const tagsFollow = able.value.tagsFollow ?? false;
    return composed.run({ provider, question, asked: begin, tagsFollow, lease }, operation);
  }

  return { create, getOrCreate, close: composed.close };
}

/** Without a list, all tags must match exactly; with one, only those it names are compared. */
function discriminators(
  asked: GetOrCreateConversation,
): Outcome<Pick<Question, 'tags' | 'exactly'>> {
  const { tags, discriminateByTags: names } = asked;
  if (names === undefined) return success({ tags, exactly: tags.length > 0 });
  if (names.length === 0) {
    return invalid('discriminateByTags', 'must name at least one; leave it out to compare all.');
  }
  const missing = names.findIndex((name) => !tags.some(({ key }) => key === name));
  if (missing >= 0) {
    const path = `discriminateByTags.${missing}`;
    return invalid(path, `'${names[missing]}' is not among tags; give the tag its value there.`);
  }
  return success({ tags: tags.filter(({ key }) => names.includes(key)), exactly: false });
}

function readInput<Input extends CreateInput>(
  dispatch: Dispatch,
  input: Input,
  verb: 'CONVERSATION_CREATE' | 'CONVERSATION_GET_OR_CREATE',
): Outcome<{ provider: Provider; asked: Omit<Input, 'provider'> }> {
  const { provider: name, ...asked } = input;
  const provider = dispatch.providers.find((known) => known.name === name);
  if (!provider) {
    const known = dispatch.providers.map((each) => each.name);
    const { path, message } = unknownProvider(name, 'provider', known);
    return invalid(path, message);
  }
  const issues: Issue[] = [
    ...tagIssues(asked.tags, 'tags'),
    ...wordIssues(asked.channel, 'channel'),
    ...wordIssues(asked.contactId, 'contactId'),
    ...textIssues(asked.title, 'title'),
    ...textIssues(asked.message, 'message'),
    ...(asked.messages ?? []).flatMap(({ text }, index) =>
      textIssues(text, `messages.${index}.text`),
    ),
    ...optionIssues(provider, asked.options),
  ];
  const good = checked(asked, issues);
  if (!good.ok) return good;
  const able = ableTo(provider, verb);
  if (!able.ok) return able;
  const given = Object.entries(asked)
    .filter(([field, value]) => field !== 'options' && value !== undefined && !isEmptyList(value))
    .map(([field]) => field);
  const refusal = refuseFields(provider, verb, given, able.value.fields);
  if (refusal) return failed(refusal);
  if (asked.contactId === undefined) return success({ provider, asked });
  const contact = contactOf(asked.contactId, 'contactId', provider.name);
  return mapOutcome(contact, ({ nativeId }) => ({
    provider,
    asked: { ...asked, contactId: nativeId },
  }));
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}
