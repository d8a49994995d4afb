// A caller of the emulated Pinkfish over plain HTTP, with the ChatBotKit behind it at hand.

import { onTestFinished } from 'vitest';
import type { ChatbotkitOptions } from '../../emulators/chatbotkit/index.ts';
import { isRecord } from '../../emulators/emulator.ts';
import {
  type PinkfishEmulator,
  type PinkfishOptions,
  startPinkfishEmulator,
} from '../../emulators/pinkfish/index.ts';
import { type Caller, callChatbotkit } from './chatbotkit-caller.ts';

export interface Replied {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly text: string;
}

export interface PinkfishCaller {
  readonly emulator: PinkfishEmulator;
  /** The service behind it, over its own API. */
  readonly behind: Caller;
  token(
    form?: Readonly<Record<string, string>>,
    headers?: Record<string, string>,
  ): Promise<Replied>;
  get(path: string, headers?: Record<string, string>): Promise<Replied>;
  /** Any body, to the tools, or elsewhere. */
  post(body: unknown, path?: string, headers?: Record<string, string>): Promise<Replied>;
  rpc(method: string, params?: object, path?: string): Promise<Replied>;
  /** What a tool's call is answered: the whole of `result`, or of `error`. */
  call(tool: string, given?: object, pcid?: string): Promise<Readonly<Record<string, unknown>>>;
}

export async function callPinkfish(
  options: PinkfishOptions = {},
  behindIt: ChatbotkitOptions = {},
): Promise<PinkfishCaller> {
  const behind = await callChatbotkit(behindIt);
  const clock = () => behind.time.now;
  const emulator = await startPinkfishEmulator(behind.emulator, { clock, ...options });
  onTestFinished(() => emulator.close());
  const { url, clientId, clientSecret, orgId, pcid } = emulator.credentials;

  async function token(
    form: Readonly<Record<string, string>> = {
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope: `org:${orgId}`,
    },
    headers: Record<string, string> = {},
  ) {
    const body = new URLSearchParams(form);
    return replied(await fetch(`${url}/oauth/token`, { method: 'POST', body, headers }));
  }
  const authorization = async () => `Bearer ${String((await token()).body['access_token'])}`;
  let welcome: Promise<string> | undefined;
  async function entitled(headers: Record<string, string> | undefined) {
    if (headers) return headers;
    welcome ??= authorization();
    return { authorization: await welcome };
  }

  async function post(said: unknown, path = TOOLS, headers?: Record<string, string>) {
    const body = typeof said === 'string' ? said : JSON.stringify(said);
    const sent = { 'content-type': 'application/json', ...(await entitled(headers)) };
    return replied(await fetch(`${url}${path}`, { method: 'POST', body, headers: sent }));
  }
  const rpc = (method: string, params: object = {}, path = TOOLS) =>
    post({ jsonrpc: '2.0', id: 7, method, params }, path);

  return {
    emulator,
    behind,
    token,
    async get(path, headers) {
      return replied(await fetch(`${url}${path}`, { headers: await entitled(headers) }));
    },
    post,
    rpc,
    async call(tool, given = {}, connection = pcid) {
      const params = {
        name: `chatbotkit_conversations_${tool}`,
        arguments: { PCID: connection, ...given },
      };
      const { body } = await rpc('tools/call', params);
      const told = body['result'] ?? body['error'];
      return isRecord(told) ? told : {};
    },
  };
}

const TOOLS = '/chatbotkit-conversations';

async function replied(response: Response): Promise<Replied> {
  const text = await response.text();
  const said: unknown = text === '' ? {} : JSON.parse(text);
  return { status: response.status, body: isRecord(said) ? said : { said }, text };
}
