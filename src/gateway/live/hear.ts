// News that is told to us: posted by a service, or streamed for one conversation while somebody listens to it.

import type { News } from '../../domain/event.ts';
import { type Failure, failed, type Outcome } from '../../domain/failure.ts';
import type { ConversationRef } from '../../domain/ids.ts';
import type { Log } from '../../observability/log.ts';
import type { Inbound, Provider, WebhookRequest } from '../../providers/provider.ts';
import { deadlineAfter } from '../deadline.ts';
import { pause } from '../waiting.ts';
import type { Broadcast } from './broadcast.ts';
import type { Ingest } from './ingest.ts';

export interface Hear {
  /** Whether anything may be posted to us in this name. */
  takesWebhooks(provider: string): boolean;
  /**
   * How many events came of a post, once they are in the log. Fails with `not-found` where nobody may post in this name,
   * as the adapter does where the post is no good, and with `gateway-unavailable` where the log is out of reach.
   */
  webhook(provider: string, request: WebhookRequest): Promise<Outcome<number>>;
  /** Follows nothing any longer. */
  close(): void;
}

export interface HearParts {
  readonly providers: readonly Provider[];
  readonly ingest: Ingest;
  /** The same, for what may have left out something that came before it. */
  readonly inOrder: Ingest;
  readonly broadcast: Broadcast;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly log: Log;
}

/** How long an adapter may take to notice that its time is up. */
const GRACE_MS = 100;

/** Each holds a socket of its account as long as somebody listens; the others need some too. */
const MOST_FOLLOWED = 16;

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;
/** Of what a service asks for. */
const LONGEST_OBEYED_MS = 5 * 60_000;

/** One follower a conversation and process. Several gateways may follow the same: what is told twice is one event. */
export function openHear(parts: HearParts): Hear {
  const { providers, broadcast } = parts;
  const followed = new Map(
    providers.flatMap((provider): [string, Following][] => {
      const follow = provider.inbound?.follow;
      return follow ? [[provider.name, openFollowing({ ...parts, provider, follow })]] : [];
    }),
  );
  const stopWatching = broadcast.watch({
    begun: (conversation) => followed.get(conversation.provider)?.begin(conversation),
    ended: (conversation) => followed.get(conversation.provider)?.end(conversation),
  });

  const postedTo = (name: string) => {
    const provider = providers.find((known) => known.name === name);
    const webhook = provider?.inbound?.webhook;
    return provider && webhook && { provider, webhook };
  };

  return {
    takesWebhooks: (name) => postedTo(name) !== undefined,
    async webhook(name, request) {
      const posted = postedTo(name);
      if (!posted) return failed({ kind: 'not-found', what: `webhook of ${name}` });
      const news = await read(posted, request, parts.log);
      return news.ok ? parts.inOrder.take(news.value) : news;
    },
    close() {
      stopWatching();
      for (const following of followed.values()) following.close();
    },
  };
}

/** Whoever posted may go: what they said is said. */
async function read(
  {
    provider,
    webhook,
  }: { readonly provider: Provider; readonly webhook: NonNullable<Inbound['webhook']> },
  request: WebhookRequest,
  log: Log,
): Promise<Outcome<readonly News[]>> {
  const { name, deadlineMs } = provider;
  const call = { signal: deadlineAfter(deadlineMs), reads: new Map() };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Outcome<never>>((resolve) => {
    const because = 'it did not answer within the deadline';
    const give = () =>
      resolve(failed({ kind: 'unavailable', provider: name, because, retryAt: null }));
    timer = setTimeout(give, deadlineMs + GRACE_MS);
  });
  const reading = Promise.resolve()
    .then(() => webhook(request, call))
    .catch((error: unknown): Outcome<never> => {
      log.error({ provider: name, err: error }, 'an adapter threw over a webhook, which is a bug');
      const because = 'this gateway failed to read what it posted';
      return failed({ kind: 'unavailable', provider: name, because, retryAt: null });
    });
  try {
    return await Promise.race([reading, late]);
  } finally {
    clearTimeout(timer);
  }
}

interface Following {
  begin(conversation: ConversationRef): void;
  end(conversation: ConversationRef): void;
  close(): void;
}

interface FollowingParts extends Pick<HearParts, 'ingest' | 'inOrder' | 'clock' | 'log'> {
  readonly provider: Provider;
  readonly follow: NonNullable<Inbound['follow']>;
}

/** The conversations of one account that are listened to: so many are followed, the others wait for a place. */
function openFollowing(parts: FollowingParts): Following {
  const followed = new Map<string, AbortController>();
  const waiting = new Map<string, ConversationRef>();

  function start(conversation: ConversationRef): void {
    const { nativeId } = conversation;
    const gone = new AbortController();
    followed.set(nativeId, gone);
    void followUntil(parts, conversation, gone.signal).then(() => {
      // Given up by itself, its place is another's.
      if (followed.get(nativeId) === gone) leave(nativeId);
    });
  }

  function leave(nativeId: string): void {
    followed.delete(nativeId);
    const [next] = waiting.values();
    if (!next) return;
    waiting.delete(next.nativeId);
    start(next);
  }

  return {
    begin(conversation) {
      if (followed.size < MOST_FOLLOWED) start(conversation);
      else waiting.set(conversation.nativeId, conversation);
    },
    end({ nativeId }) {
      waiting.delete(nativeId);
      const gone = followed.get(nativeId);
      if (!gone) return;
      gone.abort();
      leave(nativeId);
    },
    close() {
      waiting.clear();
      for (const gone of followed.values()) gone.abort();
      followed.clear();
    },
  };
}

/**
 * Again and again, with longer pauses the shorter it lasted, until the signal; or until the service says that there is
 * nothing to follow, and the conversation is left to whoever looks.
 */
async function followUntil(
  parts: FollowingParts,
  conversation: ConversationRef,
  signal: AbortSignal,
): Promise<void> {
  const { provider, clock, log } = parts;
  let pauseMs = FIRST_PAUSE_MS;
  for (;;) {
    const began = clock();
    const failure = await followOnce(parts, conversation, signal);
    if (signal.aborted) return;
    if (failure && !mayPass(failure)) {
      log.debug(
        { provider: provider.name, failure: failure.kind },
        'a conversation is not followed',
      );
      return;
    }
    if (clock() - began > LONGEST_PAUSE_MS) pauseMs = FIRST_PAUSE_MS;
    const askedMs =
      failure && 'retryAt' in failure ? (failure.retryAt?.getTime() ?? 0) - clock() : 0;
    await pause(Math.max(pauseMs, Math.min(askedMs, LONGEST_OBEYED_MS)), signal);
    if (signal.aborted) return;
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  }
}

/** Why it ended; undefined where the service just closed. */
async function followOnce(
  { provider, follow, ingest, inOrder, log }: FollowingParts,
  conversation: ConversationRef,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  const { name } = provider;
  // What was said while nothing was heard of it is not in the stream; from then on all of it is.
  let road = inOrder;
  try {
    for await (const news of follow(conversation, { signal, reads: new Map() })) {
      if (signal.aborted) return undefined;
      if (!news.ok) return news.failure;
      await takeOnceItCan(road, news.value, signal);
      if (news.value.length > 0) road = ingest;
    }
    return undefined;
  } catch (error) {
    log.error({ provider: name, err: error }, 'an adapter threw while following, which is a bug');
    const because = 'this gateway failed to read its stream';
    return { kind: 'unavailable', provider: name, because, retryAt: null };
  }
}

/** News that cannot be written down yet is not told a second time by anybody: it is kept until it can. */
async function takeOnceItCan(
  ingest: Ingest,
  news: readonly News[],
  signal: AbortSignal,
): Promise<void> {
  for (let pauseMs = FIRST_PAUSE_MS; !signal.aborted; pauseMs = Math.min(pauseMs * 2, 5000)) {
    const taken = await ingest.take(news);
    if (taken.ok) return;
    await pause(pauseMs, signal);
  }
}

/** Whether trying again may come to something. */
function mayPass({ kind }: Failure): boolean {
  return kind === 'unavailable' || kind === 'rate-limited';
}
