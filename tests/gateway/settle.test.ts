// What becomes of a message whose answer was lost, at a service of which everything is in the test's hands.

import { describe, expect, it, onTestFinished } from 'vitest';
import { type Failure, failed, type Outcome, success } from '../../src/domain/failure.ts';
import { accountScope, type ProviderName, providerName } from '../../src/domain/ids.ts';
import type { Message } from '../../src/domain/message.ts';
import type { Gateway } from '../../src/gateway/gateway.ts';
import { openGateway } from '../../src/gateway/open-gateway.ts';
import type { MessageSent } from '../../src/gateway/writes/send-message.ts';
import type { Provider, Tracing } from '../../src/providers/provider.ts';
import type { ListMessages, SendMessage, SentMessage } from '../../src/providers/verbs.ts';
import type { EventLog } from '../../src/state/events/log.ts';
import type { Ledger } from '../../src/state/idempotency/ledger.ts';
import { aMessage, conversationNamed } from '../support/desk.ts';
import { anEventLog, appendedTo } from '../support/event-log.ts';
import { someLeases } from '../support/leases.ts';
import { someLedger } from '../support/ledger.ts';
import { handMade, operation } from './hand-made.ts';

const ONE = providerName('one');
const CONVERSATION = conversationNamed('one-0');
const LOST: Failure = { kind: 'outcome-unknown', provider: ONE, because: 'the connection broke' };
const TOO_MANY: Failure = {
  kind: 'rate-limited',
  provider: ONE,
  retryAt: null,
  doubtful: true,
};

const OUT = failed({ kind: 'gateway-unavailable', because: 'the log is out of reach' });

/** What is not there after twice this is believed not to come. */
const REPLY_DEADLINE_MS = 300;

describe('a message whose answer was lost', () => {
  it('is told as sent where one look finds it', async () => {
    const { gateway, board } = desk();
    board.answersWith(LOST);

    const sent = await send(gateway, 'k1');

    expect(sent).toMatchObject({ delivery: 'SENT', message: { text: 'Any news?' } });
    expect(board.texts()).toEqual(['Any news?']);
  });

  it('is found when it comes late, and told once', async () => {
    const { gateway, board, settled } = desk();
    board.losesWith(LOST);
    const sent = await send(gateway, 'k1');

    board.add('Any news?');

    expect(sent.delivery).toBe('UNKNOWN');
    expect(await settled()).toEqual([['k1', 'SENT', 'Any news?']]);
    expect(await send(gateway, 'k1')).toMatchObject({
      delivery: 'SENT',
      message: { text: 'Any news?' },
    });
    expect(board.texts()).toEqual(['Any news?']);
  });

  it('is told to have arrived before what became of it', async () => {
    const { gateway, board, settled, events } = desk();
    board.losesWith(LOST);
    await send(gateway, 'k1');
    board.add('Any news?');
    await settled();

    const kinds = (await appendedTo(events)).map(({ fact }) => fact.kind);

    expect(kinds).toEqual(['MESSAGE_ADDED', 'DELIVERY_SETTLED']);
  });

  it('is believed not to be sent after a while only, and its key is free then', async () => {
    const { gateway, board, settled } = desk();
    board.losesWith(LOST);
    const startedMs = Date.now();
    await send(gateway, 'k1');

    expect(await settled()).toEqual([['k1', 'NOT_SENT', null]]);
    expect(Date.now() - startedMs).toBeGreaterThanOrEqual(2 * REPLY_DEADLINE_MS);
    expect(await send(gateway, 'k1')).toMatchObject({ delivery: 'SENT' });
    expect(board.texts()).toEqual(['Any news?']);
  });

  it('is looked for again where the service failed to show what it has', async () => {
    const { gateway, board, settled, logged } = desk();
    board.answersWith(LOST);
    const release = board.holds();
    const sending = send(gateway, 'k1');
    await board.begun(1);
    board.hides({ kind: 'unavailable', provider: ONE, because: 'HTTP 503', retryAt: null });
    release();
    const sent = await sending;
    await board.asked(board.lists() + 1);

    board.hides(undefined);

    expect(sent.delivery).toBe('UNKNOWN');
    expect(await settled()).toEqual([['k1', 'SENT', 'Any news?']]);
    expect(logged).not.toContain('what became of a write cannot be known');
  });

  it('is not taken for another of the same words that is known to be sent', async () => {
    const { gateway, board, settled } = desk();
    board.losesWith(LOST);
    await send(gateway, 'k1');

    const other = await send(gateway, 'k2');

    expect(other.delivery).toBe('SENT');
    expect(await settled()).toEqual([['k1', 'NOT_SENT', null]]);
  });

  it('stays unknown where another of the same words is in doubt as well, and one is there', async () => {
    const { gateway, board, given, events } = desk();
    board.losesWith(LOST);
    await send(gateway, 'k1');
    board.losesWith(LOST);
    await send(gateway, 'k2');

    board.add('Any news?');
    await given(2);

    expect((await send(gateway, 'k1')).delivery).toBe('UNKNOWN');
    expect((await send(gateway, 'k2')).delivery).toBe('UNKNOWN');
    expect((await appendedTo(events)).map(({ fact }) => fact.kind)).toEqual([]);
    expect(board.texts()).toEqual(['Any news?']);
  });

  it('stays unknown where two are there that were not there before', async () => {
    const { gateway, board, given } = desk();
    board.losesWith(LOST);
    const sending = send(gateway, 'k1');
    await board.asked(1);
    board.add('Any news?');
    board.add('Any news?');

    const sent = await sending;
    await given(1);

    expect(sent.delivery).toBe('UNKNOWN');
    expect((await send(gateway, 'k1')).delivery).toBe('UNKNOWN');
  });

  it('stays unknown where its history could not be read before it', async () => {
    const { gateway, board, given } = desk();
    board.hides({ kind: 'unavailable', provider: ONE, because: 'HTTP 503', retryAt: null });
    board.answersWith(LOST);

    const sent = await send(gateway, 'k1');
    await given(1);

    expect(sent.delivery).toBe('UNKNOWN');
  });

  it.each([
    ['altered', 'UNKNOWN'],
    ['kept', 'NOT_SENT'],
  ] as const)(
    'of a service whose words are %s is %s where there is another of its nature',
    async (words, end) => {
      const { gateway, board, settled, given } = desk({ words });
      board.losesWith(LOST);
      await send(gateway, 'k1');

      board.add('Any [redacted]?');

      const ends = {
        UNKNOWN: () => given(1).then(() => 'UNKNOWN'),
        NOT_SENT: () => settled().then(([one]) => one?.[1]),
      };
      expect(await ends[end]()).toBe(end);
    },
  );

  it('is not looked for under another credential than it was sent by', async () => {
    const ledger = someLedger();
    const { gateway, board } = desk({ ledger });
    board.losesWith(LOST);
    await send(gateway, 'k1');
    await gateway.close();
    const before = board.lists();

    const other = desk({ ledger, board, fingerprint: 'another' });
    await other.given(1);

    expect(board.lists()).toBe(before);
    expect(await appendedTo(other.events)).toEqual([]);
  });

  it('is settled once by two gateways of one memory', async () => {
    const ledger = someLedger();
    const events = anEventLog();
    const { gateway, board, settled } = desk({ ledger, events });
    desk({ ledger, events, board });
    board.losesWith(LOST);
    await send(gateway, 'k1');
    board.losesWith(LOST);
    await send(gateway, 'k2', { text: 'And now?' });

    board.add('Any news?');

    const told = await settled(2);
    expect(told).toHaveLength(2);
    expect(told).toContainEqual(['k1', 'SENT', 'Any news?']);
    expect(told).toContainEqual(['k2', 'NOT_SENT', null]);
  });
});

describe('what became of a message', () => {
  it('is told when the log can be reached again, and once where it had heard of it after all', async () => {
    const events = anEventLog();
    let answers: 'kept' | 'kept, and not said' | 'not kept' = 'kept';
    const forgetful: EventLog = {
      ...events,
      async append(appends) {
        const isEnd = appends.some(({ event }) => event.fact.kind === 'DELIVERY_SETTLED');
        if (!isEnd) return events.append(appends);
        const how = answers;
        answers = how === 'not kept' ? 'kept, and not said' : 'kept';
        const kept = how === 'not kept' ? OUT : await events.append(appends);
        return how === 'kept' ? kept : OUT;
      },
    };
    const rounds = countingRounds();
    const { gateway, board, settled } = desk({ events: forgetful, ledger: rounds.ledger });
    board.losesWith(LOST);
    await send(gateway, 'k1');
    board.add('Any news?');

    answers = 'not kept';
    await settled();
    await rounds.atLeast(rounds.count() + 3);

    expect(await settled()).toEqual([['k1', 'SENT', 'Any news?']]);
  });
});

describe('a message that was answered with too much at once', () => {
  it('is told as sent where it is there', async () => {
    const { gateway, board } = desk();
    board.answersWith(TOO_MANY);

    expect(await send(gateway, 'k1')).toMatchObject({ delivery: 'SENT' });
    expect(board.texts()).toEqual(['Any news?']);
  });

  it('is just that where it is not there, and its key is free', async () => {
    const { gateway, board } = desk();
    board.losesWith(TOO_MANY);

    const refused = await gateway.sendMessage(asked('k1'), operation());

    expect(refused).toEqual(failed({ kind: 'rate-limited', provider: ONE, retryAt: null }));
    expect(await send(gateway, 'k1')).toMatchObject({ delivery: 'SENT' });
    expect(board.texts()).toEqual(['Any news?']);
  });
});

describe('another write than a message', () => {
  it('cannot be looked for, and is never made again under its key, whatever it was answered with', async () => {
    const { gateway, board, given } = desk();
    const begin = () =>
      gateway.createConversation({ provider: 'one', tags: [], idempotencyKey: 'k1' }, operation());
    const first = await begin();
    await given(1);

    const again = await begin();

    expect(first).toEqual(failed(TOO_MANY));
    expect(again).toMatchObject({
      ok: false,
      failure: { kind: 'outcome-unknown', because: expect.stringContaining('ask with a new key') },
    });
    expect([board.creates(), board.lists()]).toEqual([1, 0]);
  });
});

describe('sending', () => {
  it('takes the messages of one conversation one at a time, and does not keep others waiting', async () => {
    const { gateway, board } = desk();
    const release = board.holds();

    const sends = ['k1', 'k2', 'k3'].map((key) => send(gateway, key));
    const elsewhere = send(gateway, 'k4', { conversation: conversationNamed('one-1') });
    await board.begun(2);
    release();
    await Promise.all([...sends, elsewhere]);

    expect(board.mostAtOnce('one-0')).toBe(1);
    expect(board.texts()).toHaveLength(4);
  });

  it('is not begun by whoever waited too long for its turn', async () => {
    const { gateway, board } = desk({ deadlineMs: 300 });
    const release = board.holds();
    const first = send(gateway, 'k1');
    await board.begun(1);

    const late = await gateway.sendMessage(asked('k2'), operation());
    release();
    await first;

    expect(late).toMatchObject({
      ok: false,
      failure: { kind: 'unavailable', because: expect.stringContaining('was not sent') },
    });
    expect(board.texts()).toEqual(['Any news?']);
  });
});

describe('a gateway', () => {
  it('asks nobody anything while nothing is in doubt', async () => {
    const rounds = countingRounds();
    const { board } = desk({ ledger: rounds.ledger });

    await rounds.atLeast(3);

    expect(board.lists()).toBe(0);
  });

  it('looks no more once it is closed', async () => {
    const rounds = countingRounds();
    const { gateway, board } = desk({ ledger: rounds.ledger });
    board.losesWith(LOST);
    await send(gateway, 'k1');

    await gateway.close();
    const looks = board.lists();
    const { board: other } = desk({ ledger: rounds.ledger, fingerprint: 'another' });
    await rounds.atLeast(rounds.count() + 2);

    expect([board.lists(), other.lists()]).toEqual([looks, 0]);
  });
});

interface DeskOptions {
  readonly ledger?: Ledger;
  readonly events?: EventLog;
  readonly board?: Board;
  readonly words?: Tracing['words'];
  readonly deadlineMs?: number;
  /** Of the account's credential. */
  readonly fingerprint?: string;
}

/** A gateway over one account with a board of messages. */
function desk(options: DeskOptions = {}) {
  const { ledger = someLedger(), events = anEventLog(), words = 'kept' } = options;
  const board = options.board ?? openBoard();
  const logged: string[] = [];
  const write = (_fields: object, sentence: string) => void logged.push(sentence);
  const scopes = new Map<ProviderName, ReturnType<typeof accountScope>>([
    [ONE, accountScope(ONE, options.fingerprint ?? 'one')],
  ]);
  const gateway = openGateway({
    ledger,
    turnLeases: someLeases(),
    scopes,
    providers: [board.provider(words, options.deadlineMs)],
    events,
    cursorSecret: 'a secret of the tests',
    clock: Date.now,
    log: { debug: write, info: write, warn: write, error: write },
  });
  onTestFinished(() => gateway.close());

  /** Once so many doubts are settled: the key of each, what became of it, and the text. */
  async function settled(count = 1): Promise<(readonly [string, string, string | null])[]> {
    return until(async () => {
      const all = (await appendedTo(events)).flatMap(({ fact }) =>
        fact.kind === 'DELIVERY_SETTLED'
          ? [[fact.idempotencyKey, fact.delivery, fact.message?.text ?? null] as const]
          : [],
      );
      return all.length >= count ? all : undefined;
    });
  }

  /** Once so many doubts are given up. */
  async function given(count: number): Promise<void> {
    await until(() => {
      const all = logged.filter((one) => one === 'what became of a write cannot be known');
      return Promise.resolve(all.length >= count ? all : undefined);
    });
  }

  return { gateway, board, events, logged, settled, given };
}

function asked(idempotencyKey: string, more: object = {}) {
  return { conversation: CONVERSATION, text: 'Any news?', tags: [], idempotencyKey, ...more };
}

async function send(gateway: Gateway, key: string, more: object = {}): Promise<MessageSent> {
  const sent = await gateway.sendMessage(asked(key, more), operation());
  if (!sent.ok) throw new Error(JSON.stringify(sent.failure));
  return sent.value;
}

type Board = ReturnType<typeof openBoard>;

/** A service of nothing but messages: what it answers next, and what it shows, is said by the test. */
function openBoard() {
  /** Newest first. */
  const rows: Message[] = [aMessage('Good morning.')];
  let next: { readonly failure: Failure; readonly stores: boolean } | undefined;
  let hidden: Failure | undefined;
  let held: Promise<void> | undefined;
  let lists = 0;
  let creates = 0;
  let begun = 0;
  const atOnce = new Map<string, { now: number; most: number }>();

  function add(text: string, conversation = CONVERSATION): Message {
    const row = aMessage(text, { role: 'AGENT', nativeId: `row ${rows.length}` });
    const message = { ...row, conversation };
    rows.unshift(message);
    return message;
  }

  async function does({ conversation, content }: SendMessage): Promise<Outcome<SentMessage>> {
    const counted = atOnce.get(conversation.nativeId) ?? { now: 0, most: 0 };
    counted.now += 1;
    counted.most = Math.max(counted.most, counted.now);
    atOnce.set(conversation.nativeId, counted);
    begun += 1;
    await held;
    counted.now -= 1;
    const said = next;
    next = undefined;
    const text = content.type === 'text' ? content.text : '';
    const message = !said || said.stores ? add(text, conversation) : null;
    if (said) return failed(said.failure);
    return success({ message, reply: null, usage: null, unfinished: null });
  }

  function listed({ conversation }: ListMessages) {
    lists += 1;
    if (hidden) return Promise.resolve(failed(hidden));
    const items = rows.filter((row) => row.conversation.nativeId === conversation.nativeId);
    return Promise.resolve(success({ items, next: null }));
  }

  return {
    add,
    texts: () => rows.slice(0, -1).map(({ text }) => text),
    lists: () => lists,
    creates: () => creates,
    mostAtOnce: (conversation: string) => atOnce.get(conversation)?.most ?? 0,
    /** Stores what is sent next, and answers with this. */
    answersWith(failure: Failure) {
      next = { failure, stores: true };
    },
    /** Does not store it. */
    losesWith(failure: Failure) {
      next = { failure, stores: false };
    },
    hides(failure: Failure | undefined) {
      hidden = failure;
    },
    /** Nothing is answered until what this returns is called. */
    holds(): () => void {
      let release = (): void => undefined;
      held = new Promise((resolve) => {
        release = resolve;
      });
      return release;
    },
    asked: (count: number) =>
      until(() => Promise.resolve(lists >= count ? true : undefined)).then(() => undefined),
    begun: (count: number) =>
      until(() => Promise.resolve(begun >= count ? true : undefined)).then(() => undefined),
    provider(words: Tracing['words'], deadlineMs = 5000): Provider {
      const { provider } = handMade({ name: 'one', deadlineMs });
      return {
        ...provider,
        replyDeadlineMs: REPLY_DEADLINE_MS,
        can: {
          ...provider.can,
          MESSAGE_LIST: {
            support: 'NATIVE',
            note: null,
            paging: 'offset',
            order: 'by-time',
            does: listed,
          },
          CONVERSATION_CREATE: {
            support: 'NATIVE',
            note: null,
            fields: [],
            does: () => {
              creates += 1;
              return Promise.resolve(failed(TOO_MANY));
            },
          },
          MESSAGE_SEND: {
            support: 'NATIVE',
            note: null,
            fields: [],
            roles: ['AGENT'],
            kinds: ['MESSAGE'],
            visibilities: ['PUBLIC'],
            contentKinds: ['text'],
            replies: 'never',
            tracing: { ways: ['history'], wayOf: () => 'history', words },
            does,
          },
        },
      };
    },
  };
}

/** A ledger, and how often it was asked for doubts. */
function countingRounds() {
  const ledger = someLedger();
  let count = 0;
  return {
    count: () => count,
    ledger: {
      ...ledger,
      adopt: (most: number) => {
        count += 1;
        return ledger.adopt(most);
      },
    },
    atLeast: (rounds: number) =>
      until(() => Promise.resolve(count >= rounds ? true : undefined)).then(() => undefined),
  };
}

async function until<T>(seen: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const value = await seen();
    if (value !== undefined) return value;
    await new Promise((resolve) => {
      setTimeout(resolve, 5);
    });
  }
}
