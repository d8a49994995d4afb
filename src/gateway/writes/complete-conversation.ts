// An answer to a conversation that is stored nowhere: all of it is in the question, so all of it is judged here first.

import {
  checked,
  type Failure,
  failed,
  type Issue,
  invalid,
  mapOutcome,
  type Outcome,
  success,
} from '../../domain/failure.ts';
import type { Able, Provider } from '../../providers/provider.ts';
import type {
  CompleteConversation,
  CompletedConversation,
  CompleteField,
} from '../../providers/verbs.ts';
import { ableTo, type Dispatch, type Operation } from '../dispatch.ts';
import {
  contactOf,
  optionIssues,
  refuseFields,
  refuseNature,
  textIssues,
  unknownProvider,
  unsupportedBy,
  urlIssues,
  wordIssues,
} from '../inputs.ts';

export interface CompleteInput extends CompleteConversation {
  readonly provider: string;
  /** Files by their addresses. */
  readonly attachments: readonly { readonly url: string }[];
}

/** Five times the longest page of messages that any provider gives: more than a conversation that a bot can keep in mind. */
const MAX_MESSAGES = 500;

const MAX_ATTACHMENTS = 20;

export async function completeConversation(
  dispatch: Dispatch,
  { provider: name, ...asked }: CompleteInput,
  operation: Operation,
): Promise<Outcome<CompletedConversation>> {
  const verb = 'CONVERSATION_COMPLETE';
  const provider = dispatch.providers.find((known) => known.name === name);
  if (!provider) {
    const known = dispatch.providers.map((each) => each.name);
    const { path, message } = unknownProvider(name, 'provider', known);
    return invalid(path, message);
  }
  const good = checked(asked, [
    ...messagesIssues(asked.messages),
    ...wordIssues(asked.contactId, 'contactId'),
    ...attachmentsIssues(asked.attachments),
    ...optionIssues(provider, asked.options),
  ]);
  if (!good.ok) return good;
  const named = withContact(asked, provider);
  if (!named.ok) return named;
  const able = ableTo(provider, verb);
  if (!able.ok) return able;
  const refusal = refuse(provider, asked, able.value);
  if (refusal) return failed(refusal);

  return dispatch.run({
    provider: provider.name,
    verb,
    operation,
    patience: 'reply',
    with: ({ does }, call) => does(named.value, call),
  });
}

type Asked = Omit<CompleteInput, 'provider'>;

function withContact(asked: Asked, { name }: Provider): Outcome<Asked> {
  if (asked.contactId === undefined) return success(asked);
  const contact = contactOf(asked.contactId, 'contactId', name);
  return mapOutcome(contact, ({ nativeId }) => ({ ...asked, contactId: nativeId }));
}

function refuse(
  provider: Provider,
  { messages, contactId, attachments }: Asked,
  able: Able<'CONVERSATION_COMPLETE'>,
): Failure | undefined {
  const verb = 'CONVERSATION_COMPLETE';
  const given: CompleteField[] = [
    ...(contactId === undefined ? [] : (['contactId'] as const)),
    ...(attachments.length > 0 ? (['attachments'] as const) : []),
  ];
  const withheld = given.find((field) => !able.fields.includes(field) && able.withheld[field]);
  const why = withheld && able.withheld[withheld];
  if (why) return unsupportedBy(provider, verb, why);
  const refusal = refuseFields(provider, verb, given, able.fields);
  if (refusal) return refusal;
  for (const [index, { role, kind }] of messages.entries()) {
    const where = `messages.${index}: `;
    const nature = refuseNature({ provider, verb, where }, { as: role, kind }, able);
    if (nature) return nature;
  }
  return undefined;
}

function messagesIssues(messages: CompleteInput['messages']): Issue[] {
  if (messages.length === 0) {
    return [{ path: 'messages', message: 'must have at least one; say what is to be answered.' }];
  }
  if (messages.length > MAX_MESSAGES) {
    const message = `has ${messages.length}, and ${MAX_MESSAGES} are the most; leave the oldest out.`;
    return [{ path: 'messages', message }];
  }
  return messages.flatMap(({ text, name, description }, index) => [
    ...textIssues(text, `messages.${index}.text`),
    ...textIssues(name, `messages.${index}.name`),
    ...textIssues(description, `messages.${index}.description`),
  ]);
}

function attachmentsIssues(attachments: CompleteInput['attachments']): Issue[] {
  if (attachments.length > MAX_ATTACHMENTS) {
    const message = `has ${attachments.length}, and ${MAX_ATTACHMENTS} are the most; leave some out.`;
    return [{ path: 'attachments', message }];
  }
  return attachments.flatMap(({ url }, index) => urlIssues(url, `attachments.${index}.url`));
}
