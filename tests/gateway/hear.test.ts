// Who is followed, for how long, and what becomes of news that cannot be written down yet.

import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { News } from '../../src/domain/event.ts';
import { type Failure, failed, type Outcome, success } from '../../src/domain/failure.ts';
import { type ConversationRef, providerName } from '../../src/domain/ids.ts';
import { openBroadcast } from '../../src/gateway/live/broadcast.ts';
import { openHear } from '../../src/gateway/live/hear.ts';
import { openIngest } from '../../src/gateway/live/ingest.ts';
import { type Inbound, type Provider, unableTable } from '../../src/providers/provider.ts';
import type { EventLog } from '../../src/state/events/log.ts';
import { anEventLog, appendedTo } from '../support/event-log.ts';

const NAME = providerName('one');
const DOWN: Failure = { kind: 'unavailable', provider: NAME, because: 'it is out', retryAt: null };
const OUT_OF_REACH: Failure = { kind: 'gateway-unavailable', because: 'no log' };

function refTo(nativeId: string): ConversationRef {
  return { provider: NAME, nativeId };
}

/** News that needs no more of a message than there is here. */
function gone(nativeId: string): News {
  return { type: 'message-deleted', message: { conversation: refTo('c'), nativeId } };
}

function scene(inbound: Omit<Inbound, 'budgetPerMinute'>, events: EventLog = anEventLog()) {
  const provider: Provider = {
    name: NAME,
    kind: 'hand-made',
    deadlineMs: 50,
    replyDeadlineMs: 50,
    can: unableTable('Ask nothing of it.'),
    inbound: { budgetPerMinute: null, ...inbound },
  };
  const clock = Date.now;
  const bugs: string[] = [];
  const quiet = () => undefined;
  const log = {
    debug: quiet,
    info: quiet,
    warn: quiet,
    error: (_: object, said: string) => bugs.push(said),
  };
  const broadcast = openBroadcast(events);
  const ingest = openIngest({ events, clock });
  const hear = openHear({
    providers: [provider],
    ingest,
    inOrder: ingest,
    broadcast,
    clock,
    log,
  });
  onTestFinished(() => hear.close());
  return { hear, broadcast, bugs, events };
}

/** A service that streams until it is left; what it is to say is handed to it. */
function service() {
  /** Of each conversation, how often it was begun to be followed. */
  const begun: string[] = [];
  const followed = new Set<string>();
  async function* follow(
    { nativeId }: ConversationRef,
    { signal }: { readonly signal: AbortSignal },
  ): AsyncGenerator<Outcome<readonly News[]>, void> {
    begun.push(nativeId);
    followed.add(nativeId);
    try {
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      yield failed(DOWN);
    } finally {
      followed.delete(nativeId);
    }
  }
  return { begun, followed, follow };
}

/** Of a log: refuses so many appends, and then takes them. */
function refusing(events: EventLog, times: number): EventLog {
  let left = times;
  return {
    ...events,
    append(asked) {
      if (left <= 0) return events.append(asked);
      left -= 1;
      return Promise.resolve(failed(OUT_OF_REACH));
    },
  };
}

afterEach(() => {
  vi.useRealTimers();
});

describe('of the conversations that somebody listens to', () => {
  it('sixteen of an account are followed, and whoever waits takes the place of one that is left', async () => {
    const { begun, followed, follow } = service();
    const { broadcast } = scene({ follow });
    const queues = Array.from({ length: 19 }, (_, index) =>
      broadcast.listen(refTo(`c${index}`), 9),
    );
    await expect.poll(() => followed.size).toBe(16);

    queues[16]?.stop();
    queues[3]?.stop();
    await expect.poll(() => followed.has('c17')).toBe(true);

    expect(followed.size).toBe(16);
    expect([followed.has('c3'), followed.has('c16'), followed.has('c18')]).toEqual([
      false,
      false,
      false,
    ]);
    expect(begun).toHaveLength(17);
  });

  it('none is followed any longer once it is closed, and none begins', async () => {
    const { begun, followed, follow } = service();
    const { broadcast, hear } = scene({ follow });
    for (const id of ['a', 'b']) broadcast.listen(refTo(id), 9);
    await expect.poll(() => followed.size).toBe(2);

    hear.close();
    broadcast.listen(refTo('c'), 9);

    await expect.poll(() => followed.size).toBe(0);
    expect(begun).toEqual(['a', 'b']);
  });

  it('one of an account that streams nothing is no matter', () => {
    const { broadcast } = scene({});

    const queue = broadcast.listen(refTo('c'), 9);

    expect(() => queue.stop()).not.toThrow();
  });

  it.each<Failure>([
    { kind: 'not-found', what: 'channel' },
    { kind: 'refused', provider: NAME, code: null, said: 'no' },
    { kind: 'forbidden', provider: NAME, said: 'no' },
  ])(
    'one that cannot be followed ($kind) is asked for once, and its place is another’s',
    async (failure) => {
      vi.useFakeTimers();
      const { begun, follow } = service();
      const { broadcast } = scene({
        follow: (conversation, call) =>
          conversation.nativeId === 'c0'
            ? once(begun, conversation, failure)
            : follow(conversation, call),
      });

      for (let index = 0; index < 17; index += 1) broadcast.listen(refTo(`c${index}`), 9);
      await vi.advanceTimersByTimeAsync(600_000);

      expect(begun.filter((id) => id === 'c0')).toHaveLength(1);
      expect(begun).toContain('c16');
    },
  );

  it('one whose stream ends is followed again, with longer and longer pauses', async () => {
    vi.useFakeTimers();
    const begun: string[] = [];
    const { broadcast } = scene({
      follow: (conversation) => once(begun, conversation, DOWN),
    });

    broadcast.listen(refTo('c'), 9);
    const counts: number[] = [];
    for (const ms of [0, 250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]) {
      await vi.advanceTimersByTimeAsync(ms);
      counts.push(begun.length);
    }

    expect(counts).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('one is followed again not before its service said', async () => {
    vi.useFakeTimers();
    const begun: string[] = [];
    const { broadcast } = scene({
      follow: (conversation) => {
        const retryAt = new Date(Date.now() + 20_000);
        return once(begun, conversation, { kind: 'rate-limited', provider: NAME, retryAt });
      },
    });

    broadcast.listen(refTo('c'), 9);
    await vi.advanceTimersByTimeAsync(19_999);
    const before = begun.length;
    await vi.advanceTimersByTimeAsync(1);

    expect([before, begun.length]).toEqual([1, 2]);
  });

  it('one that is left in a pause is not followed again', async () => {
    vi.useFakeTimers();
    const begun: string[] = [];
    const { broadcast } = scene({ follow: (conversation) => once(begun, conversation, DOWN) });
    const queue = broadcast.listen(refTo('c'), 9);
    await vi.advanceTimersByTimeAsync(100);

    queue.stop();
    await vi.advanceTimersByTimeAsync(600_000);

    expect(begun).toEqual(['c']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('one whose adapter throws is followed again, and the bug is noted', async () => {
    vi.useFakeTimers();
    let tries = 0;
    const { broadcast, bugs } = scene({
      follow: () => {
        tries += 1;
        throw new Error('a bug');
      },
    });

    broadcast.listen(refTo('c'), 9);
    await vi.advanceTimersByTimeAsync(250);

    expect(tries).toBe(2);
    expect(bugs).toHaveLength(2);
  });
});

describe('news that is streamed', () => {
  it('is kept until it can be written down, and then told in its order', async () => {
    const events = anEventLog();
    const { broadcast } = scene(
      {
        async *follow(_, { signal }) {
          yield success([gone('first')]);
          yield success([gone('second')]);
          await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
        },
      },
      refusing(events, 2),
    );

    broadcast.listen(refTo('c'), 9);

    await expect
      .poll(async () => (await appendedTo(events)).map(({ fact }) => fact), { timeout: 5000 })
      .toEqual([
        { kind: 'MESSAGE_DELETED', nativeId: 'first' },
        { kind: 'MESSAGE_DELETED', nativeId: 'second' },
      ]);
  });
});

describe('a webhook', () => {
  const POST = { header: () => undefined, body: Buffer.from('') };

  it('is good once its news is in the log, and says how much of it was new', async () => {
    const { hear, events } = scene({
      webhook: () => Promise.resolve(success([gone('first'), gone('second'), gone('first')])),
    });

    expect(await hear.webhook('one', POST)).toEqual(success(2));
    expect(await hear.webhook('one', POST)).toEqual(success(0));
    expect(await appendedTo(events)).toHaveLength(2);
  });

  it('fails where the log is out of reach, and is good when it is posted again', async () => {
    const events = anEventLog();
    const { hear } = scene(
      { webhook: () => Promise.resolve(success([gone('first')])) },
      refusing(events, 1),
    );

    expect(await hear.webhook('one', POST)).toEqual(failed(OUT_OF_REACH));
    expect(await hear.webhook('one', POST)).toEqual(success(1));
    expect(await appendedTo(events)).toHaveLength(1);
  });

  it('is given up where its adapter never ends', async () => {
    const { hear, events } = scene({ webhook: () => new Promise(() => undefined) });

    expect(await hear.webhook('one', POST)).toMatchObject({
      ok: false,
      failure: { kind: 'unavailable' },
    });
    expect(await appendedTo(events)).toEqual([]);
  });

  it('fails where its adapter throws, and the bug is noted', async () => {
    const { hear, bugs } = scene({
      webhook: () => {
        throw new Error('a bug');
      },
    });

    expect(await hear.webhook('one', POST)).toMatchObject({
      ok: false,
      failure: { kind: 'unavailable' },
    });
    expect(bugs).toHaveLength(1);
  });

  it('is not found where nobody is posted to', async () => {
    const { hear } = scene({});

    expect([hear.takesWebhooks('one'), hear.takesWebhooks('other')]).toEqual([false, false]);
    expect(await hear.webhook('one', POST)).toMatchObject({ failure: { kind: 'not-found' } });
    expect(await hear.webhook('other', POST)).toMatchObject({ failure: { kind: 'not-found' } });
  });
});

async function* once(
  begun: string[],
  { nativeId }: ConversationRef,
  failure: Failure,
): AsyncGenerator<Outcome<readonly News[]>, void> {
  begun.push(nativeId);
  yield failed(failure);
}
