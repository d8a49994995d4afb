// Makes somebody the contact of a conversation. That happens once: a contact that is there is neither replaced nor changed.

import {
  checked,
  failed,
  type Issue,
  invalid,
  mapOutcome,
  type Outcome,
  success,
} from '../../domain/failure.ts';
import type { Contact } from '../../domain/participant.ts';
import { unavailable } from '../http.ts';
import type { Call } from '../provider.ts';
import type { UpsertContact, UpsertedContact } from '../verbs.ts';
import type { ContactFields } from './client.ts';
import type { Inbox } from './inbox.ts';
import { textOf, toConversation } from './mapping.ts';
import { metaOf, type Tagging, tagIssues } from './tags.ts';

/** One call, and a look at the conversation where it had a contact already. */
export async function upsertContact(
  { account, client }: Inbox,
  input: UpsertContact,
  call: Call,
): Promise<Outcome<UpsertedContact>> {
  const { conversation } = input;
  if (!conversation) return invalid('conversationId', NEEDS_CONVERSATION);
  const fields = checked(fieldsOf(input), issuesOf(input));
  if (!fields.ok) return fields;
  const linked = await client.upsertContact(call, conversation.nativeId, fields.value);
  if (!linked.ok) return linked;
  if (linked.value !== null) {
    return success({ outcome: 'LINKED', contact: linkedContact(linked.value, fields.value) });
  }
  const seen = await client.getConversation(call, conversation.nativeId);
  const had = mapOutcome(seen, (row) => toConversation(row, account.name).contact);
  if (!had.ok) return had;
  return had.value
    ? success({ outcome: 'UNCHANGED', contact: had.value })
    : failed(unavailable(account.name, HAD_AND_HAS_NOT));
}

function ownOf({ options }: UpsertContact) {
  return options?.kind === 'chatbotkit' ? options : undefined;
}

function taggingOf(input: UpsertContact): Tagging {
  return { tags: input.tags, tagsPath: 'tags', meta: ownOf(input)?.meta };
}

function fieldsOf(input: UpsertContact): ContactFields {
  const { name, description, email, phone } = input;
  const { nick, fingerprint } = ownOf(input) ?? {};
  const meta = metaOf(taggingOf(input));
  return {
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(email === undefined ? {} : { email }),
    ...(phone === undefined ? {} : { phone }),
    ...(nick === undefined ? {} : { nick }),
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...(Object.keys(meta).length === 0 ? {} : { meta }),
  };
}

/** A contact that was found by its fingerprint keeps its own fields, and nothing tells whether it was found or made. */
function linkedContact(nativeId: string, fields: ContactFields): Contact {
  const { name, email, phone } = fields.fingerprint === undefined ? fields : {};
  return {
    nativeId,
    name: textOf(name),
    email: textOf(email),
    phone: textOf(phone),
    imageUrl: null,
  };
}

function issuesOf(input: UpsertContact): Issue[] {
  const { name, email, phone } = input;
  const { nick, fingerprint } = ownOf(input) ?? {};
  const isNobody = [name, email, phone, nick, fingerprint].every((word) => !word?.trim());
  return [
    ...(isNobody ? [{ path: 'name', message: NEEDS_A_WORD }] : []),
    ...(fingerprint !== undefined && fingerprint.trim().length <= LONGEST_TOO_SHORT
      ? [{ path: 'chatBotKit.fingerprint', message: TOO_SHORT }]
      : []),
    ...tagIssues(taggingOf(input)),
  ];
}

/** The service answers with an error of its own to sixteen, and counts what is left without spaces around it. */
const LONGEST_TOO_SHORT = 16;

const TOO_SHORT = `must have more than ${LONGEST_TOO_SHORT} characters; take one that nobody can guess, or leave it out.`;

// Told by none of these, everybody would be one and the same contact: the service finds them by just these words.
const NEEDS_A_WORD =
  'must be given, or else email, phone, chatBotKit.nick or chatBotKit.fingerprint: a contact is found by them.';

const NEEDS_CONVERSATION =
  'must be given: at ChatBotKit a contact is that of a conversation; name the one it is for.';

const HAD_AND_HAS_NOT = 'it said that the conversation has a contact already, and shows none of it';
