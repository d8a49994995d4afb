// One gateway with an account of every kind, in which every field says something, and a caller of every kind at its door.

import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWebSocketClient } from 'graphql-ws';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import type { Caller, Scope } from '../../src/domain/caller.ts';
import type { ConversationEvent, Fact } from '../../src/domain/event.ts';
import { type ProviderName, providerName } from '../../src/domain/ids.ts';
import { openGateway } from '../../src/gateway/open-gateway.ts';
import { startServer } from '../../src/server/server.ts';
import { memoryLog } from '../../src/state/events/memory.ts';
import { operation } from '../gateway/hand-made.ts';
import { openDoors } from '../support/doors.ts';
import { someLeases } from '../support/leases.ts';
import { someLedger } from '../support/ledger.ts';
import { contentsOf, DESK, HIDDEN, type Kind, type Owner } from './full-rows.ts';
import { type FullService, fullService } from './full-service.ts';

export const ACCOUNTS = {
  website: 'botpress',
  help: 'chatling',
  assistant: 'chatbotkit',
  support: 'stack-auth',
  notebook: 'generic',
} as const satisfies Record<string, Kind>;
export type AccountName = keyof typeof ACCOUNTS;
export const ACCOUNT_NAMES = ['website', 'help', 'assistant', 'support', 'notebook'] as const;

/** Who stands outside, at each of the accounts. */
export const CUSTOMER: Owner = { nativeId: 'customer', mark: 'FOR-THE-CUSTOMER' };
const STRANGER: Owner = { nativeId: 'stranger', mark: 'FOR-A-STRANGER' };
export const OWN = 'conversation-1';
export const FOREIGN = 'conversation-2';

export type CallerName =
  | 'nothing'
  | 'reader'
  | 'writer'
  | 'raw'
  | 'admin'
  | 'one-account'
  | 'everything'
  | `customer-at-${AccountName}`;

const EVERYTHING: readonly Scope[] = ['read', 'write', 'raw', 'admin'];

function callerOf(id: string, scopes: readonly Scope[], more: Partial<Caller> = {}): Caller {
  return { id, scopes: new Set(scopes), providers: 'all', contact: null, ...more };
}

export const CALLERS: Readonly<Record<CallerName, Caller>> = {
  nothing: callerOf('nothing', []),
  reader: callerOf('reader', ['read']),
  writer: callerOf('writer', ['write']),
  raw: callerOf('raw', ['read', 'raw']),
  admin: callerOf('admin', ['read', 'admin']),
  'one-account': callerOf('one-account', EVERYTHING, {
    providers: new Set([providerName('website')]),
  }),
  everything: callerOf('everything', EVERYTHING),
  'customer-at-website': customerAt('website'),
  'customer-at-help': customerAt('help'),
  'customer-at-assistant': customerAt('assistant'),
  'customer-at-support': customerAt('support'),
  'customer-at-notebook': customerAt('notebook'),
};

/** Whatever scopes they come with: those are not what keeps them from a desk. */
function customerAt(account: AccountName): Caller {
  const contact = { provider: providerName(account), nativeId: 'customer' };
  return callerOf(`customer-at-${account}`, EVERYTHING, { contact });
}

export interface House {
  readonly url: string;
  readonly services: Readonly<Record<AccountName, FullService>>;
  /** A fact in a conversation of the customer's. */
  happen(account: AccountName, facts: readonly (Fact | 'missed')[]): Promise<void>;
}

const LATER = new Date(Date.now() + 3_600_000);
const quiet = () => undefined;

export async function openHouse(): Promise<House> {
  const services = {
    website: serviceAt('website'),
    help: serviceAt('help'),
    assistant: serviceAt('assistant'),
    support: serviceAt('support'),
    notebook: serviceAt('notebook'),
  };
  const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
  const retention = { ageMs: 3_600_000, length: 100_000 };
  const events = memoryLog({ lanes: 1, retention, clock: Date.now, epoch: 'e' });
  const gateway = openGateway({
    providers: ACCOUNT_NAMES.map((name) => services[name].provider),
    events,
    ledger: someLedger(),
    turnLeases: someLeases(),
    cursorSecret: 'a secret of the tests',
    nextTry: () => LATER,
    rateLeft: () => ({ limit: 100, remaining: 50, resetsAt: LATER, restsUntil: LATER }),
    clock: Date.now,
    log,
  });
  for (const name of ACCOUNT_NAMES) {
    services[name].fails('conversations');
    const conversation = { provider: providerName(name), nativeId: OWN };
    await gateway.getConversation(conversation, operation());
    services[name].fails(null);
  }
  const server = await startServer({
    clock: Date.now,
    gateway,
    doorkeeper: openDoors(CALLERS),
    log,
    host: '127.0.0.1',
    port: 0,
    examples: false,
  });
  onTestFinished(async () => {
    await server.close();
    await gateway.close();
  });
  let told = 0;
  return {
    url: server.url,
    services,
    async happen(account, facts) {
      const provider = providerName(account);
      for (const fact of facts) {
        told += 1;
        await events.append([{ event: eventOf(provider, fact, told), once: [`${told}`] }]);
      }
    },
  };
}

function eventOf(provider: ProviderName, fact: Fact | 'missed', told: number) {
  const at = new Date();
  if (fact !== 'missed') {
    const conversation = { provider, nativeId: OWN };
    return { conversation, at, tags: null, fact } satisfies ConversationEvent;
  }
  const missed = { kind: 'MISSED', id: `${told}`, since: at } as const;
  return { conversation: { provider, nativeId: '' }, at, tags: null, fact: missed } as const;
}

function serviceAt(name: AccountName): FullService {
  const service = fullService({
    name,
    kind: ACCOUNTS[name],
    says: name === 'website' ? 'participants' : 'row',
    filters: { createdAfter: 'scanned' },
    people: [CUSTOMER, STRANGER],
    ...(name === 'support' && { roles: ['AGENT'] }),
  });
  for (const [nativeId, owner] of [
    [OWN, CUSTOMER],
    [FOREIGN, STRANGER],
  ] as const) {
    service.begin(nativeId, owner);
    for (const said of HIDDEN) service.say(nativeId, { ...said, mark: DESK });
    for (const content of contentsOf(owner.mark)) service.say(nativeId, { content });
  }
  return service;
}

export const TRANSPORTS = ['HTTP', 'SSE', 'WebSocket'] as const;
export type Transport = (typeof TRANSPORTS)[number];

/** How one caller asks over one transport. */
export interface Line {
  ask(query: string, variables?: object): Promise<unknown>;
  /** Every answer there is, as it comes. */
  listen(query: string, variables?: object): AsyncIterableIterator<unknown>;
}

export function lineTo(url: string, transport: Transport, caller: string): Line {
  const authorization = `Bearer ${caller}`;
  if (transport === 'HTTP') {
    return {
      async ask(query, variables) {
        const response = await fetch(`${url}/graphql`, {
          method: 'POST',
          headers: {
            authorization,
            'content-type': 'application/json',
            accept: 'application/json',
          },
          body: JSON.stringify({ query, variables }),
        });
        return response.json();
      },
      listen: () => {
        throw new Error('nothing is listened to over a POST that accepts JSON');
      },
    };
  }
  const client = clientOf(url, transport, authorization);
  onTestFinished(() => client.dispose());
  const listen: Line['listen'] = (query, variables) =>
    client.iterate({ query, variables: { ...variables } });
  return {
    listen,
    async ask(query, variables) {
      const { value } = await listen(query, variables).next();
      return value;
    },
  };
}

function clientOf(url: string, transport: Exclude<Transport, 'HTTP'>, authorization: string) {
  return transport === 'SSE'
    ? createSseClient({ url: `${url}/graphql`, headers: { authorization }, retryAttempts: 0 })
    : createWebSocketClient({
        url: `${url.replace(/^http/, 'ws')}/graphql`,
        webSocketImpl: WebSocket,
        connectionParams: { authorization },
        retryAttempts: 0,
      });
}
