// What a law is held before: a provider through its real door, the world behind it in neutral words, and a scene set in it.

import { Agent, type Dispatcher } from 'undici';
import { expect } from 'vitest';
import {
  type FaultKind,
  type JournalRow,
  type RunningEmulator,
  readable,
} from '../../emulators/emulator.ts';
import type { ConversationPriority, ConversationStatus } from '../../src/domain/conversation.ts';
import type { Failure, Outcome } from '../../src/domain/failure.ts';
import type { ConversationRef, MessageRef } from '../../src/domain/ids.ts';
import type { MessageKind, Rating, Visibility } from '../../src/domain/message.ts';
import type { SendOptions } from '../../src/domain/native.ts';
import type { MessageRole } from '../../src/domain/participant.ts';
import type { Tag } from '../../src/domain/tag.ts';
import type { Verb } from '../../src/domain/verb.ts';
import { ableTo } from '../../src/gateway/dispatch.ts';
import type { Gateway } from '../../src/gateway/gateway.ts';
import { openGateway } from '../../src/gateway/open-gateway.ts';
import type { Able, Call, Provider } from '../../src/providers/provider.ts';
import type { CreateConversation } from '../../src/providers/verbs.ts';
import type { TestClock } from '../support/clock.ts';
import { anEventLog } from '../support/event-log.ts';
import { someLeases } from '../support/leases.ts';
import { someLedger } from '../support/ledger.ts';

/** One adapter over one transport: whoever claims to be a provider brings one of these. */
export interface Subject {
  readonly name: string;
  /** A world of its own each time. */
  open(): Promise<Stage>;
}

export interface Stage {
  readonly provider: Provider;
  readonly clock: TestClock;
  readonly world: World;
  readonly scene: Scene;
  /** What nobody may be told. */
  readonly secrets: readonly string[];
  /** What was asked since the last time, renewals of a session left out. */
  requests(): readonly JournalRow[];
  /** How often of late the service was asked to change something. */
  writes(): readonly JournalRow[];
  /** Every request fails so until it is healed; with an effect only the next of that effect does. */
  strike(fault: Trouble, effect?: 'write'): void;
  /** When the next request, or the next of that effect, is on its way. */
  sent(effect?: 'write'): Promise<void>;
  /** What was struck and has not failed yet works again. */
  heal(): void;
  close(): Promise<void>;
}

/** What of a request tells what it does. */
export type Question = Pick<JournalRow, 'method' | 'path' | 'body'>;

export interface Trouble {
  readonly kind: FaultKind;
  readonly status?: number;
  readonly retryAfter?: number;
}

/** The store, read past the adapter. */
export interface World {
  /** In the order of the provider's own list. */
  conversations(): readonly StoredConversation[];
  /** Newest first. */
  messages(conversationId: string): readonly StoredMessage[];
  /** Everybody there is. */
  people(): readonly StoredPerson[];
  /** Files that were uploaded. */
  attachments(): readonly StoredAttachment[];
}

/** Null where the provider has no such thing. */
export interface StoredConversation {
  readonly nativeId: string;
  readonly channel: string | null;
  readonly title: string | null;
  readonly description: string | null;
  readonly status: ConversationStatus | null;
  readonly priority: ConversationPriority | null;
  readonly archived: boolean | null;
  readonly important: boolean | null;
  readonly assignee: string | null;
  readonly contactId: string | null;
  /** Who is in it, by their ids. */
  readonly participants: readonly string[];
  readonly tags: readonly Tag[];
  readonly createdAtMs: number;
  /** What a search looks at. */
  readonly words: readonly string[];
}

export interface StoredMessage {
  readonly nativeId: string;
  readonly role: MessageRole;
  readonly kind: MessageKind;
  readonly visibility: Visibility;
  /** What it says, where it says it in words. */
  readonly text: string | null;
  /** The provider's own word for what it carries. */
  readonly contentKind: string;
  readonly name: string | null;
  readonly description: string | null;
  readonly tags: readonly Tag[];
  readonly rating: Rating | null;
}

export interface StoredPerson {
  readonly nativeId: string;
  readonly name: string | null;
  readonly description: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly imageUrl: string | null;
  readonly tags: readonly Tag[];
}

export interface StoredAttachment {
  readonly conversationId: string;
  readonly type: string;
  readonly name: string | null;
  /** False until the bytes are there. */
  readonly complete: boolean;
}

/** Good words for every question: what is there, what is not, and what this provider takes. */
export interface Scene {
  /** With messages of several people. */
  readonly standing: ConversationRef;
  readonly another: ConversationRef;
  /** Of nobody yet, where conversations are of somebody. */
  readonly lonely: ConversationRef;
  /** Of a shape that could be one, and is not. */
  readonly absent: ConversationRef;
  /** The same of a message, in the standing conversation. */
  readonly absentMessage: MessageRef;
  readonly channel: string;
  /** Two who are known and in no conversation. */
  readonly newcomers: readonly [string, string];
  /** The least that a conversation is created with. */
  readonly creation: CreateConversation;
  /** What has to be said besides, to write as this role in the standing conversation. */
  options(role: MessageRole): SendOptions | undefined;
  /** Verbs that are answered without a word, so that there is none to misread. */
  readonly silent: readonly Verb[];
  /** What may be said wrongly here and nowhere else, each by the place in the input it is wrong at. */
  readonly mistakes: readonly Mistake[];
  /** How the store names content of this kind, sent as a sample of it. */
  storedAs(contentKind: string): string;
}

/** An input that no provider of this kind can do anything with. */
export interface Mistake {
  readonly verb: Verb;
  /** As a client wrote it. */
  readonly path: string;
  make(provider: Provider, call: Call): Promise<Outcome<unknown>>;
}

/** An emulator and an account at it, made into a stage; the rest is the subject's to tell. */
export function stageOf({
  emulator,
  clock,
  provider,
  isWrite = ({ method }) => method !== 'GET',
  isHousekeeping = () => false,
  ...told
}: {
  readonly emulator: RunningEmulator;
  readonly clock: TestClock;
  readonly provider: (dispatcher: Dispatcher) => Provider;
  readonly world: World;
  readonly scene: Scene;
  readonly secrets: readonly string[];
  readonly isWrite?: (asked: Question) => boolean;
  readonly isHousekeeping?: (asked: Question) => boolean;
}): Stage {
  const agent = new Agent();
  let armed: Trouble | undefined;
  const awaited = new Set<{ readonly effect: 'write' | undefined; tell(): void }>();
  // A fault for the next write is set when that write is on its way: before, nobody can say which request it will be.
  const dispatcher = agent.compose((dispatch) => ({ method, path, body, ...rest }, handler) => {
    const written = typeof body === 'string' ? readable(Buffer.from(body)) : null;
    const question = { method, path, body: written };
    const writes = isWrite(question) && !isHousekeeping(question);
    if (armed && writes) {
      emulator.inject({ ...armed, times: 1 });
      armed = undefined;
    }
    for (const waiting of awaited) {
      if (waiting.effect === 'write' && !writes) continue;
      awaited.delete(waiting);
      waiting.tell();
    }
    return dispatch({ method, path, body: body ?? null, ...rest }, handler);
  });
  const requests = () => {
    const rows = emulator.journal.filter((row) => !isHousekeeping(row));
    emulator.forget();
    return rows;
  };
  return {
    ...told,
    clock,
    provider: provider(dispatcher),
    requests,
    writes: () => requests().filter(isWrite),
    strike(fault, effect) {
      if (effect === 'write') armed = fault;
      else emulator.inject(fault);
    },
    sent: (effect) =>
      new Promise((resolve) => {
        awaited.add({ effect, tell: resolve });
      }),
    heal: emulator.heal,
    async close() {
      await agent.destroy();
      await emulator.close();
    },
  };
}

/** The same scene before another provider: a mutant of the one that was opened. */
export function before(stage: Stage, provider: Provider): Stage {
  return { ...stage, provider };
}

/** A new operation: nothing read yet, and the deadline given or none. */
export function aCall(signal: AbortSignal = new AbortController().signal): Call {
  return { signal, reads: new Map() };
}

/** Asks a verb of a provider's table; a verb that is not there is a failure. */
export async function ask<V extends Verb, T>(
  { provider }: Pick<Stage, 'provider'>,
  verb: V,
  how: (able: Able<V>, call: Call) => Promise<Outcome<T>>,
  call: Call = aCall(),
): Promise<Outcome<T>> {
  const able = ableTo(provider, verb);
  return able.ok ? how(able.value, call) : able;
}

/** The same, where a good answer is expected. */
export async function had<V extends Verb, T>(
  stage: Pick<Stage, 'provider'>,
  verb: V,
  how: (able: Able<V>, call: Call) => Promise<Outcome<T>>,
): Promise<T> {
  return valueOf(await ask(stage, verb, how));
}

export function valueOf<T>(outcome: Outcome<T>): T {
  expect(outcome).toMatchObject({ ok: true });
  if (outcome.ok) return outcome.value;
  throw new Error('unreachable: the line above has failed');
}

export function failureOf(outcome: Outcome<unknown>): Failure {
  expect(outcome).toMatchObject({ ok: false });
  if (!outcome.ok) return outcome.failure;
  throw new Error('unreachable: the line above has failed');
}

/** A gateway that has this one provider. */
export function gatewayOver({ provider, clock }: Pick<Stage, 'provider' | 'clock'>): Gateway {
  const silent = () => undefined;
  return openGateway({
    ledger: someLedger(),
    turnLeases: someLeases(),
    events: anEventLog(),
    providers: [provider],
    cursorSecret: 'a secret of the laws',
    clock,
    log: { debug: silent, info: silent, warn: silent, error: silent },
  });
}

/** The store at one moment, by place: `conversationId.field` and `conversationId/messageId`. */
export function noted({ world }: Pick<Stage, 'world'>): ReadonlyMap<string, string> {
  const rows = world
    .conversations()
    .flatMap(({ nativeId: id, words: _words, ...fields }) => [
      ...Object.entries(fields).map(([field, value]) => [`${id}.${field}`, value] as const),
      ...world
        .messages(id)
        .flatMap(({ nativeId, ...message }) =>
          Object.entries(message).map(
            ([field, value]) => [`${id}/${nativeId}.${field}`, value] as const,
          ),
        ),
    ]);
  return new Map(rows.map(([place, value]) => [place, JSON.stringify(value)]));
}

/** Places at which the store is other than it was. */
export function changed(was: ReadonlyMap<string, string>, stage: Pick<Stage, 'world'>): string[] {
  const is = noted(stage);
  return [...new Set([...was.keys(), ...is.keys()])].filter(
    (place) => was.get(place) !== is.get(place),
  );
}

export function conversationIn({ world }: Pick<Stage, 'world'>, id: string): StoredConversation {
  const row = world.conversations().find(({ nativeId }) => nativeId === id);
  expect(row, `conversation ${id} in the store`).toBeDefined();
  if (!row) throw new Error('unreachable: the line above has failed');
  return row;
}

/** Whether a place in the store is of that conversation. */
export function isOf(place: string, { nativeId }: { readonly nativeId: string }): boolean {
  return place.startsWith(`${nativeId}.`) || place.startsWith(`${nativeId}/`);
}
