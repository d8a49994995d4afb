// Who listens by a tag hears what is written through the gateway too, though the answer to a send says nothing of tags.

import { describe, expect, it, vi } from 'vitest';
import { ACCOUNTS } from '../support/accounts.ts';
import { at, listAt, textAt } from '../support/answer.ts';
import { ask } from '../support/desk.ts';
import { mutate } from '../support/mutations.ts';
import { startParlance, type TestParlance } from '../support/parlance.ts';

/** Chatling knows no tags. */
const TAGGING = ACCOUNTS.filter((account) => account !== 'help');

const ADDED = `subscription ($filter: EventFilter) {
  messageAdded(filter: $filter) { __typename ... on MessageAdded { message { text } } }
}`;

describe.each(TAGGING)('at %s', (account) => {
  it('a message that was sent is told to who listens by the tags of its conversation', async () => {
    const parlance = await startParlance({ count: 8 });
    const [tagged, other] = await twoConversations(parlance, account);
    const listening = ask('WebSocket', parlance.url, ADDED, {
      filter: { providers: [account], tags: [tagged.tag] },
    });
    const first = listening.next();
    await vi.waitFor(() => expect(parlance.parlance.gateway.listeners).toBe(1));

    await mutate(parlance, 'sendMessage', { conversationId: other.id, text: 'Not for them' });
    await mutate(parlance, 'sendMessage', { conversationId: tagged.id, text: 'For them' });

    expect(at(await first, 'message.text')).toBe('For them');
  });
});

interface Found {
  readonly id: string;
  readonly tag: { readonly key: string; readonly value: string };
}

/** One with a tag, and one that has not this tag with this value. */
async function twoConversations(
  { ask: asks }: TestParlance,
  account: string,
): Promise<readonly [Found, Found]> {
  const { data } = await asks(
    `query ($filter: ConversationFilter) {
      conversations(first: 50, filter: $filter) { nodes { id tag(key: "plan") { value } } }
    }`,
    { filter: { providers: [account] } },
  );
  const found = listAt(data, 'conversations.nodes').flatMap((node): Found[] => {
    const value = at(node, 'tag.value');
    return typeof value === 'string'
      ? [{ id: textAt(node, 'id'), tag: { key: 'plan', value } }]
      : [];
  });
  const [one] = found;
  const other = found.find(({ tag }) => tag.value !== one?.tag.value);
  if (!one || !other) throw new Error('no two conversations are tagged apart: tell more tales');
  return [one, other];
}
