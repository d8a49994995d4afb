// Two who use one gateway and have nothing to do with each other, and a world of theirs in which one of the two may be
// missing: what is done, said and told is the same for the other.

import {
  createSourceEventStream,
  type DocumentNode,
  type ExecutionResult,
  execute,
  parse,
} from 'graphql';
import type { Context } from '../../schema/context.ts';
import { schema } from '../../schema/index.ts';
import type { Caller, Scope } from '../../src/domain/caller.ts';
import type { News } from '../../src/domain/event.ts';
import { type ProviderName, providerName } from '../../src/domain/ids.ts';
import type { Gateway } from '../../src/gateway/gateway.ts';
import { openIngest } from '../../src/gateway/live/ingest.ts';
import { openGateway } from '../../src/gateway/open-gateway.ts';
import { guarded } from '../../src/security/guard.ts';
import { memoryCache } from '../../src/state/cache/memory.ts';
import { memoryLog } from '../../src/state/events/memory.ts';
import { turns } from '../gateway/changing-account.ts';
import { at } from '../support/answer.ts';
import { someLeases } from '../support/leases.ts';
import { someLedger } from '../support/ledger.ts';
import { DESK, HIDDEN, type Owner } from './full-rows.ts';
import { type FullService, fullService } from './full-service.ts';

/** How the two are kept apart: each has accounts of their own, or they are contacts of one. */
export const SHAPES = ['accounts', 'contacts', 'participants'] as const;
export type Shape = (typeof SHAPES)[number];

export const TENANTS = ['ann', 'bob'] as const;
export type Tenant = (typeof TENANTS)[number];

export const MARKS = { ann: 'ONLY-ANN-MAY-SEE', bob: 'ONLY-BOB-MAY-SEE' } as const;

function ownerOf(tenant: Tenant): Owner {
  return { nativeId: `contact-${tenant}`, mark: MARKS[tenant] };
}

/** The account in which somebody's conversations are. */
export function accountOf(shape: Shape, tenant: Tenant): ProviderName {
  return providerName(shape === 'accounts' ? `account-of-${tenant}` : 'account-of-both');
}

/** Conversations each has from the start; the last is left alone. */
export const CONVERSATIONS = 4;

export function conversationAt(tenant: Tenant, index: number): string {
  return `conversation-of-${tenant}-${index}`;
}

export interface World {
  readonly gateway: Gateway;
  readonly services: readonly FullService[];
  ask(tenant: Tenant, query: string, variables: object): Promise<ExecutionResult>;
  /** Everything that is told from now on, or why nothing is. */
  listen(tenant: Tenant, query: string, variables: object): Promise<Told>;
  /** Something happens at the service: it is there, and told of. */
  happen(shape: Shape, tenant: Tenant, what: Happening): Promise<void>;
  /** Two seconds go by. */
  tick(): void;
  close(): Promise<void>;
}

export interface Told {
  /** Undefined where nothing is told at all. */
  readonly refused: ExecutionResult | undefined;
  readonly events: readonly ExecutionResult[];
  /** Resolves when something was told for which this holds, also before. */
  until(holds: (told: ExecutionResult) => boolean): Promise<void>;
  leave(): Promise<void>;
}

export type Happening = {
  readonly what: 'said' | 'hidden' | 'changed' | 'deleted' | 'last word';
  readonly at: number;
};

export function openWorld(
  shape: Shape,
  { tenants, heeds = true }: { readonly tenants: readonly Tenant[]; readonly heeds?: boolean },
): World {
  let now = Date.UTC(2026, 3, 3);
  const clock = () => now;
  const services = new Map<ProviderName, FullService>();
  for (const tenant of tenants) {
    const name = accountOf(shape, tenant);
    const says = shape === 'participants' ? 'participants' : 'row';
    const known = shape === 'accounts' ? [tenant] : tenants;
    const service =
      services.get(name) ?? fullService({ name, says, heeds, people: known.map(ownerOf) });
    services.set(name, service);
    for (let index = 0; index < CONVERSATIONS; index += 1) {
      const nativeId = conversationAt(tenant, index);
      service.begin(nativeId, ownerOf(tenant));
      for (const said of HIDDEN.slice(0, 3)) service.say(nativeId, { ...said, mark: DESK });
      for (let said = 0; said < 3; said += 1) service.say(nativeId, {});
    }
  }
  const events = memoryLog({
    lanes: 1,
    retention: { ageMs: 3_600_000_000, length: 100_000 },
    clock,
    epoch: 'e',
  });
  const ever = { freshMs: 1e9, staleMs: 1e9, graceMs: 1e9 };
  const times = {
    conversations: ever,
    conversation: ever,
    messages: ever,
    message: ever,
    participants: ever,
  };
  const gateway = openGateway({
    providers: [...services.values()].map(({ provider }) => provider),
    events,
    ledger: someLedger(),
    turnLeases: someLeases(),
    keeping: { cache: memoryCache({ mostBytes: 10_000_000, clock }), times },
    cursorSecret: 'a secret of the tests',
    clock,
    log: SILENT,
  });
  const ingest = openIngest({ events, clock });

  function contextOf(tenant: Tenant, signal: AbortSignal): Context {
    const caller = callerOf(shape, tenant);
    return {
      caller,
      gateway: guarded(gateway, caller, clock),
      operation: { signal, reads: new Map(), caller: caller.id },
    };
  }

  return {
    gateway,
    services: [...services.values()],
    tick: () => {
      now += 2000;
    },
    async ask(tenant, query, variables) {
      const contextValue = contextOf(tenant, new AbortController().signal);
      return execute({
        schema,
        document: documentOf(query),
        variableValues: { ...variables },
        contextValue,
      });
    },
    async listen(tenant, query, variables) {
      const gone = new AbortController();
      const asked = {
        schema,
        document: documentOf(query),
        variableValues: { ...variables },
        contextValue: contextOf(tenant, gone.signal),
      };
      const source = await createSourceEventStream(asked);
      const told: ExecutionResult[] = [];
      const waiting = new Set<() => void>();
      const until: Told['until'] = (holds) =>
        new Promise((resolve) => {
          const look = () => {
            if (!told.some(holds)) return;
            waiting.delete(look);
            resolve();
          };
          waiting.add(look);
          look();
        });
      if (!(Symbol.asyncIterator in source)) {
        return { refused: source, events: [], until, leave: () => Promise.resolve() };
      }
      const over = (async () => {
        for await (const rootValue of source) {
          const contextValue = contextOf(tenant, gone.signal);
          told.push(await execute({ ...asked, rootValue, contextValue }));
          for (const look of waiting) look();
        }
      })();
      // What is theirs is read at once, and that takes no time.
      await turns(20);
      const leave = async () => {
        gone.abort();
        await over;
      };
      return { refused: undefined, events: told, until, leave };
    },
    async happen(where, tenant, { what, at: index }) {
      const nativeId = conversationAt(tenant, index);
      const provider = accountOf(where, tenant);
      const service = services.get(provider);
      const stored = service?.rows.get(nativeId);
      if (!service || !stored) return;
      const taken = await ingest.take(newsOf(what, { service, nativeId, now }));
      if (!taken.ok) throw new Error(JSON.stringify(taken.failure));
    },
    close: () => gateway.close(),
  };
}

const LAST_WORD = 'the last word';

function newsOf(
  what: Happening['what'],
  { service, nativeId, now }: { service: FullService; nativeId: string; now: number },
): News[] {
  const stored = service.rows.get(nativeId);
  if (!stored) return [];
  const { conversation } = stored;
  switch (what) {
    case 'said':
      return [{ type: 'message', message: service.say(nativeId, {}), tags: conversation.tags }];
    case 'last word': {
      const content = { type: 'text', text: LAST_WORD } as const;
      return [{ type: 'message', message: service.say(nativeId, { content }), tags: null }];
    }
    case 'hidden': {
      const note = service.say(nativeId, { ...HIDDEN[0], mark: DESK });
      return [{ type: 'message', message: note, tags: null }];
    }
    case 'changed': {
      const title = `${conversation.title?.split(' at ')[0]} at ${now}`;
      stored.conversation = { ...conversation, title };
      return [{ type: 'conversation', row: stored.conversation }];
    }
    case 'deleted':
      service.rows.delete(nativeId);
      return [
        {
          type: 'conversation-deleted',
          conversation: { provider: conversation.provider, nativeId },
        },
      ];
  }
}

export function callerOf(shape: Shape, tenant: Tenant): Caller {
  const provider = accountOf(shape, tenant);
  const scopes = new Set<Scope>(['read', 'write', 'raw']);
  return shape === 'accounts'
    ? { id: tenant, scopes, providers: new Set([provider]), contact: null }
    : {
        id: tenant,
        scopes,
        providers: 'all',
        contact: { provider, nativeId: `contact-${tenant}` },
      };
}

const documents = new Map<string, DocumentNode>();

function documentOf(query: string): DocumentNode {
  const known = documents.get(query) ?? parse(query);
  documents.set(query, known);
  return known;
}

const quiet = () => undefined;
export const SILENT = { debug: quiet, info: quiet, warn: quiet, error: quiet };

/** Whether it is the last word in this conversation. */
export function isLastWord(told: ExecutionResult, nativeId: string): boolean {
  return Object.values(told.data ?? {}).some(
    (event) =>
      at(event, 'message.text') === LAST_WORD &&
      String(at(event, 'message.nativeId')).startsWith(`${nativeId}-m`),
  );
}
