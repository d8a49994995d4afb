// What goes on at the providers by itself: customers write, conversations begin and are deleted, past the gateway.

import type { Chance } from '../../emulators/story/chance.ts';
import { pick } from '../../emulators/story/chance.ts';
import type { World } from '../../emulators/world.ts';

export interface Customers {
  /** Somebody writes into one of these conversations, given by key. */
  write(keys: readonly string[]): Promise<string | undefined>;
  /** One of these is deleted, where its provider can. */
  remove(keys: readonly string[]): Promise<string | undefined>;
  /** A new one begins at one of the four. */
  begin(): Promise<void>;
}

export function customersOf(world: World, chance: Chance): Customers {
  const { botpress, chatling, chatbotkit, stackAuth } = world.credentials;
  const urls = {
    website: botpress.url,
    help: chatling.url,
    assistant: chatbotkit.url,
    support: stackAuth.url,
  };
  const asBot = { authorization: `Bearer ${botpress.token}`, 'x-bot-id': botpress.botId };
  const asProject = { authorization: `Bearer ${chatling.token}` };
  const asAccount = { authorization: `Bearer ${chatbotkit.secret}` };
  const chatbot = `${chatling.url}/v2/chatbots/${chatling.chatbotId}`;

  const deletions = {
    website: (id: string) =>
      send('DELETE', `${botpress.url}/v1/chat/conversations/${id}`, asBot, {}),
    help: (id: string) => send('DELETE', `${chatbot}/conversations/${id}`, asProject, {}),
    assistant: (id: string) =>
      send('POST', `${chatbotkit.url}/v1/conversation/${id}/delete`, asAccount, {}),
  };

  const beginnings = [
    () =>
      send('POST', `${botpress.url}/v1/chat/conversations`, asBot, {
        channel: 'channel',
        tags: {},
        integrationName: 'webchat',
      }),
    () => send('POST', `${chatbot}/ai/kb/chat`, asProject, { message: 'Hello?', ai_model_id: 8 }),
    () => send('POST', `${chatbotkit.url}/v1/conversation/create`, asAccount, { name: 'New' }),
    () =>
      send(
        'POST',
        `${stackAuth.url}/api/v1/internal/conversations`,
        {
          'x-stack-project-id': 'internal',
          'x-stack-access-type': 'client',
          'x-stack-publishable-client-key': stackAuth.publishableClientKey,
          'x-stack-access-token': stackAuth.accessToken,
        },
        {
          projectId: stackAuth.projectId,
          userId: [...world.stackAuth.store.users.values()].find(
            ({ projectId }) => projectId === stackAuth.projectId,
          )?.id,
          subject: 'New',
          initialMessage: 'Hello, how can we help?',
          priority: 'normal',
        },
      ),
  ];

  return {
    async write(keys) {
      const key = pick(chance, keys);
      const [provider, conversationId] = partsOf(key);
      const url = Object.entries(urls).find(([name]) => name === provider)?.[1];
      if (key === undefined || url === undefined) return undefined;
      await send('POST', `${url}/__emulator/say`, {}, { conversationId, text: 'Any news?' });
      return key;
    },
    async remove(keys) {
      const removable = keys.filter((key) => Object.hasOwn(deletions, partsOf(key)[0]));
      const key = pick(chance, removable);
      const [provider, id] = partsOf(key);
      const deletion = Object.entries(deletions).find(([name]) => name === provider)?.[1];
      await deletion?.(id);
      return key;
    },
    async begin() {
      await pick(chance, beginnings)?.();
    },
  };
}

function partsOf(key = ''): [provider: string, nativeId: string] {
  const [provider = '', nativeId = ''] = key.split('/');
  return [provider, nativeId];
}

async function send(
  method: string,
  url: string,
  headers: Readonly<Record<string, string>>,
  body: object,
): Promise<void> {
  const answer = await fetch(url, {
    method,
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok)
    throw new Error(`${method} ${url} answered ${answer.status}: ${await answer.text()}`);
}
