// The seventeen tools over the rows of ChatBotKit, and every way in which their answers may come.

import { describe, expect, it } from 'vitest';
import { isRecord } from '../../emulators/emulator.ts';
import { callPinkfish, type PinkfishCaller } from './pinkfish-caller.ts';

/** As the server's own documents list them; `!` is required, beside PCID, which each of them is. */
const TOOLS: Readonly<Record<string, string>> = {
  complete_conversation: 'attachments contactId extensions functions limits messages!',
  complete_conversation_message: 'conversationId! entities extensions functions limits text!',
  create_conversation: 'contactId description messages meta name spaceId taskId',
  create_conversation_message: 'conversationId! description entities meta name text! type!',
  create_conversation_session: 'conversationId! durationInSeconds',
  delete_conversation: 'conversationId!',
  delete_conversation_message: 'conversationId! messageId!',
  fetch_conversation: 'conversationId!',
  fetch_conversation_message: 'conversationId! messageId!',
  list_conversation_messages: 'conversationId! cursor order take',
  list_conversations: 'cursor meta order take',
  receive_conversation_message: 'conversationId! extensions functions',
  send_conversation_message: 'conversationId! entities extensions functions text!',
  update_conversation: 'contactId conversationId! description meta name spaceId taskId',
  update_conversation_message:
    'conversationId! description entities messageId! meta name text type',
  upload_conversation_attachment: 'conversationId! file!',
  upsert_conversation_contact: 'conversationId! description email fingerprint meta name nick phone',
};

describe('the list of tools', () => {
  it('has the seventeen, each with the arguments it takes and the connection it needs', async () => {
    const { rpc } = await callPinkfish();

    const { body } = await rpc('tools/list');

    const shown = toolsIn(body).map(({ name, inputSchema }) => [
      name.replace('chatbotkit_conversations_', ''),
      wordsOf(inputSchema),
    ]);
    const documented = Object.entries(TOOLS).map(([name, words]) => [
      name,
      ['PCID!', ...words.split(' ')].toSorted().join(' '),
    ]);
    expect(shown).toEqual(documented);
  });

  it('knows seven types of message, the checkpoint not among them', async () => {
    const { rpc } = await callPinkfish();

    const { body } = await rpc('tools/list');

    const tool = toolsIn(body).find(({ name }) => name.endsWith('create_conversation_message'));
    expect(tool?.inputSchema['properties']).toMatchObject({
      type: {
        type: 'string',
        enum: ['user', 'bot', 'reasoning', 'context', 'instruction', 'backstory', 'activity'],
      },
    });
  });
});

describe('a tool', () => {
  it('reads what there is over REST', async () => {
    const { call, behind } = await callPinkfish();
    const id = await aConversation(behind, { meta: { plan: 'pro' } });
    await aConversation(behind, {});
    const message = (await behind.post(`/v1/conversation/${id}/send`, { text: 'Hello' })).id;

    const told = {
      one: await call('fetch_conversation', { conversationId: id }),
      message: await call('fetch_conversation_message', { conversationId: id, messageId: message }),
      messages: await call('list_conversation_messages', { conversationId: id, order: 'desc' }),
      some: await call('list_conversations', { meta: { plan: 'pro' }, take: 1, order: 'asc' }),
    };

    const plain = async (path: string) => (await behind.get(path)).body;
    expect(told.one['structuredContent']).toEqual(await plain(`/v1/conversation/${id}/fetch`));
    expect(told.message['structuredContent']).toEqual(
      await plain(`/v1/conversation/${id}/message/${message}/fetch`),
    );
    expect(told.messages['structuredContent']).toEqual(
      await plain(`/v1/conversation/${id}/message/list?order=desc`),
    );
    expect(told.some['structuredContent']).toMatchObject({ items: [{ id }], cursor: id });
  });

  it('goes on with a list behind a cursor', async () => {
    const { call, behind } = await callPinkfish();
    const first = await aConversation(behind, {});
    const second = await aConversation(behind, {});

    const rest = await call('list_conversations', { cursor: second });

    expect(rest['structuredContent']).toMatchObject({ items: [{ id: first }] });
  });

  it('creates, changes and deletes conversations and messages', async () => {
    const { call, behind } = await callPinkfish();
    const { store } = behind.emulator;

    const conversationId = idIn(
      await call('create_conversation', {
        name: 'New',
        taskId: 't1',
        meta: { plan: 'pro' },
        messages: [{ type: 'user', text: 'Hi' }],
      }),
    );
    const messageId = idIn(
      await call('create_conversation_message', {
        conversationId,
        type: 'context',
        text: 'Aside',
        name: 'N',
      }),
    );
    await call('update_conversation', { conversationId, description: 'About', contactId: 'k1' });
    await call('update_conversation_message', { conversationId, messageId, text: 'Aside again' });

    expect(store.conversations.get(conversationId)).toMatchObject({
      name: 'New',
      description: 'About',
      taskId: 't1',
      contactId: 'k1',
      meta: { plan: 'pro' },
    });
    expect(store.messages.get(messageId)).toMatchObject({
      type: 'context',
      text: 'Aside again',
      name: 'N',
    });
    await call('delete_conversation_message', { conversationId, messageId });
    expect([...store.messages.values()]).toMatchObject([{ type: 'user', text: 'Hi' }]);
    await call('delete_conversation', { conversationId });
    expect([store.conversations.size, store.messages.size]).toEqual([0, 0]);
  });

  it('sends, lets the bot answer, and answers what is stored nowhere', async () => {
    const { call, behind } = await callPinkfish();
    const conversationId = await aConversation(behind, {});

    await call('send_conversation_message', { conversationId, text: 'One' });
    const received = await call('receive_conversation_message', { conversationId });
    const completed = await call('complete_conversation_message', { conversationId, text: 'Two' });
    const stateless = await call('complete_conversation', {
      messages: [{ type: 'user', text: 'Three' }],
    });

    const types = [...behind.emulator.store.messages.values()].map(({ type }) => type);
    expect(types).toEqual(['user', 'bot', 'user', 'bot']);
    expect(received['structuredContent']).toMatchObject({ text: expect.any(String) });
    expect(completed['structuredContent']).toMatchObject({ end: { reason: 'stop' } });
    expect(stateless['structuredContent']).not.toHaveProperty('id');
  });

  it('opens a session, uploads a file and names a contact', async () => {
    const { call, behind } = await callPinkfish();
    const conversationId = await aConversation(behind, {});

    const session = await call('create_conversation_session', {
      conversationId,
      durationInSeconds: 1800,
    });
    const uploaded = await call('upload_conversation_attachment', {
      conversationId,
      file: 'data:text/plain;base64,aGVsbG8=',
    });
    const contact = await call('upsert_conversation_contact', { conversationId, name: 'Ana' });

    const { store, url } = behind.emulator;
    expect(session['structuredContent']).toMatchObject({
      expiresAt: behind.time.now + 1_800_000,
    });
    expect(uploaded['structuredContent']).toMatchObject({
      downloadRequest: { url: expect.stringContaining(`${url}/storage/`) },
    });
    expect([...store.attachments.values()]).toMatchObject([{ conversationId, sizeBytes: 5 }]);
    expect(store.conversations.get(conversationId)?.contactId).toBe(idIn(contact));
  });

  it('drops what it has no word for', async () => {
    const { call, behind } = await callPinkfish();

    const id = idIn(await call('create_conversation', { botId: 'b1', model: 'm', name: 'New' }));
    const all = await call('list_conversations', { contactId: 'nobody' });

    expect(behind.emulator.store.conversations.get(id)).toMatchObject({ botId: null, model: null });
    expect(all['structuredContent']).toMatchObject({ items: [{ id }] });
  });

  it('asks on the account of its connection', async () => {
    const { call, behind, emulator } = await callPinkfish();
    const conversationId = await aConversation(behind, {});
    const { foreignPcid, brokenPcid } = emulator.credentials;

    const foreign = await call('fetch_conversation', { conversationId }, foreignPcid);
    const broken = await call('fetch_conversation', { conversationId }, brokenPcid);

    expect(foreign['message']).toContain('NOT_AUTHORIZED');
    expect(broken['message']).toContain('NOT_AUTHENTICATED');
  });

  it('counts towards the same rates', async () => {
    const { call, behind } = await callPinkfish({}, { ratePerMinute: { poll: 1 } });

    await behind.get('/v1/conversation/list');
    const second = await call('list_conversations');

    expect(second['message']).toContain('LIMITS_REACHED');
  });

  it.each([
    ['a tool it does not have', 'close_conversation', {}],
    ['a connection it does not know', 'create_conversation', { PCID: 'pcid_of_nobody' }],
    ['no connection', 'create_conversation', { PCID: undefined }],
    ['something missing', 'create_conversation_message', { conversationId: 'c', text: 'x' }],
    ['a null', 'create_conversation', { name: null }],
    ['a number for a text', 'create_conversation', { name: 7 }],
    ['a text for a list', 'create_conversation', { messages: 'Hi' }],
    ['a list of texts', 'create_conversation', { messages: ['Hi'] }],
    ['half a row', 'list_conversations', { take: 1.5 }],
    ['a list for an object', 'create_conversation', { meta: [] }],
    [
      'another type',
      'create_conversation_message',
      { conversationId: 'c', text: 'x', type: 'checkpoint' },
    ],
  ])('refuses %s, and asks nobody', async (_what, tool, given) => {
    const { call, behind } = await callPinkfish();

    const refused = await call(tool, given);

    expect(refused).toEqual({ code: -32_000, message: expect.any(String) });
    expect(behind.emulator.store.conversations.size).toBe(0);
  });
});

describe('a result', () => {
  it('may come as a text alone', async () => {
    const { call, behind } = await callPinkfish({ results: 'text' });
    const conversationId = await aConversation(behind, { name: 'New' });

    const { content, ...beside } = await call('fetch_conversation', { conversationId });

    expect(beside).toEqual({});
    expect(content).toEqual([{ type: 'text', text: expect.stringContaining('"name":"New"') }]);
  });

  it('of a contact that is there already is empty, or worded', async () => {
    const [empty, worded] = [
      await callPinkfish(),
      await callPinkfish({ notModified: 'failure', upstreamRefusals: 'isError' }),
    ];

    const said = [];
    for (const { call, behind } of [empty, worded]) {
      const conversationId = await aConversation(behind, { contactId: 'k1' });
      said.push(await call('upsert_conversation_contact', { conversationId, name: 'Ana' }));
    }

    expect(said).toEqual([
      { content: [{ type: 'text', text: '{}' }], structuredContent: {} },
      {
        content: [{ type: 'text', text: 'Request failed with status code 304' }],
        isError: true,
      },
    ]);
  });

  it('of a list may pay no heed to metadata', async () => {
    const { call, behind } = await callPinkfish({ listMeta: 'dropped' });
    const id = await aConversation(behind, {});

    const all = await call('list_conversations', { meta: { plan: 'pro' } });

    expect(all['structuredContent']).toMatchObject({ items: [{ id }] });
  });

  it('that ChatBotKit is late to refuse is passed on as it came', async () => {
    const { call, behind } = await callPinkfish({}, { lateErrors: true });
    const conversationId = await aConversation(behind, {});
    behind.emulator.stage({
      failure: { beforeToken: 0, code: 'BAD_GATEWAY', message: 'The model is gone' },
    });

    const told = await call('receive_conversation_message', { conversationId });

    expect(told['structuredContent']).toMatchObject({ code: 'BAD_GATEWAY' });
  });
});

describe('a refusal of ChatBotKit', () => {
  const body = '{"message":"Not found","code":"NOT_FOUND"}';
  const status = 'Request failed with status code 404';

  it.each([
    ['rpc-error', 'body', { code: -32_000, message: `ChatBotKit API error (404): ${body}` }],
    ['rpc-error', 'status', { code: -32_000, message: status }],
    [
      'isError',
      'body',
      {
        content: [{ type: 'text', text: `ChatBotKit API error (404): ${body}` }],
        isError: true,
      },
    ],
    ['isError', 'status', { content: [{ type: 'text', text: status }], isError: true }],
    ['text', 'body', { content: [{ type: 'text', text: body }] }],
    ['text', 'status', { content: [{ type: 'text', text: `Error: ${status}` }] }],
  ] as const)('is shown as %s with its %s', async (upstreamRefusals, refusalWords, shown) => {
    const { call } = await callPinkfish({ upstreamRefusals, refusalWords });

    const told = await call('fetch_conversation', { conversationId: 'none' });

    expect(told).toEqual(shown);
  });

  it('of its own fault is an internal error', async () => {
    const { call, behind } = await callPinkfish();
    const conversationId = await aConversation(behind, {});

    const told = await call('upsert_conversation_contact', {
      conversationId,
      fingerprint: 'sixteen letters!',
    });

    expect(told).toMatchObject({ code: -32_603 });
  });
});

async function aConversation({ post }: PinkfishCaller['behind'], fields: object): Promise<string> {
  return (await post('/v1/conversation/create', fields)).id;
}

function idIn({ structuredContent }: Readonly<Record<string, unknown>>): string {
  const id = isRecord(structuredContent) ? structuredContent['id'] : undefined;
  return typeof id === 'string' ? id : '';
}

interface Shown {
  readonly name: string;
  readonly inputSchema: Readonly<Record<string, unknown>>;
}

function toolsIn({ result }: Readonly<Record<string, unknown>>): Shown[] {
  const tools = isRecord(result) ? result['tools'] : undefined;
  if (!Array.isArray(tools)) throw new Error('Expected a list of tools.');
  return tools.flatMap((tool: unknown) => {
    if (!isRecord(tool) || typeof tool['name'] !== 'string') return [];
    const { name, inputSchema } = tool;
    return isRecord(inputSchema) ? [{ name, inputSchema }] : [];
  });
}

function wordsOf({ properties, required }: Readonly<Record<string, unknown>>): string {
  const needed = Array.isArray(required) ? required : [];
  return Object.keys(isRecord(properties) ? properties : {})
    .map((key) => (needed.includes(key) ? `${key}!` : key))
    .toSorted()
    .join(' ');
}
