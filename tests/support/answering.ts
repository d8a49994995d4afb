// Gateways over one world, in which a bot answers, and whoever watches it: what was told of the answer, awaited.

import { onTestFinished } from 'vitest';
import type { World } from '../../emulators/world.ts';
import { type Composed, composeGateway } from '../../src/compose.ts';
import { secret } from '../../src/config/secret.ts';
import type { Fact } from '../../src/domain/event.ts';
import type { ConversationRef } from '../../src/domain/ids.ts';
import type { Gateway } from '../../src/gateway/gateway.ts';
import { accounts } from '../../src/sandbox.ts';

/** Two of one Redis and one prefix share all there is. */
export interface SharedRedis {
  readonly url: string;
  readonly prefix: string;
}

const SECRET = 'a secret of the tests';

const quiet = () => undefined;

export async function openOver(
  world: World,
  {
    redis,
    replyDeadlineMs,
  }: { readonly redis?: SharedRedis; readonly replyDeadlineMs?: number } = {},
): Promise<Composed> {
  const composed = await composeGateway(
    {
      kind: 'sandbox',
      providers: accounts(world.credentials).map((account) => ({
        ...account,
        replyDeadlineMs: replyDeadlineMs ?? account.replyDeadlineMs,
      })),
      server: { host: '127.0.0.1', port: 0, cursorSecret: secret(SECRET) },
      log: { level: 'silent' },
      ...(redis ? { redis: { url: secret(redis.url), prefix: redis.prefix } } : {}),
    },
    {
      clock: Date.now,
      randomSecret: () => SECRET,
      log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    },
  );
  onTestFinished(() => composed.close());
  return composed;
}

export interface Watching {
  /** What was told so far. */
  readonly facts: readonly Fact[];
  /** Of each of them. */
  readonly cursors: readonly string[];
  /** Whatever was told that is no fact. */
  readonly others: readonly string[];
  /** Resolves once this holds: all that was told by then. */
  until(holds: (facts: readonly Fact[]) => boolean): Promise<readonly Fact[]>;
  leave(): void;
}

export async function watch(
  gateway: Gateway,
  conversation: ConversationRef | null,
  after: string | null = null,
): Promise<Watching> {
  const gone = new AbortController();
  onTestFinished(() => gone.abort());
  const subscribed = await gateway.subscribe({ conversation, filter: {}, after }, gone.signal);
  if (!subscribed.ok) throw new Error(JSON.stringify(subscribed.failure));
  const facts: Fact[] = [];
  const cursors: string[] = [];
  const others: string[] = [];
  const waiting = new Set<() => void>();
  void (async () => {
    for await (const told of subscribed.value) {
      if (told.type === 'event') {
        facts.push(told.event.fact);
        cursors.push(told.cursor());
      } else others.push(told.type);
      for (const look of waiting) look();
    }
  })();
  return {
    facts,
    cursors,
    others,
    leave: () => gone.abort(),
    until: (holds) =>
      new Promise((resolve) => {
        const look = () => {
          if (!holds(facts)) return;
          waiting.delete(look);
          resolve([...facts]);
        };
        waiting.add(look);
        look();
      }),
  };
}

/** What a client makes of the pieces; it throws where one is missing, doubled, or of another answer. */
export function assembled(facts: readonly Fact[]): string {
  const ids = new Set<string>();
  const pieces = facts.flatMap((fact) => {
    if (fact.kind !== 'REPLY_DELTA') return [];
    ids.add(fact.replyId);
    return [fact];
  });
  for (const [at, { index }] of pieces.entries()) {
    if (at !== index) throw new Error(`piece ${index} came in place of ${at}`);
  }
  if (ids.size > 1) throw new Error('pieces of several answers came');
  return pieces.map(({ text }) => text).join('');
}

export function hasEnded(facts: readonly Fact[]): boolean {
  return facts.some(({ kind }) => kind === 'REPLY_COMPLETED' || kind === 'REPLY_FAILED');
}

/** Whether so much of the answer has come. */
export function has(text: string): (facts: readonly Fact[]) => boolean {
  return (facts) => assembled(facts).startsWith(text);
}

/** Kinds in order, each piece of an answer but its first left out. */
export function kindsOf(facts: readonly Fact[]): string[] {
  return facts
    .map(({ kind }) => kind)
    .filter((kind, at, all) => kind !== all[at - 1] || kind !== 'REPLY_DELTA');
}

export function countOf(facts: readonly Fact[], kind: Fact['kind']): number {
  return facts.filter((fact) => fact.kind === kind).length;
}
