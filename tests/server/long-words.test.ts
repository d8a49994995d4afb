// What a client sends once is not said back to it a hundred times over.

import { expect, it } from 'vitest';
import { at, listAt } from '../support/answer.ts';
import { startDesk } from '../support/desk.ts';

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
