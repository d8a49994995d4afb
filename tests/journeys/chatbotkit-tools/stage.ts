// One conversation of a ChatBotKit account, driven through GraphQL, and what its service then keeps and was handed.

import { expect } from 'vitest';
import type { ConversationRow, MessageRow } from '../../../emulators/chatbotkit/rows.ts';
import { type ChatbotkitStore, messagesOf } from '../../../emulators/chatbotkit/store.ts';
import { encodeId, providerName } from '../../../src/domain/ids.ts';
import { at, textAt } from '../../support/answer.ts';
import { startParlance, type TestParlance } from '../../support/parlance.ts';
import { rowWhere } from '../../support/stores.ts';

export interface Stage {
  /** Its name in the config. */
  readonly account: string;
  readonly parlance: TestParlance;
  readonly store: ChatbotkitStore;
  /** Of a conversation that stands, as the service names it. */
  readonly nativeId: string;
  /** The same as a client names it. */
  readonly conversationId: string;
  /** The conversation as it is kept now. */
  row(): ConversationRow;
  /** Its messages, oldest first. */
  rows(): MessageRow[];
  messageId(nativeId: string): string;
  /** The payload, of the fields selected; any error at all fails the test. */
  does(mutation: string, input: object, selection: string): Promise<unknown>;
  /** The member of the union that is not the payload. */
  refuses(mutation: string, input: object): Promise<unknown>;
  asks(query: string, variables?: object): Promise<unknown>;
  /** With what the service was asked to run a tool the last time, less what names the conversation. */
  handed(tool: string): Readonly<Record<string, unknown>>;
}

export type Case = (stage: Stage) => Promise<void>;

/** The service's own API, and the server that has its 17 tools. */
export const ACCOUNTS = ['assistant', 'partner'] as const;

export async function setStage(account: (typeof ACCOUNTS)[number]): Promise<Stage> {
  const parlance = await startParlance({ count: 6, partner: true });
  const { store } = parlance.world.chatbotkit;
  const provider = providerName(account);
  const { id: nativeId } = rowWhere(store.conversations);
  const conversation = { provider, nativeId };

  async function asks(query: string, variables: object = {}): Promise<unknown> {
    const answer = await parlance.ask(query, variables);
    expect(answer.errors).toEqual([]);
    return answer.data;
  }

  async function run(mutation: string, input: object, selection: string): Promise<unknown> {
    const type = mutation.charAt(0).toUpperCase() + mutation.slice(1);
    const data = await asks(
      `mutation ($input: ${type}Input!) {
        result: ${mutation}(input: $input) {
          __typename
          ... on ${type}Payload { ${selection} }
          ... on Error { code problem: message }
          ... on UnsupportedError { note }
        }
      }`,
      { input },
    );
    return at(data, 'result');
  }

  return {
    account,
    parlance,
    store,
    nativeId,
    conversationId: encodeId({ type: 'Conversation', conversation }),
    row: () => rowWhere(store.conversations, ({ id }) => id === nativeId),
    rows: () => messagesOf(store, nativeId),
    messageId: (id) => encodeId({ type: 'Message', message: { conversation, nativeId: id } }),
    asks,
    async does(mutation, input, selection) {
      const result = await run(mutation, input, selection);
      expect(result).toMatchObject({ __typename: expect.stringMatching(/Payload$/) });
      return result;
    },
    async refuses(mutation, input) {
      const result = await run(mutation, input, '__typename');
      expect(textAt(result, '__typename')).toMatch(/Error$/);
      return result;
    },
    handed(tool) {
      const body = account === 'partner' ? argumentsOf(parlance, tool) : bodyOf(parlance, tool);
      if (typeof body !== 'object' || body === null) throw new Error(`${tool} was not run`);
      return { ...body };
    },
  };
}

function bodyOf({ world }: TestParlance, tool: string): unknown {
  const path = PATHS[tool];
  if (path === undefined) throw new Error(`no path is known of ${tool}`);
  return world.chatbotkit.journal.findLast((row) => path.test(row.path))?.body;
}

function argumentsOf({ world }: TestParlance, tool: string): unknown {
  const name = `chatbotkit_conversations_${tool}`;
  const call = world.pinkfish.journal.findLast(({ body }) => at(body, 'params.name') === name);
  return at(call?.body, 'params.arguments');
}

/** Of the tools whose doings leave no row that shows all they were handed. */
const PATHS: Readonly<Record<string, RegExp>> = {
  complete_conversation: /\/conversation\/complete$/,
  complete_conversation_message: /\/conversation\/[^/]+\/complete$/,
  receive_conversation_message: /\/receive$/,
  send_conversation_message: /\/send$/,
};

/** One that the bot calls as soon as somebody says its name. */
export const LOOKUP = {
  name: 'lookUpOrder',
  description: 'Finds an order',
  parameters: { type: 'object', properties: {} },
  result: { data: { status: 'shipped' } },
};
