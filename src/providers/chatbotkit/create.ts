// Creates a conversation, with a history where one is given. The service answers with an id alone, so it is read back.

import type { Conversation } from '../../domain/conversation.ts';
import { checked, type Issue, type Outcome, success } from '../../domain/failure.ts';
import type { Call } from '../provider.ts';
import type { CreateConversation } from '../verbs.ts';
import { unseen } from '../wire-reading.ts';
import type { NewConversation } from './client.ts';
import type { Inbox } from './inbox.ts';
import { toConversation, typeOf } from './mapping.ts';
import { metaOf, tagIssues } from './tags.ts';

/** Two calls. Where the second fails the conversation is there all the same, and `outcome-unknown` names it. */
export async function createConversation(
  { account, client }: Inbox,
  input: CreateConversation,
  call: Call,
): Promise<Outcome<Conversation>> {
  const asked = newConversation(input);
  if (!asked.ok) return asked;
  const created = await client.createConversation(call, asked.value);
  if (!created.ok) return created;
  await input.begun?.(created.value);
  const seen = await client.getConversation(call, created.value);
  return seen.ok
    ? success(toConversation(seen.value, account.name))
    : unseen(`conversation ${created.value} was created`, account.name, seen.failure);
}

function newConversation(input: CreateConversation): Outcome<NewConversation> {
  const { title, description, contactId, message, messages = [] } = input;
  const own = input.options?.kind === 'chatbotkit' ? input.options : undefined;
  const { kind: _kind, meta, ...fields } = own ?? {};
  const tagging = { tags: input.tags, tagsPath: 'tags', meta };
  const history = messages.map(({ role, text }) => ({ type: typeOf('MESSAGE', role), text }));
  const issues = [
    ...tagIssues(tagging),
    ...messages.flatMap(({ role }, index) => roleIssues(role, index)),
  ];
  const whole = metaOf(tagging);
  const rows = [
    ...history.flatMap(({ type, text }) => (type === undefined ? [] : [{ type, text }])),
    // A history is what was before; the message is what the conversation goes on with.
    ...(message === undefined ? [] : [{ type: 'user', text: message }]),
  ];
  const asked: NewConversation = {
    ...fields,
    ...(title === undefined ? {} : { name: title }),
    ...(description === undefined ? {} : { description }),
    ...(contactId === undefined ? {} : { contactId }),
    ...(Object.keys(whole).length === 0 ? {} : { meta: whole }),
    ...(rows.length === 0 ? {} : { messages: rows }),
  };
  return checked(asked, issues);
}

function roleIssues(
  role: NonNullable<CreateConversation['messages']>[number]['role'],
  index: number,
): Issue[] {
  if (typeOf('MESSAGE', role) !== undefined) return [];
  const message = `must be USER or BOT in a history here; let one of them say this instead of ${role}.`;
  return [{ path: `messages.${index}.role`, message }];
}
