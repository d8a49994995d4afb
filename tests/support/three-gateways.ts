// Three gateways over the same four services and one Redis, of which the first may stop in its tracks.

import { randomUUID } from 'node:crypto';
import { Agent } from 'undici';
import { inject, onTestFinished } from 'vitest';
import type { World } from '../../emulators/world.ts';
import { scopeOf } from '../../src/config/scope.ts';
import type { Outcome } from '../../src/domain/failure.ts';
import { aloneAt } from '../../src/gateway/alone.ts';
import type { Gateway } from '../../src/gateway/gateway.ts';
import { openGateway } from '../../src/gateway/open-gateway.ts';
import { openProvider } from '../../src/providers/catalogue.ts';
import { everybody } from '../../src/sandbox.ts';
import { redisLeases } from '../../src/state/lease/redis.ts';
import { openRedis, type RedisDoor } from '../../src/state/redis.ts';
import { operation } from '../gateway/hand-made.ts';
import type { AccountName } from './accounts.ts';
import { anEventLog } from './event-log.ts';
import { type Halt, openHalt } from './halting.ts';
import { someLedger } from './ledger.ts';

export interface GatewayOptions {
  readonly halt?: Halt;
  readonly clock?: () => number;
  readonly redisUrl?: string;
  /** Of all keys; the same where gateways share them. */
  readonly prefix?: string;
  readonly deadlineMs?: number;
  readonly replyDeadlineMs?: number;
  readonly leaseMs?: number;
}

export interface AGateway {
  readonly gateway: Gateway;
  readonly door: RedisDoor;
}

const quiet = () => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };

export async function aGateway(
  world: World,
  {
    halt = openHalt(),
    clock = Date.now,
    redisUrl = inject('redisUrl'),
    prefix = `test:${randomUUID()}:`,
    deadlineMs = 1000,
    replyDeadlineMs = 1500,
    leaseMs = 400,
  }: GatewayOptions,
): Promise<AGateway> {
  const door = openRedis({ url: redisUrl, prefix, log });
  await door.ready();
  const turnLeases = halt.leases(redisLeases({ door, leaseMs, notesMs: 60_000 }));
  const dispatcher = new Agent({ connections: 32 });
  const known = everybody(world.credentials).flatMap((account) =>
    account.kind === 'generic' ? [] : [{ ...account, deadlineMs, replyDeadlineMs }],
  );
  const gateway = openGateway({
    providers: known.map((account) => {
      const alone = aloneAt({ name: account.name, scope: scopeOf(account) }, turnLeases);
      return halt.provider(openProvider(account, { dispatcher, clock, alone }));
    }),
    scopes: new Map(known.map((account) => [account.name, scopeOf(account)])),
    turnLeases,
    ledger: someLedger(),
    events: anEventLog(),
    cursorSecret: 'a secret of the tests',
    clock,
    log,
  });
  onTestFinished(async () => {
    await dispatcher.destroy();
    await door.close();
  });
  return { gateway, door };
}

export interface Asked {
  readonly outcome: Awaited<ReturnType<Gateway['getOrCreateConversation']>>;
  readonly tookMs: number;
}

type Wanted = Parameters<Gateway['getOrCreateConversation']>[0];

/** So many clients at once, each a request of its own. */
export function ask({ gateway }: AGateway, wanted: Wanted, callers: number): Promise<Asked>[] {
  return Array.from({ length: callers }, async () => {
    const began = performance.now();
    const outcome = await gateway.getOrCreateConversation(wanted, operation());
    return { outcome, tookMs: performance.now() - began };
  });
}

export function valueIn<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new Error(JSON.stringify(outcome.failure));
}

export function conversationsOf(
  { botpress, chatling, chatbotkit, stackAuth }: World,
  account: AccountName,
): ReadonlyMap<string, unknown> {
  const emulators = {
    website: botpress,
    help: chatling,
    assistant: chatbotkit,
    support: stackAuth,
  };
  return emulators[account].store.conversations;
}
