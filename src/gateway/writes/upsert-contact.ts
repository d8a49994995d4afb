// Saying who a person is: to a whole account or for one conversation, as its provider keeps people.

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
import type { ProviderName } from '../../domain/ids.ts';
import type { ContactOptions } from '../../domain/native.ts';
import type { Able, Provider } from '../../providers/provider.ts';
import type { UpsertContact, UpsertedContact } from '../../providers/verbs.ts';
import { ableTo, type Dispatch, type Operation } from '../dispatch.ts';
import {
  optionIssues,
  refuseFields,
  tagIssues,
  textIssues,
  unknownProvider,
  urlIssues,
  wordIssues,
} from '../inputs.ts';

/** Exactly one of `provider` and `conversation`. */
export interface UpsertContactInput extends UpsertContact {
  /** The name of the provider. */
  readonly provider?: string;
}

export interface ContactUpserted extends UpsertedContact {
  /** Where the contact is. */
  readonly provider: ProviderName;
}

export async function upsertContact(
  dispatch: Dispatch,
  input: UpsertContactInput,
  operation: Operation,
): Promise<Outcome<ContactUpserted>> {
  const verb = 'CONTACT_UPSERT';
  const found = providerOf(dispatch, input);
  if (!found.ok) return found;
  const provider = found.value;
  const { provider: _, ...asked } = input;
  const good = checked(asked, [...contactIssues(asked), ...optionIssues(provider, asked.options)]);
  if (!good.ok) return good;
  const able = ableTo(provider, verb);
  if (!able.ok) return able;
  const refusal = refuse(provider, asked, able.value);
  if (refusal) return failed(refusal);

  const upserted = await dispatch.run({
    provider: provider.name,
    verb,
    operation,
    with: ({ does }, call) => does(asked, call),
  });
  return mapOutcome(upserted, (contact) => ({ ...contact, provider: provider.name }));
}

function providerOf(
  dispatch: Dispatch,
  { provider: name, conversation }: UpsertContactInput,
): Outcome<Provider> {
  if (name !== undefined && conversation) {
    return invalid('provider', 'and conversationId are both given; give only one of them.');
  }
  if (conversation) {
    const provider = dispatch.provider(conversation.provider);
    return provider
      ? success(provider)
      : failed({ kind: 'not-found', what: `provider named ${conversation.provider}` });
  }
  const known = dispatch.providers.map((each) => each.name);
  if (name === undefined) return failed(unnamedProvider(known));
  const provider = dispatch.providers.find((each) => each.name === name);
  if (provider) return success(provider);
  const { path, message } = unknownProvider(name, 'provider', known);
  return invalid(path, message);
}

/** Where nothing says whose contact it is. */
export function unnamedProvider(known: readonly ProviderName[]): Failure {
  const message = `or conversationId must be given; the providers are ${known.join(', ')}.`;
  return { kind: 'invalid-input', issues: [{ path: 'provider', message }] };
}

function contactIssues(asked: UpsertContact): Issue[] {
  const { conversation: _, tags, options, ...fields } = asked;
  const { name, description, email, phone, imageUrl } = fields;
  const said = Object.values(fields).some((value) => value !== undefined);
  if (!said && tags.length === 0 && !saysAnything(options)) {
    const message = 'nothing is said of the contact; give at least one field, such as name.';
    return [{ path: '', message }];
  }
  return [
    ...textIssues(name, 'name'),
    ...textIssues(description, 'description'),
    ...emailIssues(email),
    ...wordIssues(phone, 'phone'),
    ...imageIssues(imageUrl),
    ...tagIssues(tags, 'tags'),
  ];
}

/** To say as whom, and no more, says nothing of a contact. */
function saysAnything(options: ContactOptions | undefined): boolean {
  if (options === undefined || options.kind === 'botpress') return false;
  const { kind: _, ...said } = options;
  return Object.keys(said).length > 0;
}

/** Whether anybody reads there, only a letter would tell. */
function emailIssues(email: string | undefined): Issue[] {
  if (email === undefined || /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/.test(email)) return [];
  return [{ path: 'email', message: 'must be an address, such as ada@example.com.' }];
}

function imageIssues(url: string | undefined): Issue[] {
  return url === undefined ? [] : urlIssues(url, 'imageUrl');
}

function refuse(
  provider: Provider,
  asked: UpsertContact,
  { of, fields: taken }: Able<'CONTACT_UPSERT'>,
): Failure | undefined {
  const { name, kind } = provider;
  const { conversation, tags } = asked;
  if (of === 'conversation' && !conversation) {
    const message = `must be given in the place of provider: at ${name} (${kind}) a contact is that of a conversation.`;
    return { kind: 'invalid-input', issues: [{ path: 'conversationId', message }] };
  }
  if (of === 'account' && conversation) {
    const message = `cannot be given: at ${name} (${kind}) a contact is one of the whole account. Give provider: "${name}" instead${linking(provider)}.`;
    return { kind: 'invalid-input', issues: [{ path: 'conversationId', message }] };
  }
  const given = Object.entries(asked)
    .filter(([field, value]) => !NO_FIELDS.has(field) && value !== undefined)
    .map(([field]) => field)
    .filter((field) => field !== 'tags' || tags.length > 0);
  return refuseFields(provider, 'CONTACT_UPSERT', given, taken);
}

/** Judged by themselves. */
const NO_FIELDS: ReadonlySet<string> = new Set(['conversation', 'options']);

/** How such a contact comes to a conversation there, if in any way. */
function linking({ can }: Provider): string {
  const { CONVERSATION_UPDATE: update, PARTICIPANT_ADD: add } = can;
  if (update.support !== 'NONE' && update.fields.includes('contactId')) {
    return ', then link it with contactId of updateConversation';
  }
  return add.support === 'NONE' ? '' : ', then link it with addParticipant';
}
