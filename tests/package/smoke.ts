// Whether a gateway that was just installed does what anybody tries first: a question, the page, news over a WebSocket, leaving.

import { WebSocket } from 'ws';
import { at, listAt, textAt } from '../support/answer.ts';
import type { Begin } from './packed.ts';

export const WELL = {
  sources: ['website FRESH', 'help FRESH', 'assistant FRESH', 'support FRESH'],
  page: 'GraphiQL',
  news: 'Heard after the installation.',
  code: 0,
};

export type Seen = { readonly [What in keyof typeof WELL]: unknown };

/** `npx parlance start` with no config, which is the sandbox. */
export function smoke(begin: Begin): Promise<Seen> {
  return smokeOf(begin(['npx', '--offline', 'parlance', 'start'], { PORT: '0' }));
}

export async function smokeOf(started: ReturnType<Begin>): Promise<Seen> {
  const [, pid, url = ''] = await started.line(LISTENING);
  // npx hands no signal on, so it is sent to the gateway itself; how that ends is then told by whoever began it.
  const leave = () => process.kill(Number(pid), 'SIGTERM');
  try {
    const inbox = await asked(url, INBOX);
    const page = await fetch(`${url}/graphql`, { headers: { accept: 'text/html' } });
    const html = await page.text();
    const heard = await news(url, textAt(inbox, 'data.support.nodes.0.id'));
    leave();
    return {
      sources: listAt(inbox, 'data.all.sources').map(
        (source) => `${textAt(source, 'provider.name')} ${textAt(source, 'status')}`,
      ),
      page: html.length > WHOLE_PAGE_CHARACTERS ? 'GraphiQL' : `${page.status} ${html}`,
      news: heard,
      code: await started.ended,
    };
  } catch (error) {
    leave();
    throw error;
  }
}

export const LISTENING = /"pid":(\d+)[^\n]*"url":"(http:[^"]+)\/graphql"[^\n]*"listening"/;

export async function asked(url: string, query: string, key?: string): Promise<unknown> {
  const answer = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    },
    body: JSON.stringify({ query }),
  });
  return answer.json();
}

const INBOX = `{
  all: conversations(first: 5) { sources { provider { name } status } }
  support: conversations(first: 1, filter: { providers: ["support"] }) { nodes { id } }
}`;

/** All of it is inside. */
const WHOLE_PAGE_CHARACTERS = 5_000_000;

/** What a subscription to a conversation says first of what is then written there. */
function news(url: string, conversationId: string): Promise<unknown> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/graphql`, 'graphql-transport-ws');
  const say = (message: object) => socket.send(JSON.stringify(message));
  return new Promise<unknown>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('close', (code) => reject(new Error(`the socket was closed with ${code}`)));
    socket.on('open', () => say({ type: 'connection_init' }));
    socket.on('message', (data) => {
      const message: unknown = JSON.parse(Buffer.isBuffer(data) ? data.toString() : '');
      const ask = (id: string, query: string) =>
        say({ id, type: 'subscribe', payload: { query, variables: { conversationId } } });
      if (at(message, 'type') === 'connection_ack') ask('listening', LISTEN);
      if (at(message, 'id') !== 'listening') return;
      const event = at(message, 'payload.data.messageAdded');
      if (at(event, '__typename') === 'Listening') ask('writing', WRITE);
      else resolve(at(event, 'message.text') ?? message);
    });
  }).finally(() => socket.terminate());
}

const LISTEN = `subscription ($conversationId: ID!) {
  messageAdded(conversationId: $conversationId, confirm: true) { __typename ... on MessageAdded { message { text } } }
}`;
const WRITE = `mutation ($conversationId: ID!) {
  sendMessage(input: { conversationId: $conversationId, text: "Heard after the installation." }) { __typename }
}`;
