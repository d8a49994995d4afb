// An account whose conversations say in every answer how often they were changed, so that any answer tells how old it is;
// and gateways over it that share a log and what they keep.

import { randomUUID } from 'node:crypto';
import type { Conversation } from '../../src/domain/conversation.ts';
import { failed, type Outcome, success } from '../../src/domain/failure.ts';
import { type ConversationRef, providerName } from '../../src/domain/ids.ts';
import type { Message } from '../../src/domain/message.ts';
import type { Gateway } from '../../src/gateway/gateway.ts';
import { type Ingest, openIngest } from '../../src/gateway/live/ingest.ts';
import { openGateway } from '../../src/gateway/open-gateway.ts';
import type { Keeping } from '../../src/gateway/reads/answering.ts';
import type { Call, Provider } from '../../src/providers/provider.ts';
import type { ListMessages, SendMessage, UpdateConversation } from '../../src/providers/verbs.ts';
import type { Ear, EventLog } from '../../src/state/events/log.ts';
import { aMessage } from '../support/desk.ts';
import { someLeases } from '../support/leases.ts';
import { someLedger } from '../support/ledger.ts';
import { handMade, rowsOf } from './hand-made.ts';

const ONE = providerName('one');

export interface Changes {
  /** How often the conversation itself was changed. */
  readonly state: number;
  /** How many messages it has. */
  readonly said: number;
}

export interface Account {
  readonly provider: Provider;
  /** The conversations there are from now on: nothing was said in them, or changed. */
  begin(names: readonly string[]): void;
  /** Somebody changes it at the service itself. */
  change(name: string): Conversation;
  /** Somebody says something there. */
  say(name: string): Message;
  /** What was said there last. */
  last(name: string): Message | undefined;
  /** How many turns of the loop the next answers take before and after they are true; the last goes on. */
  delays: { readonly before: number; readonly after: number };
  /** What it was asked to show, in order. */
  readonly asked: string[];
  /** There are no such conversations. */
  readonly absent: Set<string>;
  /** In the place of every answer. */
  fails: ReturnType<typeof failed> | null;
  /** While true, whatever is asked fails, and whoever changes something may have. */
  isOut: boolean;
}

export function refOf(name: string): ConversationRef {
  return { provider: ONE, nativeId: name };
}

export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}

export function changingAccount(): Account {
  const conversations = new Map<string, { state: number; said: number }>();
  const { provider } = handMade({ name: 'one' });

  function at(name: string): { state: number; said: number } {
    const known = conversations.get(name) ?? { state: 0, said: 0 };
    conversations.set(name, known);
    return known;
  }

  function rowOf(name: string): Conversation {
    const { state, said } = at(name);
    const [row] = rowsOf('one', 1);
    if (!row) throw new Error('no row was made');
    return {
      ...row,
      nativeId: name,
      title: String(state),
      messageCount: said,
      createdAt: new Date(0),
    };
  }

  function messageOf(name: string, number: number): Message {
    return aMessage(String(number), {
      conversation: name,
      nativeId: `${name} ${number}`,
      createdAt: new Date(1000 * number),
    });
  }

  /** Answers that an operation has had: a change in the same operation forgets them, as the door to a service does. */
  const had = new WeakMap<Call['reads'], Map<string, Promise<unknown>>>();

  /** Asked once in an operation. */
  function reading<Input, T>(key: (input: Input) => string, value: (input: Input) => T) {
    const answers = new WeakMap<object, Map<string, Promise<Outcome<T>>>>();
    return (input: Input, { reads, signal }: Call): Promise<Outcome<T>> => {
      const memo = had.get(reads) ?? new Map<string, Promise<unknown>>();
      had.set(reads, memo);
      const known = answers.get(memo) ?? new Map<string, Promise<Outcome<T>>>();
      answers.set(memo, known);
      const name = key(input);
      const asked = known.get(name) ?? ask(name, { signal, value: () => value(input) });
      known.set(name, asked);
      return asked;
    };
  }

  function ask<T>(
    name: string,
    { signal, value }: { readonly signal: AbortSignal; readonly value: () => T },
  ): Promise<Outcome<T>> {
    account.asked.push(name);
    const isAbsent = [...account.absent].some((one) => name.endsWith(one));
    return isAbsent
      ? Promise.resolve(failed({ kind: 'not-found', what: 'such conversation' }))
      : answer(value).then((answered) => (signal.aborted ? OUT : answered));
  }

  function writing<Input, T>(value: (input: Input) => T) {
    return (input: Input, { reads }: Call): Promise<Outcome<T>> => {
      had.delete(reads);
      return answer(() => value(input));
    };
  }

  async function answer<T>(value: () => T): Promise<Outcome<T>> {
    const { before, after } = account.delays;
    await turns(before);
    const said = value();
    await turns(after);
    if (account.fails) return account.fails;
    if (account.isOut) {
      const because = 'it is out';
      return {
        ok: false,
        failure: { kind: 'unavailable', provider: ONE, because, retryAt: null, doubtful: true },
      };
    }
    return success(said);
  }

  const account: Account = {
    delays: { before: 0, after: 0 },
    isOut: false,
    asked: [],
    absent: new Set(),
    fails: null,
    begin(names) {
      conversations.clear();
      for (const name of names) at(name);
    },
    change(name) {
      at(name).state += 1;
      return rowOf(name);
    },
    say(name) {
      const known = at(name);
      known.said += 1;
      return messageOf(name, known.said);
    },
    last(name) {
      const { said } = at(name);
      return said > 0 ? messageOf(name, said) : undefined;
    },
    provider: {
      ...provider,
      deadlineMs: 20_000,
      can: {
        ...provider.can,
        CONVERSATION_LIST: {
          support: 'NATIVE',
          note: null,
          paging: 'offset',
          order: 'by-time',
          rows: 'whole',
          filters: FILTERS,
          does: reading(
            () => 'list',
            () => ({ items: [...conversations.keys()].map(rowOf), next: null }),
          ),
        },
        CONVERSATION_GET: {
          support: 'NATIVE',
          note: null,
          does: reading(
            ({ nativeId }: ConversationRef) => `conversation ${nativeId}`,
            ({ nativeId }) => rowOf(nativeId),
          ),
        },
        CONVERSATION_UPDATE: {
          support: 'NATIVE',
          note: null,
          fields: ['title'],
          does: writing(({ conversation: { nativeId } }: UpdateConversation) => ({
            conversation: account.change(nativeId),
            ignored: [],
            unfinished: null,
          })),
        },
        MESSAGE_LIST: {
          support: 'NATIVE',
          note: null,
          paging: 'offset',
          order: 'by-time',
          does: reading(
            ({ conversation: { nativeId } }: ListMessages) => `messages ${nativeId}`,
            ({ conversation: { nativeId } }) => ({
              items: Array.from({ length: at(nativeId).said }, (_, index) =>
                messageOf(nativeId, index + 1),
              ).toReversed(),
              next: null,
            }),
          ),
        },
        MESSAGE_SEND: {
          support: 'NATIVE',
          note: null,
          fields: [],
          roles: ['USER'],
          kinds: ['MESSAGE'],
          visibilities: ['PUBLIC'],
          contentKinds: ['text'],
          replies: 'never',
          tracing: { ways: ['none'], wayOf: () => 'none', words: 'kept' },
          does: writing(({ conversation: { nativeId } }: SendMessage) => ({
            message: account.say(nativeId),
            reply: null,
            usage: null,
            unfinished: null,
          })),
        },
      },
    },
  };
  return account;
}

export interface Lateness {
  turns: number;
}

/** A log whose entries are told so many turns of the loop after they were appended, in their order; nothing is heard before. */
export function hearingLate(events: EventLog, lateness: Lateness): EventLog {
  const ears = new Set<Ear>();
  let marks = events.heard();
  let line: Promise<unknown> = Promise.resolve();
  function later(tell: () => void): void {
    const { turns: count } = lateness;
    line = line.then(() => turns(count)).then(tell);
  }
  const stop = events.listen({
    entry: (entry) =>
      later(() => {
        for (const ear of ears) ear.entry(entry);
        marks = marks?.map((mark, lane) => (lane === entry.lane ? entry.mark : mark)) ?? null;
      }),
    lost: (lane, reason, place) =>
      later(() => {
        for (const ear of ears) ear.lost(lane, reason, place);
        marks = marks?.map((mark, at) => (at === lane ? place : mark)) ?? null;
      }),
  });
  return {
    ...events,
    heard: () => marks,
    listen(ear) {
      const own = { ...ear };
      ears.add(own);
      return () => void ears.delete(own);
    },
    async close() {
      stop();
      await events.close();
    },
  };
}

export interface Watching {
  readonly gateway: Gateway;
  /** The door by which news from elsewhere comes in here. */
  readonly ingest: Ingest;
}

export function gatewayAt(
  { provider }: Pick<Account, 'provider'>,
  { events, keeping }: { readonly events: EventLog; readonly keeping: Keeping },
): Watching {
  const quiet = () => undefined;
  const gateway = openGateway({
    ledger: someLedger(),
    turnLeases: someLeases(),
    providers: [provider],
    events,
    keeping,
    cursorSecret: 'a secret of the tests',
    clock: Date.now,
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  });
  return { gateway, ingest: openIngest({ events, clock: Date.now }) };
}

/** A name that nothing was kept of. */
export function aName(): string {
  return randomUUID();
}

const OUT = failed({
  kind: 'unavailable',
  provider: ONE,
  because: 'nobody waits for it',
  retryAt: null,
});

const FILTERS = {
  channel: 'pushed',
  contactId: 'pushed',
  tags: 'pushed',
  status: 'pushed',
  archived: 'pushed',
  important: 'pushed',
  createdAfter: 'pushed',
  createdBefore: 'pushed',
  search: 'pushed',
} as const;
