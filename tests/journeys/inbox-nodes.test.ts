// Anything with an id is had again by that id: alone, among others, and the same as where it was met.

import { describe, expect, it } from 'vitest';
import { encodeId, providerName } from '../../src/domain/ids.ts';
import { ACCOUNTS } from '../support/accounts.ts';
import { at, listAt, textAt } from '../support/answer.ts';
import { idsAt } from '../support/inbox.ts';
import { startParlance } from '../support/parlance.ts';

/** All that a list and a single reading both tell. */
const SAID = `
  __typename id nativeId provider { id name } channel title description preview status priority archived important
  tags { key value } contact { id nativeId name email phone imageUrl } assignee { id nativeId role name }
  createdAt updatedAt lastActivityAt
`;

describe.each(ACCOUNTS)('a conversation at %s', (account) => {
  it('is by its id what it is in the inbox', async () => {
    const { ask } = await startParlance();
    const listed = await ask(
      `query ($filter: ConversationFilter) { conversations(first: 100, filter: $filter) { nodes { ${SAID} } } }`,
      { filter: { providers: [account] } },
    );
    const conversations = listAt(listed.data, 'conversations.nodes');
    const ids = conversations.map((conversation) => textAt(conversation, 'id'));

    const { data, errors } = await ask(
      `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Conversation { ${SAID} } } }`,
      { ids },
    );
    const alone = await ask(
      `query ($id: ID!) { node(id: $id) { ... on Conversation { ${SAID} } } conversation(id: $id) { ${SAID} } }`,
      { id: ids[7] },
    );

    expect(errors).toEqual([]);
    expect(ids).toHaveLength(40);
    expect(at(data, 'nodes')).toEqual(conversations);
    expect(alone).toMatchObject({ errors: [] });
    expect(at(alone.data, 'conversation')).toEqual(conversations[7]);
    expect(at(alone.data, 'node')).toEqual(conversations[7]);
  });

  it('has messages that are by their ids what they are within it', async () => {
    const parlance = await startParlance({ count: 8 });
    const ids = [...(await idsAt(parlance, account)).values()];
    const message = `
      __typename id nativeId role kind visibility author { id nativeId role name email } text
      content { __typename ... on TextContent { text } ... on MarkdownContent { markdown } }
      citations { type title url } rating attachments { name type url } tags { key value }
      createdAt updatedAt conversation { id }
    `;
    const threads = await parlance.ask(
      `query ($ids: [ID!]!) {
        nodes(ids: $ids) { ... on Conversation { messages(first: 12, includeHidden: true) { nodes { ${message} } } } }
      }`,
      { ids },
    );
    const messages = listAt(threads.data, 'nodes').flatMap((node) =>
      listAt(node, 'messages.nodes'),
    );

    const { data, errors } = await parlance.ask(
      `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Message { ${message} } } }`,
      { ids: messages.map((one) => textAt(one, 'id')) },
    );

    expect(errors).toEqual([]);
    expect(messages.length).toBeGreaterThan(20);
    expect(at(data, 'nodes')).toEqual(messages);
  });

  it('that is not there is null with an error that says what to do', async () => {
    const parlance = await startParlance({ count: 2 });
    const [id = '', other] = (await idsAt(parlance, account)).values();
    // Of the shape its provider gives, and of nobody.
    const gone = Buffer.from(id, 'base64url')
      .toString()
      .replace(/.$/, (last) => (last === '7' ? '8' : '7'));
    const missing = Buffer.from(gone).toString('base64url');

    const { data, errors } = await parlance.ask(
      `query ($missing: ID!, $ids: [ID!]!) {
        conversation(id: $missing) { id }
        node(id: $missing) { id }
        nodes(ids: $ids) { id }
      }`,
      { missing, ids: [id, missing, other] },
    );

    expect(data).toEqual({ conversation: null, node: null, nodes: [{ id }, null, { id: other }] });
    expect(errors.map((error) => listAt(error, 'path').join('.')).toSorted()).toEqual([
      'conversation',
      'node',
      'nodes.1',
    ]);
    for (const error of errors) {
      expect(at(error, 'extensions.code')).toBe('NOT_FOUND');
      expect(textAt(error, 'message')).toMatch(
        new RegExp(
          `^There is no conversation .* at ${account}\\. .* list again to see what there is\\.$`,
        ),
      );
    }
  });
});

describe('nodes', () => {
  it('come in the order asked, whatever they are and however often they are named', async () => {
    const parlance = await startParlance({ count: 3 });
    const { data: met } = await parlance.ask(`{
      conversations(first: 12) { nodes { id provider { id } messages(first: 2) { nodes { id } } } }
    }`);
    const inbox = listAt(met, 'conversations.nodes');
    const ids = inbox.flatMap((node) => [
      textAt(node, 'id'),
      ...listAt(node, 'messages.nodes').map((message) => textAt(message, 'id')),
      textAt(node, 'provider.id'),
    ]);
    const asked = [...ids.toReversed(), ...ids.slice(0, 5)];

    const { data, errors } = await parlance.ask(
      'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }',
      { ids: asked },
    );

    expect(errors).toEqual([]);
    expect(listAt(data, 'nodes').map((node) => at(node, 'id'))).toEqual(asked);
    expect(new Set(listAt(data, 'nodes').map((node) => at(node, '__typename')))).toEqual(
      new Set(['Conversation', 'Message', 'Provider']),
    );
  });

  it('that are not there take nothing from those beside them', async () => {
    const parlance = await startParlance({ count: 2 });
    const [id = ''] = (await idsAt(parlance, 'support')).values();
    const nowhere = { provider: providerName('nowhere'), nativeId: '1' };
    const gone = [
      encodeId({ type: 'Provider', provider: nowhere.provider }),
      encodeId({ type: 'Conversation', conversation: nowhere }),
      encodeId({ type: 'Message', message: { conversation: nowhere, nativeId: '1' } }),
      // Uuids of no version that Stack Auth takes.
      encodeId({
        type: 'Conversation',
        conversation: {
          provider: providerName('support'),
          nativeId: '86826e6d-661b-0a9f-cd63-a253d84f09f0',
        },
      }),
    ];

    const { data, errors } = await parlance.ask(
      'query ($ids: [ID!]!) { nodes(ids: $ids) { id } providers { name } }',
      { ids: [id, ...gone] },
    );

    expect(at(data, 'nodes')).toEqual([{ id }, null, null, null, null]);
    expect(listAt(data, 'providers')).toHaveLength(4);
    expect(errors.map((error) => at(error, 'extensions.code'))).toEqual([
      'NOT_FOUND',
      'NOT_FOUND',
      'NOT_FOUND',
      'NOT_FOUND',
    ]);
  });

  it('are no people, who come with their conversation', async () => {
    const { ask } = await startParlance({ count: 4 });
    const { data: met } = await ask(`{
      conversations(first: 100, filter: { providers: ["support"] }) { nodes { contact { id } } }
    }`);
    const id = listAt(met, 'conversations.nodes')
      .map((node) => at(node, 'contact.id'))
      .find((one) => typeof one === 'string');

    const { data, errors } = await ask('query ($id: ID!) { node(id: $id) { id } }', { id });

    expect(data).toEqual({ node: null });
    expect(errors).toMatchObject([
      {
        path: ['node'],
        extensions: {
          code: 'INVALID_INPUT',
          issues: [
            { path: 'id', message: 'is the id of a Contact, who comes with a conversation only.' },
          ],
        },
      },
    ]);
  });

  it('are providers too, by the id they have everywhere', async () => {
    const { ask } = await startParlance({ count: 1 });
    const { data: met } = await ask('{ providers { id name kind } provider(name: "help") { id } }');
    const ids = listAt(met, 'providers').map((provider) => textAt(provider, 'id'));

    const { data } = await ask(
      'query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Provider { name kind } } }',
      { ids },
    );

    expect(at(data, 'nodes')).toEqual(at(met, 'providers'));
    expect(listAt(data, 'nodes').map((node) => [at(node, 'name'), at(node, 'kind')])).toEqual([
      ['website', 'botpress'],
      ['help', 'chatling'],
      ['assistant', 'chatbotkit'],
      ['support', 'stack-auth'],
    ]);
    expect(at(met, 'provider.id')).toBe(ids[1]);
  });
});
