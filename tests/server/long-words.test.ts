// What a client sends once is not said back to it a hundred times over.

import { createClient } from 'graphql-ws';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { at, listAt, textAt } from '../support/answer.ts';
import { idOf, startDesk } from '../support/desk.ts';
import { startParlance } from '../support/parlance.ts';

const LONG = 'x'.repeat(300_000);

async function ask(query: string, variables: object) {
  const { url } = await startDesk();
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const text = await response.text();
  const body: unknown = JSON.parse(text);
  return { length: text.length, body };
}

const ninety = (field: string) =>
  Array.from({ length: 90 }, (_, index) => `a${index}: ${field}`).join(' ');

const CREATED =
  '{ __typename ... on InvalidInputError { message issues { path message } } ... on NotFoundError { message } }';

it.each([
  [
    'a provider by its name',
    `query ($said: String!) { ${ninety('provider(name: $said) { name }')} }`,
  ],
  [
    'a provider of a write',
    `mutation ($said: String!) { ${ninety(`createConversation(input: { provider: $said }) ${CREATED}`)} }`,
  ],
  [
    'a tag that is given twice',
    `mutation ($said: String!) { ${ninety(`createConversation(input: { provider: "one", tags: [{ key: $said }, { key: $said }] }) ${CREATED}`)} }`,
  ],
])('%s is repeated in part, with what to do at its end', async (_what, query) => {
  const { length, body } = await ask(query, { said: LONG });

  expect(length).toBeLessThan(LONG.length);
  expect(JSON.stringify(body)).toMatch(/xxx … xxx/);
});

it('of a thousand mistakes the first fifty are told', async () => {
  const tags = Array.from({ length: 1000 }, () => ({ key: ' ' }));
  const { body } = await ask(
    `mutation ($tags: [TagInput!]) { createConversation(input: { provider: "one", tags: $tags }) ${CREATED} }`,
    { tags },
  );

  expect(listAt(body, 'data.createConversation.issues')).toHaveLength(50);
});

it('what each provider can do is counted for each of them', async () => {
  const { body } = await ask(
    `{ ${ninety('providers { capabilities { verb support note fields roles } }')} }`,
    {},
  );

  // Two providers, each with an entry for every verb.
  expect(at(body, 'extensions.cost.price')).toBe(Math.ceil((90 * 2 * 21 * 5) / 100));
});

describe('a long text that is asked for under ninety names', () => {
  const TEXTS = ninety('text');
  const TOO_LONG = expect.stringContaining('This answer would have more than 16 MB.');

  it('is not written out for each of them', async () => {
    const { url, rows } = await startDesk();
    const row = rows.get('one-0');
    if (row) rows.set('one-0', { ...row, title: LONG });
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({
        query: `{ conversation(id: "${idOf('one-0')}") { ${ninety('title')} } }`,
      }),
    });

    expect(await response.json()).toEqual({
      errors: [{ message: TOO_LONG, extensions: { code: 'INVALID_INPUT' } }],
      extensions: { cost: expect.anything() },
    });
  });

  it('is not written out after a write either, which was done', async () => {
    const { ask: asked } = await startParlance({ count: 4 });
    const found = await asked(
      '{ conversations(first: 1, filter: { providers: ["assistant"] }) { nodes { id } } }',
    );
    const { data, errors } = await asked(
      `mutation ($id: ID!, $text: String!) { sendMessage(input: { conversationId: $id, text: $text }) { ... on SendMessagePayload { message { ${TEXTS} } } } }`,
      { id: textAt(found.data, 'conversations.nodes.0.id'), text: LONG },
    );

    expect(data).toBeUndefined();
    expect(textAt(errors, '0.message')).toMatch(/16 MB.* What it changes is changed\.$/);
  });

  it('is not written out for each of them when it comes as an event', async () => {
    const desk = await startDesk();
    const client = createClient({
      url: `${desk.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
    });
    onTestFinished(() => client.dispose());
    const events = client.iterate({
      query: `subscription { messageAdded(confirm: true) { __typename ... on MessageAdded { message { ${TEXTS} } } } }`,
    });
    await events.next();

    await desk.say('y'.repeat(100_000));
    const few = await events.next();
    await desk.say(LONG);
    const many = await events.next();

    expect(few.value).toMatchObject({ data: { messageAdded: { __typename: 'MessageAdded' } } });
    expect(many.value).toEqual({
      errors: [{ message: TOO_LONG, extensions: { code: 'INVALID_INPUT' } }],
    });
  });
});
