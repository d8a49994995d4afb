// Creates a conversation, with a history where one is given. The service answers with an id alone, so it is read back.

import type { Conversation } from '../../domain/conversation.ts';
import { failed, type Issue, type Outcome, success } from '../../domain/failure.ts';
import type { ProviderName } from '../../domain/ids.ts';
import type { Call, CreateConversation } from '../provider.ts';
import type { ChatBotKitClient, NewConversation } from './client.ts';
import { toConversation } from './mapping.ts';
import { typeOf } from './messages.ts';
import { metaOf, taggingIssues } from './meta.ts';
import { unseen } from './unseen.ts';

/** Two calls. Where the second fails the conversation is there all the same, and `outcome-unknown` names it. */
export function creating(client: ChatBotKitClient, provider: ProviderName) {
  return async (input: CreateConversation, call: Call): Promise<Outcome<Conversation>> => {
    const asked = newConversation(input);
    if (!asked.ok) return asked;
    const created = await client.createConversation(call, asked.value);
    if (!created.ok) return created;
    const seen = await client.fetchConversation(call, created.value);
    return seen.ok
      ? success(toConversation(seen.value, provider))
      : unseen(provider, `conversation ${created.value} was created`, seen.failure);
  };
}

function newConversation(input: CreateConversation): Outcome<NewConversation> {
  const { title, description, contactId, message, messages = [] } = input;
  const options = input.options?.kind === 'chatbotkit' ? input.options : undefined;
  const { kind: _kind, meta, ...own } = options ?? {};
  const tagging = { tags: input.tags, tagsPath: 'tags', meta };
  const history = messages.map(({ role, text }) => ({ type: typeOf('MESSAGE', role), text }));
  const [issue, ...issues]: Issue[] = [
    ...taggingIssues(tagging),
    ...messages.flatMap(({ role }, index) => roleIssues(role, index)),
  ];
  if (issue) return failed({ kind: 'invalid-input', issues: [issue, ...issues] });

  const whole = metaOf(tagging);
  const rows = [
    ...history.flatMap(({ type, text }) => (type === undefined ? [] : [{ type, text }])),
    // A history is what was before; the message is what the conversation goes on with.
    ...(message === undefined ? [] : [{ type: 'user', text: message }]),
  ];
  return success({
    ...own,
    ...(title === undefined ? {} : { name: title }),
    ...(description === undefined ? {} : { description }),
    ...(contactId === undefined ? {} : { contactId }),
    ...(Object.keys(whole).length === 0 ? {} : { meta: whole }),
    ...(rows.length === 0 ? {} : { messages: rows }),
  });
}

function roleIssues(
  role: NonNullable<CreateConversation['messages']>[number]['role'],
  index: number,
): Issue[] {
  if (typeOf('MESSAGE', role) !== undefined) return [];
  const message = `A history here is between USER and BOT: let one of them say this instead of ${role}.`;
  return [{ path: `messages.${index}.role`, message }];
}
