// A kind of provider from outside this tree, named in a config: the example notebook, beside an account of our own.

import { describe, expect, it, onTestFinished } from 'vitest';
import { compose } from '../../src/compose.ts';
import { loadConfig } from '../../src/config/load.ts';
import { configOf, folderWith } from '../config/folder.ts';
import { at, listAt, textAt } from '../support/answer.ts';
import { parlance, startedWorld } from '../support/command.ts';
import {
  EXAMPLE_CONFIG,
  NOTEBOOK_MODULE,
  type RunningNotebook,
  startNotebook,
} from '../support/notebook.ts';
import { type Asked, ask as askAt } from '../support/parlance.ts';

interface Gateway {
  readonly notebook: RunningNotebook;
  ask(query: string, variables?: object): Promise<Asked>;
  mutate(mutation: string, input: object, shown: string): Promise<unknown>;
}

const SURROUNDINGS = {
  log: { debug() {}, info() {}, warn() {}, error() {} },
  clock: Date.now,
  randomSecret: () => 'a secret of this test',
};

/** From a config file, as an operator writes it. */
async function gateway(): Promise<Gateway> {
  const notebook = await startNotebook();
  const { credentials } = await startedWorld();
  const { url, token, botId } = credentials.botpress;
  const cwd = await folderWith({
    'parlance.config.yaml': `
kinds: [ "\${NOTEBOOK_MODULE}" ]
providers:
  site: { kind: botpress, url: "${url}", token: \${BOTPRESS_TOKEN}, botId: ${botId} }
  notes: { kind: notebook, url: "${notebook.url}", key: \${NOTEBOOK_KEY} }
server: { port: 0, leaveAfterMs: 0 }
`,
  });
  const environment = { NOTEBOOK_MODULE, NOTEBOOK_KEY: notebook.key, BOTPRESS_TOKEN: token };
  const config = configOf(await loadConfig({ environment, cwd }));
  const running = await compose(config, SURROUNDINGS);
  onTestFinished(() => running.close());
  return {
    notebook,
    ask: (query, variables) => askAt(running.url, query, variables),
    async mutate(mutation, input, shown) {
      const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input!`;
      const { data, errors } = await askAt(
        running.url,
        `mutation ($input: ${type}) { result: ${mutation}(input: $input) {
          __typename ${shown}
          ... on InvalidInputError { issues { path message } }
          ... on UnsupportedError { verb note }
        } }`,
        { input },
      );
      expect(errors).toEqual([]);
      return at(data, 'result');
    },
  };
}

const CONVERSATION = `conversation {
  id title tags { key value } contact { nativeId } native { ... on GenericNative { kind data } }
}`;

/** The only conversation that the notebook has. */
async function idOfOnly({ ask }: Gateway): Promise<string> {
  const { data } = await ask(
    '{ conversations(filter: { providers: ["notes"] }) { nodes { id } } }',
  );
  expect(listAt(data, 'conversations.nodes')).toHaveLength(1);
  return textAt(data, 'conversations.nodes.0.id');
}

describe('a provider of one’s own', () => {
  it('is listed with the others, newest first, and says what only it has', async () => {
    const { ask, notebook } = await gateway();
    notebook.begin({ title: 'Old' });
    notebook.begin(
      { title: 'Groceries', colour: 'green', setLabels: [{ key: 'home', value: null }] },
      { by: 'reader', text: 'Is there bread?' },
      { by: 'keeper', text: 'Half a loaf.' },
    );

    const { data, errors } = await ask(`{ conversations(first: 30) {
      nodes {
        provider { name kind } title tags { key value } sortedAt messageCount
        native { __typename ... on GenericNative { kind data } }
        messages { nodes { role text native { ... on GenericNative { kind data } } } }
      }
      sources { provider { name } status }
    } }`);

    expect(errors).toEqual([]);
    const nodes = listAt(data, 'conversations.nodes');
    expect(new Set(nodes.map((node) => textAt(node, 'provider.name')))).toEqual(
      new Set(['site', 'notes']),
    );
    const times = nodes.map((node) => textAt(node, 'sortedAt'));
    expect(times).toEqual(times.toSorted().toReversed());
    expect(nodes.find((node) => at(node, 'title') === 'Groceries')).toMatchObject({
      provider: { name: 'notes', kind: 'notebook' },
      tags: [{ key: 'home', value: null }],
      messageCount: 2,
      native: { __typename: 'GenericNative', kind: 'notebook', data: { colour: 'green' } },
      messages: {
        nodes: [
          { role: 'AGENT', text: 'Half a loaf.', native: { kind: 'notebook' } },
          { role: 'USER', text: 'Is there bread?', native: { data: { by: 'reader' } } },
        ],
      },
    });
    expect(listAt(data, 'conversations.sources')).toEqual([
      { provider: { name: 'site' }, status: 'FRESH' },
      { provider: { name: 'notes' }, status: 'FRESH' },
    ]);
  });

  it('is walked page by page beside the others, each conversation once', async () => {
    const { ask, notebook } = await gateway();
    for (let count = 0; count < 7; count += 1) notebook.begin({ title: `No. ${count}` });
    const seen: string[] = [];
    let after: unknown = null;

    do {
      const { data } = await ask(
        `query ($after: String) { conversations(first: 4, after: $after) {
          nodes { nativeId provider { name } } pageInfo { hasNextPage endCursor }
        } }`,
        { after },
      );
      seen.push(
        ...listAt(data, 'conversations.nodes')
          .filter((node) => at(node, 'provider.name') === 'notes')
          .map((node) => textAt(node, 'nativeId')),
      );
      const more = at(data, 'conversations.pageInfo.hasNextPage') === true;
      after = more ? at(data, 'conversations.pageInfo.endCursor') : null;
    } while (after !== null);

    expect(seen).toEqual(notebook.notebooks.map(({ id }) => id).toReversed());
  });

  it('is given what only it takes as providerOptions, and refuses what it does not know', async () => {
    const { mutate, notebook } = await gateway();

    const made = await mutate(
      'createConversation',
      { provider: 'notes', title: 'Travel', providerOptions: { colour: 'red' } },
      `... on CreateConversationPayload { ${CONVERSATION} }`,
    );
    const changed = await mutate(
      'updateConversation',
      { id: textAt(made, 'conversation.id'), providerOptions: { colour: 'blue' } },
      `... on UpdateConversationPayload { ${CONVERSATION} }`,
    );
    const refused = await mutate(
      'createConversation',
      { provider: 'notes', providerOptions: { colour: 7 } },
      '',
    );

    const native = (colour: string) => ({ conversation: { native: { data: { colour } } } });
    expect(made).toMatchObject(native('red'));
    expect(changed).toMatchObject(native('blue'));
    expect(refused).toMatchObject({
      __typename: 'InvalidInputError',
      issues: [{ path: 'providerOptions.colour' }],
    });
    expect(notebook.notebooks).toMatchObject([{ title: 'Travel', colour: 'blue' }]);
    expect(notebook.asked.filter((line) => line.startsWith('POST'))).toHaveLength(1);
  });

  it('is not given a group that is another provider’s', async () => {
    const { mutate, notebook } = await gateway();

    const refused = await mutate(
      'createConversation',
      { provider: 'notes', chatBotKit: { botId: 'b' } },
      '',
    );

    expect(refused).toMatchObject({
      __typename: 'InvalidInputError',
      issues: [{ path: 'chatBotKit' }],
    });
    expect(notebook.asked).toEqual([]);
  });

  it('gives the conversation there is, where one matches', async () => {
    const { mutate, notebook } = await gateway();
    const input = {
      provider: 'notes',
      contactId: 'ada',
      tags: [{ key: 'plan', value: 'pro' }],
    };
    const shown = `... on GetOrCreateConversationPayload { created ${CONVERSATION} }`;

    const first = await mutate('getOrCreateConversation', input, shown);
    const second = await mutate('getOrCreateConversation', input, shown);

    expect(first).toMatchObject({ created: true, conversation: { contact: { nativeId: 'ada' } } });
    expect(second).toEqual({ ...Object(first), created: false });
    expect(notebook.notebooks).toMatchObject([{ reader: 'ada', labels: input.tags }]);
  });

  it('is written to and changed, and what was not named stays', async () => {
    const running = await gateway();
    const { mutate, notebook } = running;
    const row = notebook.begin(
      { title: 'Groceries', reader: 'ada', setLabels: [{ key: 'home', value: null }] },
      { by: 'reader', text: 'Is there bread?' },
    );
    const conversationId = await idOfOnly(running);
    const shown = 'message { id text role }';

    const sent = await mutate(
      'sendMessage',
      { conversationId, text: 'Half a loaf.' },
      `... on SendMessagePayload { delivery ${shown} }`,
    );
    const edited = await mutate(
      'updateMessage',
      { id: textAt(sent, 'message.id'), text: 'None.' },
      `... on UpdateMessagePayload { ${shown} }`,
    );
    const changed = await mutate(
      'updateConversation',
      {
        id: conversationId,
        title: null,
        tags: { set: [{ key: 'plan', value: 'pro' }], remove: ['home'] },
      },
      `... on UpdateConversationPayload { ignored ${CONVERSATION} }`,
    );

    expect(sent).toMatchObject({ delivery: 'SENT', message: { role: 'AGENT' } });
    expect(edited).toMatchObject({ message: { text: 'None.' } });
    expect(changed).toMatchObject({
      ignored: [],
      conversation: { title: null, contact: { nativeId: 'ada' } },
    });
    expect(row).toMatchObject({
      title: null,
      reader: 'ada',
      labels: [{ key: 'plan', value: 'pro' }],
      notes: [
        { by: 'reader', text: 'Is there bread?' },
        { by: 'keeper', text: 'None.' },
      ],
    });
  });

  it('loses the message that is deleted, and then the conversation', async () => {
    const running = await gateway();
    const { mutate, notebook } = running;
    const row = notebook.begin({ title: 'Groceries' }, { by: 'reader', text: 'Is there bread?' });
    const conversationId = await idOfOnly(running);
    const sent = await mutate(
      'sendMessage',
      { conversationId, text: 'Half a loaf.' },
      '... on SendMessagePayload { message { id } }',
    );

    await mutate('deleteMessage', { id: textAt(sent, 'message.id') }, '');
    const left = row.notes.map(({ text }) => text);
    await mutate('deleteConversation', { id: conversationId }, '');

    expect(left).toEqual(['Is there bread?']);
    expect(notebook.notebooks).toEqual([]);
  });

  it('refuses what it cannot do before it is asked, in its own words or in ours', async () => {
    const running = await gateway();
    const { mutate, notebook } = running;
    const row = notebook.begin({ title: 'Groceries' }, { by: 'keeper', text: 'Bread.' });
    const conversationId = await idOfOnly(running);
    const { data } = await running.ask(
      'query ($id: ID!) { conversation(id: $id) { messages { nodes { id } } } }',
      { id: conversationId },
    );
    const message = textAt(data, 'conversation.messages.nodes.0.id');
    notebook.asked.length = 0;

    const rated = await mutate('rateMessage', { id: message, rating: 'HELPFUL' }, '');
    const requested = await mutate('requestReply', { conversationId }, '');

    expect(rated).toMatchObject({
      __typename: 'UnsupportedError',
      verb: 'MESSAGE_RATE',
      note: expect.stringContaining('Nobody rates a note'),
    });
    expect(requested).toMatchObject({
      __typename: 'UnsupportedError',
      verb: 'REPLY_REQUEST',
      note: expect.stringContaining('notebook'),
    });
    expect(notebook.asked).toEqual([]);
    expect(row.notes).toHaveLength(1);
  });

  it('says what it can do, like any other', async () => {
    const { ask } = await gateway();

    const { data } = await ask(
      '{ provider(name: "notes") { kind capabilities { verb support note } } }',
    );

    expect(at(data, 'provider.kind')).toBe('notebook');
    const able = listAt(data, 'provider.capabilities').filter(
      (capability) => at(capability, 'support') !== 'NONE',
    );
    expect(able.map((capability) => textAt(capability, 'verb')).toSorted()).toEqual(
      [
        'CONVERSATION_CREATE',
        'CONVERSATION_DELETE',
        'CONVERSATION_GET',
        'CONVERSATION_GET_OR_CREATE',
        'CONVERSATION_LIST',
        'CONVERSATION_UPDATE',
        'MESSAGE_DELETE',
        'MESSAGE_GET',
        'MESSAGE_LIST',
        'MESSAGE_SEND',
        'MESSAGE_UPDATE',
      ].toSorted(),
    );
  });
});

describe('the command, with the config of the example', () => {
  it('starts, and the notebook answers through it', async () => {
    const notebook = await startNotebook();
    notebook.begin({ title: 'Groceries' });
    const started = await parlance(['start', '--config', EXAMPLE_CONFIG], {
      environment: { PORT: '0', NOTEBOOK_URL: notebook.url, NOTEBOOK_KEY: notebook.key },
    });

    const { data } = await askAt(await started.url(), '{ conversations { nodes { title } } }');

    expect(listAt(data, 'conversations.nodes')).toEqual([{ title: 'Groceries' }]);
    const { out, err } = started.printed();
    expect(out + err).not.toContain(notebook.key);
  });

  it('checks that it answers', async () => {
    const notebook = await startNotebook();
    const environment = { NOTEBOOK_URL: notebook.url, NOTEBOOK_KEY: notebook.key };

    const { code, out } = await (
      await parlance(['check', '--config', EXAMPLE_CONFIG], { environment })
    ).ended();

    expect(code).toBe(0);
    expect(out).toContain('notes (notebook): answers.');
    expect(out).not.toContain(notebook.key);
  });

  it('says which account has a wrong key, and not the key', async () => {
    const notebook = await startNotebook();
    const wrong = 'wrong0wrong0wrong0wrong';
    const environment = { NOTEBOOK_URL: notebook.url, NOTEBOOK_KEY: wrong };

    const { code, out, err } = await (
      await parlance(['check', '--config', EXAMPLE_CONFIG], { environment })
    ).ended();

    expect(code).toBe(1);
    expect(out).toMatch(/notes \(notebook\): .*own credential.*That key opens nothing/);
    expect(out + err).not.toContain(wrong);
  });
});

describe('a kind that cannot be opened', () => {
  it('ends the command, also while Redis is out of reach', async () => {
    const started = await parlance(['start'], {
      files: {
        'broken.ts': `
import { defineProvider } from 'parlance';
export default defineProvider({
  kind: 'broken',
  origin: 'http://127.0.0.1:1',
  settings: { '~standard': { version: 1, vendor: 'by hand', validate: (value) => ({ value }) } },
  open() { throw new Error('a slip of its author'); },
});
`,
        'parlance.config.yaml': `
kinds: [ ./broken.ts ]
redis: { url: "redis://127.0.0.1:1" }
providers: { site: { kind: broken } }
`,
      },
    });

    const { code, err } = await started.ended();

    expect(err).toContain('a slip of its author');
    expect(code).toBe(1);
  });
});
