// A gateway over two services that have one of everything, as whoever a test is about may use it.

import { onTestFinished } from 'vitest';
import type { Caller, ContactOf, Scope } from '../../src/domain/caller.ts';
import type { ConversationEvent, Fact } from '../../src/domain/event.ts';
import type { Outcome } from '../../src/domain/failure.ts';
import { providerName } from '../../src/domain/ids.ts';
import type { Gateway } from '../../src/gateway/gateway.ts';
import type { EventsAsked, Told } from '../../src/gateway/live/subscribe.ts';
import { openGateway } from '../../src/gateway/open-gateway.ts';
import { guarded } from '../../src/security/guard.ts';
import { memoryLog } from '../../src/state/events/memory.ts';
import { turns } from '../gateway/changing-account.ts';
import { someLeases } from '../support/leases.ts';
import { someLedger } from '../support/ledger.ts';
import { fullMessage } from './full-rows.ts';
import { fullService, type Making } from './full-service.ts';

export const ONE = providerName('one');
export const OTHER = providerName('other');
const CUSTOMER = { nativeId: 'customer', mark: 'theirs' };
export const STRANGER = { nativeId: 'stranger', mark: 'others' };
const CONTACT: ContactOf = { provider: ONE, nativeId: 'customer' };
const ALL: readonly Scope[] = ['read', 'write', 'raw', 'admin'];

export function callerOf(more: Partial<Caller> = {}): Caller {
  return { id: 'me', scopes: new Set(ALL), providers: 'all', contact: null, ...more };
}

export const END_USER = callerOf({ contact: CONTACT });

export function scene(making: Partial<Making> = {}) {
  let now = Date.UTC(2026, 3, 3);
  const clock = () => now;
  const one = fullService({ name: 'one', people: [CUSTOMER, STRANGER], ...making });
  const other = fullService({ name: 'other' });
  one.begin('own', CUSTOMER);
  one.begin('foreign', STRANGER);
  other.begin('elsewhere', CUSTOMER);
  const retention = { ageMs: 3_600_000_000, length: 10_000 };
  const events = memoryLog({ lanes: 1, retention, clock, epoch: 'e' });
  const quiet = () => undefined;
  const gateway = openGateway({
    providers: [one.provider, other.provider],
    events,
    ledger: someLedger(),
    turnLeases: someLeases(),
    cursorSecret: 'a secret of the tests',
    clock,
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  });
  onTestFinished(() => gateway.close());
  let happened = 0;

  /** Once nobody has anything to do any more. */
  async function happen(fact: Fact, nativeId = 'own', provider = ONE): Promise<void> {
    happened += 1;
    const event: ConversationEvent = {
      conversation: { provider, nativeId },
      at: new Date(now),
      tags: null,
      fact,
    };
    await events.append([{ event, once: [`${happened}`] }]);
    await turns(20);
  }

  return {
    one,
    other,
    gateway,
    happen,
    pass: (ms: number) => {
      now += ms;
    },
    as: (caller: Caller) => guarded(gateway, caller, clock),
    said: (nativeId: string) => ({
      kind: 'MESSAGE_ADDED' as const,
      message: fullMessage(
        { provider: ONE, kind: 'generic', nativeId, at: 0 },
        { nativeId: 'm', mark: 'x' },
      ),
    }),
  };
}

export const ref = (nativeId: string, provider = ONE) => ({ provider, nativeId });

export async function listening(gateway: Gateway, asked: Partial<EventsAsked> = {}) {
  const gone = new AbortController();
  onTestFinished(() => gone.abort());
  const whole: EventsAsked = { conversation: null, filter: {}, after: null, ...asked };
  const subscribed = await gateway.subscribe(whole, gone.signal);
  if (!subscribed.ok) throw new Error(JSON.stringify(subscribed.failure));
  const told: string[] = [];
  let cursor = '';
  const over = (async () => {
    for await (const one of subscribed.value) {
      told.push(inWords(one));
      if (one.type !== 'failed') cursor = one.cursor();
    }
  })();
  await turns(20);
  return { told, cursor: () => cursor, gone, over };
}

function inWords(told: Told): string {
  if (told.type === 'event') return `${told.event.fact.kind} ${told.event.conversation.nativeId}`;
  return told.type === 'gap' ? `GAP ${told.gap.conversation?.nativeId ?? 'anywhere'}` : told.type;
}

export function kindOf(outcome: Outcome<unknown>): string {
  return outcome.ok ? 'done' : outcome.failure.kind;
}

export function whyOf(outcome: Outcome<unknown>): string {
  return outcome.ok ? '' : JSON.stringify(outcome.failure);
}
