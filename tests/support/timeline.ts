// The messages of one conversation as a client reads them, newest first.

import { at, listAt } from './answer.ts';
import { CONTENT_FRAGMENTS, MESSAGE_FIELDS } from './mutations.ts';
import type { TestParlance } from './parlance.ts';

export async function messagesOf(
  { ask }: Pick<TestParlance, 'ask'>,
  id: string,
  { includeHidden = false }: { readonly includeHidden?: boolean } = {},
): Promise<readonly unknown[]> {
  const { data, errors } = await ask(MESSAGES, { id, includeHidden });
  if (errors.length > 0) throw new Error(`no messages: ${JSON.stringify(errors)}`);
  return listAt(data, 'conversation.messages.nodes');
}

/** Newest first, as role and words. */
export function spoken(messages: readonly unknown[]): unknown[] {
  return messages.map((message) => [at(message, 'role'), at(message, 'text')]);
}

const MESSAGES = `query ($id: ID!, $includeHidden: Boolean!) {
  conversation(id: $id) {
    messages(first: 100, includeHidden: $includeHidden) { nodes { ${MESSAGE_FIELDS} } }
  }
}
${CONTENT_FRAGMENTS}`;
