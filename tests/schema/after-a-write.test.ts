// What an operation read before one of its writes is read again after it.

import { expect, it } from 'vitest';
import { at, textAt } from '../support/answer.ts';
import { startParlance } from '../support/parlance.ts';

const FIRST = '{ conversations(first: 1, filter: { providers: ["website"] }) { nodes { id } } }';

const THREE_WRITES = `
  mutation ($id: ID!) {
    before: sendMessage(input: { conversationId: $id, text: "one" }) { ...of }
    updateConversation(input: { id: $id, tags: { set: [{ key: "stage", value: "late" }] } }) {
      ... on UpdateConversationPayload { conversation { tag(key: "stage") { value } } }
    }
    after: sendMessage(input: { conversationId: $id, text: "two" }) { ...of }
  }
  fragment of on SendMessagePayload {
    message { conversation { tag(key: "stage") { value } } }
  }
`;

it('the conversation of a message is as the write before it left it', async () => {
  const parlance = await startParlance();
  const found = await parlance.ask(FIRST);
  const id = textAt(found.data, 'conversations.nodes.0.id');

  const { data, errors } = await parlance.ask(THREE_WRITES, { id });

  expect(errors).toEqual([]);
  expect(at(data, 'before')).toEqual({ message: { conversation: { tag: null } } });
  expect(at(data, 'after')).toEqual({ message: { conversation: { tag: { value: 'late' } } } });
});
