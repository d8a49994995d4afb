// One account that may be watched: who listens to it, here and at the other gateways, and whether anybody wants it.

import type { Provider } from '../../providers/provider.ts';
import type { Leases } from '../../state/lease/lease.ts';
import { type Bell, openBell, type Timer } from '../pace.ts';
import type { AccountMemory } from './account-memory.ts';
import { type Budget, openBudget } from './budget.ts';

export interface Account {
  readonly provider: Provider;
  readonly budget: Budget;
  readonly bell: Bell;
  /** How many listen to all of it. */
  all: number;
  /** And to one conversation by itself. */
  readonly ones: Map<string, number>;
  /** What other gateways want of it, when that was asked last. */
  elsewhere: readonly string[];
  /** Of the conversations that are listened to: where something was told, by whatever road, since they were looked at. */
  readonly stirred: Set<string>;
  /** When the first began to listen; null where nobody does. By the wall's clock, like `heldElsewhereMs`. */
  sinceMs: number | null;
  /** From when on is told what comes in it; `unknown` where it was watched before we began, null where it is not. */
  watchedSinceMs: number | 'unknown' | null;
  /** Whether it was asked yet who wants it. */
  isAsked: boolean;
  /** When another gateway was last known to look. */
  heldElsewhereMs: number;
  memory: AccountMemory | undefined;
}

export function openAccount(provider: Provider, timer: Timer): Account {
  return {
    provider,
    budget: openBudget({ perMinute: provider.inbound?.budgetPerMinute ?? null, timer }),
    bell: openBell(timer),
    all: 0,
    ones: new Map(),
    elsewhere: [],
    stirred: new Set(),
    sinceMs: null,
    watchedSinceMs: null,
    isAsked: false,
    heldElsewhereMs: 0,
    memory: undefined,
  };
}

export function listenersTo({ all, ones }: Account): number {
  return [...ones.values()].reduce((sum, some) => sum + some, all);
}

export function countListener(account: Account, nativeId: string | null, by: 1 | -1): void {
  if (nativeId === null) {
    account.all += by;
    return;
  }
  const now = (account.ones.get(nativeId) ?? 0) + by;
  if (now > 0) account.ones.set(nativeId, now);
  else account.ones.delete(nativeId);
}

export function conversationsOf({ ones, elsewhere }: Account): readonly string[] {
  return [...new Set([...ones.keys(), ...elsewhere])];
}

interface Wanting {
  readonly leases: Leases;
  /** For so long an account is wanted after the last has left, in milliseconds. */
  readonly retentionMs: number;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** Tells the others who listens here, and hears who does there; whether anybody wants this account at all. */
export async function saysWhoListens(account: Account, wanting: Wanting): Promise<boolean> {
  const { leases, retentionMs, clock } = wanting;
  const { name } = account.provider;
  const isFirst = !account.isAsked;
  account.isAsked = true;
  if (listenersTo(account) > 0) {
    const kept = await leases.want(name, [ACCOUNT], retentionMs);
    if (!kept.ok) return false;
    await leases.want(name, [...account.ones.keys()].map(subjectOf), leases.leaseMs);
  }
  const wanted = await leases.wanted(name);
  if (!wanted.ok) return false;
  account.elsewhere = wanted.value.flatMap(conversationOf);
  const isWanted = wanted.value.includes(ACCOUNT);
  if (isWanted) {
    if (isFirst) account.watchedSinceMs = 'unknown';
    account.watchedSinceMs ??= clock();
  } else if (listenersTo(account) === 0) {
    account.sinceMs = null;
    account.watchedSinceMs = null;
  }
  return isWanted;
}

/** Where that cannot be asked, it is: the lease says what is to be done then. */
export async function isStillWanted(account: Account, wanting: Wanting): Promise<boolean> {
  if (await saysWhoListens(account, wanting)) return true;
  const asked = await wanting.leases.wanted(account.provider.name);
  return !asked.ok;
}

/** The subjects of a lease: the account, and conversations of it. */
const ACCOUNT = 'account';
const CONVERSATION = 'conversation:';

function subjectOf(nativeId: string): string {
  return CONVERSATION + nativeId;
}

function conversationOf(subject: string): string[] {
  return subject.startsWith(CONVERSATION) ? [subject.slice(CONVERSATION.length)] : [];
}
