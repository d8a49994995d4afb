// An emulated Pinkfish: ChatBotKit's conversations as tools, for those who name the connection that holds its key.

import type { ChatbotkitEmulator } from '../chatbotkit/index.ts';
import { storeMessage } from '../chatbotkit/messages.ts';
import {
  type EmulatorAnswer,
  type EmulatorPlace,
  type EmulatorRequest,
  isRecord,
  type RunningEmulator,
  startEmulator,
} from '../emulator.ts';
import { answerRpc, type Methods, REFUSED, type RpcReply, rpcError } from './rpc.ts';
import { DEFAULT_SWITCHES, type Switches } from './switches.ts';
import { type Application, tokenOffice } from './tokens.ts';
import { complaintsAbout, type Tool, toolsOf } from './tools.ts';
import { callUpstream, replyOf } from './upstream.ts';

export interface PinkfishOptions extends EmulatorPlace, Partial<Switches>, Partial<Application> {
  /** The connection whose key opens the account that has the tales. */
  readonly pcid?: string;
}

export interface PinkfishEmulator extends RunningEmulator {
  readonly credentials: Application & {
    readonly url: string;
    readonly pcid: string;
    /** A connection to an account of somebody else at ChatBotKit. */
    readonly foreignPcid: string;
    /** One whose key ChatBotKit takes no longer. */
    readonly brokenPcid: string;
  };
  /** Every token that was given so far holds no longer. */
  revokeTokens(): void;
}

const CONVERSATIONS = '/chatbotkit-conversations';

/** What this account at Pinkfish could call; only the one with conversations answers here. */
const SERVERS = [
  ['/chatbotkit-bots', 20],
  [CONVERSATIONS, 17],
  ['/chatbotkit-data', 38],
] as const;

/** A second face of a ChatBotKit that runs already: the same rows, the same rates, the same model. */
export async function startPinkfishEmulator(
  chatbotkit: ChatbotkitEmulator,
  options: PinkfishOptions = {},
): Promise<PinkfishEmulator> {
  const {
    port = 0,
    clock = Date.now,
    clientId = 'pf_client_0d4e1f6c',
    clientSecret = 'pf_secret_5b1c7e2f9a3d4c60b8e2',
    orgId = 'org_6f2d8a41',
    pcid = 'pcid_9c3b7f10',
    ...chosen
  } = options;
  const switches: Switches = { ...DEFAULT_SWITCHES, ...chosen };
  const { world, secrets } = chatbotkit.founded;
  const upstream = { host: new URL(chatbotkit.url).host, rest: chatbotkit.rest };
  const office = tokenOffice({ clientId, clientSecret, orgId }, { clock, ...switches });
  const tools = toolsOf(switches);
  const foreignPcid = `${pcid}_foreign`;
  const brokenPcid = `${pcid}_broken`;
  const keys = new Map([
    [pcid, secrets.secret],
    [foreignPcid, secrets.foreignSecret],
    [brokenPcid, 'sk-revoked'],
  ]);

  async function callTool(
    tool: Tool | undefined,
    params: Readonly<Record<string, unknown>>,
  ): Promise<RpcReply> {
    if (!tool) return rpcError(REFUSED, `Unknown tool: ${String(params['name'])}`);
    const { arguments: said } = params;
    const given = isRecord(said) ? said : {};
    const complaints = complaintsAbout(tool, given);
    if (complaints.length > 0) return rpcError(REFUSED, complaints.join('; '));
    const secret = keys.get(String(given['PCID']));
    if (secret === undefined) return rpcError(REFUSED, `Connection not found for PCID`);
    return replyOf(await callUpstream(upstream, secret, tool.route(given)), switches);
  }

  const conversations: Methods = (method, params) => {
    switch (method) {
      case 'tools/list':
        return { result: { tools } };
      case 'tools/call':
        return callTool(
          tools.find(({ name }) => name === params['name']),
          params,
        );
      case 'initialize':
        return switches.handshake === 'known' ? { result: welcome(params) } : undefined;
      case 'ping':
        return switches.handshake === 'known' ? { result: {} } : undefined;
      default:
        return undefined;
    }
  };

  const farm: Methods = (method, params) => {
    const isAsked = method === 'tools/call' ? params['name'] === 'listServers' : false;
    if (method !== 'listServers' && !isAsked) return undefined;
    const servers = SERVERS.map(([path, count]) => ({
      path,
      name: path.slice(1),
      type: 'application',
      pcidRequired: true,
      tools: count,
    }));
    const text = JSON.stringify({ servers });
    return { result: { content: [{ type: 'text', text }], structuredContent: { servers } } };
  };

  function answer(request: EmulatorRequest): EmulatorAnswer | Promise<EmulatorAnswer> {
    const { method, path, query, headers, body } = request;
    if (path === '/oauth/token') return office.issue(request);
    const known = ['/manage/user-connections', CONVERSATIONS, '/mcp'].includes(path);
    if (!known) return { status: 404, body: { error: 'not_found' } };
    if (!office.admits(headers)) return unauthorized();
    if (path === '/manage/user-connections') {
      return method === 'GET' ? { status: 200, body: connections(query) } : notAllowed('GET');
    }
    if (method !== 'POST') return notAllowed('POST');
    return answerRpc(body, path === '/mcp' ? farm : conversations);
  }

  function connections(query: string): object[] {
    const wanted = (new URLSearchParams(query).get('statuses') ?? '').split(',').filter(Boolean);
    const rows = [
      { id: pcid, name: 'ChatBotKit', service_key: 'chatbotkit', status: 'connected' },
      { id: foreignPcid, name: 'Elsewhere', service_key: 'chatbotkit', status: 'connected' },
      { id: brokenPcid, name: 'Old key', service_key: 'chatbotkit', status: 'error' },
    ];
    return rows.filter(({ status }) => wanted.length === 0 || wanted.includes(status));
  }

  const running = await startEmulator(
    {
      answer,
      wordFault: (status) =>
        status === 401 ? unauthorized() : { status, body: { error: `HTTP ${status}` } },
      say(conversationId, text) {
        if (!world.store.conversations.has(conversationId)) return false;
        storeMessage(world, { conversationId, type: 'user', text });
        return true;
      },
    },
    { port, clock },
  );

  return {
    ...running,
    credentials: {
      url: running.url,
      clientId,
      clientSecret,
      orgId,
      pcid,
      foreignPcid,
      brokenPcid,
    },
    revokeTokens: office.revoke,
  };
}

/** It agrees to whatever version it is asked for. */
function welcome({ protocolVersion }: Readonly<Record<string, unknown>>): object {
  return {
    protocolVersion: typeof protocolVersion === 'string' ? protocolVersion : '2025-06-18',
    capabilities: { tools: {} },
    serverInfo: { name: 'chatbotkit-conversations', version: '1.0.0' },
  };
}

function unauthorized(): EmulatorAnswer {
  return {
    status: 401,
    headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
    body: { error: 'invalid_token', error_description: 'The access token is missing or expired' },
  };
}

function notAllowed(method: string): EmulatorAnswer {
  return { status: 405, headers: { allow: method }, body: { error: 'method_not_allowed' } };
}
