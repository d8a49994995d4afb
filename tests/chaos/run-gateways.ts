// A run of chaos over real gateways: processes that are killed and frozen, a Redis that is emptied, services that fail.

import { Redis } from 'ioredis';
import type { Fate } from '../../emulators/botpress/webhooks.ts';
import { between, pick, seededChance } from '../../emulators/story/chance.ts';
import { startWorld } from '../../emulators/world.ts';
import { startRedis } from '../support/redis/server.ts';
import { marksIn, type SignsIn, send, sseDesk, webSocketDesk } from './clients.ts';
import { startGateway, WEBHOOK_SECRET } from './gateways.ts';
import type { Sent, Span } from './history.ts';
import { openLookers } from './lookers.ts';
import { isOurs, OURS, placesIn, writtenIn } from './places.ts';
import { type Harm, type Outcome, runChaos } from './run-chaos.ts';
import { realTime } from './time.ts';

export interface GatewayRun {
  readonly seed: string;
  readonly lastsMs: number;
  readonly harmEveryMs: number;
  /** How long a process is frozen at most: longer than its lease lasts, and another takes over what it did. */
  readonly longestFreezeMs: number;
  readonly note?: (line: string) => void;
  /** How a gateway is begun; absent, as it is. */
  readonly start?: typeof startGateway;
  /** What may go wrong; absent, everything. */
  readonly harms?: (name: string) => boolean;
  /** Absent, often. */
  readonly longestWriterPauseMs?: number;
  /** Absent, nobody has to. */
  readonly signsIn?: SignsIn;
  /** What else is done as long as there is writing. */
  readonly besides?: (around: {
    readonly urls: readonly string[];
    readonly conversations: readonly string[];
    readonly signal: AbortSignal;
  }) => Promise<void>;
}

/**
 * Until the log has what was written, at worst: nobody looks for a lease, then for a look at a quiet inbox, and a Redis that
 * is away takes its time. In this order two messages may be told; within it, whatever road is faster comes first.
 */
const LATENESS_MS = 30_000;
const PATIENCE_MS = 60_000;
const LONGEST_WRITER_PAUSE_MS = 700;
/** Who has a key gives up after so many. */
const MOST_TRIES = 4;
const GATEWAYS = ['one', 'two'];

export async function runGateways(run: GatewayRun): Promise<Outcome> {
  const { seed, signsIn, start = startGateway } = run;
  const { longestWriterPauseMs = LONGEST_WRITER_PAUSE_MS } = run;
  const time = realTime();
  const closing: (() => Promise<unknown>)[] = [];
  try {
    const world = await startWorld({ count: 6 });
    closing.push(() => world.close());
    const redis = await startRedis();
    closing.push(() => redis.close());
    const operator = new Redis(redis.url, { maxRetriesPerRequest: null });
    operator.on('error', () => undefined);
    closing.push(() => Promise.resolve(operator.disconnect()));
    const parts = { credentials: world.credentials, redisUrl: redis.url };
    const gateways = await Promise.all(
      GATEWAYS.map(async () => {
        const gateway = await start(parts);
        closing.push(() => gateway.close());
        return gateway;
      }),
    );
    const urls = gateways.map(({ url }) => url);

    const lookers = openLookers({
      urls,
      chance: seededChance(`${seed} lookers`),
      now: time.now,
      signsIn,
    });
    const desks = urls.flatMap((url, index) => {
      const name = GATEWAYS[index] ?? '';
      return [webSocketDesk(name, url, isOurs, signsIn), sseDesk(name, url, isOurs, signsIn)].map(
        (desk) => lookers.at(url, desk),
      );
    });
    const places = placesIn(world);
    const watched = [null, null, null, ...places.filter(({ isWatched }) => isWatched)];

    // Who writes: each in one conversation, by hand or through either gateway.
    const begun = new Map<string, number>();
    const sends: Sent[] = [];
    const losses: Span[] = [];
    const losing = async (lose: () => Promise<unknown>) => {
      const from = time.now();
      await lose();
      losses.push({ from, to: time.now() });
    };
    const enough = new AbortController();
    const writing = places.map(async (place, index) => {
      const chance = seededChance(`${seed} writer ${index}`);
      for (let count = 0; !enough.signal.aborted; count += 1) {
        await time.pause(between(chance, 50, longestWriterPauseMs), enough.signal);
        const url = chance() < 0.5 ? pick(chance, urls) : undefined;
        if (enough.signal.aborted) return;
        const text = `${OURS} ${index}/${count}`;
        const from = time.now();
        begun.set(text, from);
        if (!url || !place.takesSends) await place.say(text);
        else if (chance() < 0.5)
          await send(url, place.conversation, text, { ...(signsIn && { signsIn }) });
        else {
          // Whoever has a key asks again, wherever, until it is known what became of it.
          for (let tries = 0; tries < MOST_TRIES; tries += 1) {
            const anywhere = pick(chance, urls) ?? url;
            const known = { key: text, ...(signsIn && { signsIn }) };
            if (await send(anywhere, place.conversation, text, known)) break;
            await time.pause(between(chance, 0, 500), enough.signal);
          }
          sends.push({ id: text, from, to: time.now() });
        }
      }
    });

    const conversations = places.map(({ conversation }) => conversation);
    const more = run.besides?.({ urls, conversations, signal: enough.signal });
    const tellTo = (url: string) =>
      world.botpress.webhooks.target({
        webhookUrl: `${url}/webhooks/website`,
        webhookSecret: WEBHOOK_SECRET,
      });
    tellTo(urls[0] ?? '');

    const harms: readonly Harm[] = [
      ...gateways.map((gateway, index): Harm => {
        const happen: Harm['happen'] = async (chance) => {
          await gateway.kill();
          await time.pause(between(chance, 0, 2000));
          await gateway.restart();
        };
        return { name: `gateway ${GATEWAYS[index]} is killed`, gaps: [], happen };
      }),
      ...gateways.map((gateway, index): Harm => {
        const happen: Harm['happen'] = async (chance) => {
          gateway.freeze();
          await time.pause(between(chance, 200, run.longestFreezeMs));
          gateway.thaw();
        };
        return { name: `gateway ${GATEWAYS[index]} is frozen`, gaps: [], happen };
      }),
      {
        name: 'Redis is emptied',
        gaps: ['RESET'],
        happen: () => losing(() => operator.flushall()),
      },
      {
        name: 'Redis begins anew',
        gaps: ['RESET'],
        happen: () => losing(() => redis.restart()),
      },
      {
        name: 'Redis is frozen',
        gaps: [],
        happen: async (chance) => {
          await redis.freeze();
          await time.pause(between(chance, 100, 2500));
          await redis.thaw();
        },
      },
      {
        name: 'every connection to Redis is cut',
        gaps: [],
        happen: async () => void (await operator.client('KILL', 'SKIPME', 'yes')),
      },
      {
        name: 'webhooks are dropped, doubled and held, and go elsewhere',
        gaps: [],
        happen: async (chance) => {
          tellTo(pick(chance, urls) ?? '');
          // How many there will be is not known, and what goes wrong next must not depend on it.
          const own = seededChance(String(chance()));
          world.botpress.webhooks.fate(() => pick(own, FATES) ?? 'sent');
          await time.pause(between(chance, 500, 3000));
          world.botpress.webhooks.fate(() => 'sent');
        },
      },
      {
        name: 'a service fails',
        gaps: [],
        happen: async (chance) => {
          const failing = pick(chance, [world.botpress, world.chatbotkit, world.stackAuth]);
          failing?.inject({ kind: 'status', status: 503 });
          await time.pause(between(chance, 200, 1500));
          failing?.heal();
        },
      },
    ];

    return await runChaos({
      seed,
      time,
      watchers: watched.map((place, index) => ({
        name: `watcher ${index} of ${place ? place.name : 'all'}`,
        conversation: place ? place.conversation : null,
        desks,
      })),
      marksIn,
      longestVisitMs: 4000,
      longestPauseMs: 1500,
      async stopWriting() {
        enough.abort();
        await Promise.all(writing);
        await more;
      },
      written: () => places.flatMap((place) => writtenIn(place, begun)),
      besides: () => ({ reads: lookers.reads, sends, losses }),
      latenessMs: () => LATENESS_MS,
      disorderMs: () => LATENESS_MS,
      gaps: [],
      harms: run.harms ? harms.filter(({ name }) => run.harms?.(name)) : harms,
      harmEveryMs: run.harmEveryMs,
      lastsMs: run.lastsMs,
      patienceMs: PATIENCE_MS,
      calmMs: 3000,
      ...(run.note ? { note: run.note } : {}),
    });
  } finally {
    for (const close of closing.toReversed()) {
      await close();
    }
  }
}

const FATES: readonly Fate[] = ['dropped', 'doubled', 'held', 'sent'];
