// Two gateways for a long while, with all that a day brings in small: what they hold is read now and then, and judged.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answerOf, look, type SignsIn } from '../chaos/clients.ts';
import { type Gateway, type GatewayParts, startGateway } from '../chaos/gateways.ts';
import { runGateways } from '../chaos/run-gateways.ts';
import { realTime } from '../chaos/time.ts';
import { at } from '../support/answer.ts';
import { AUDIENCE, ISSUER, openTokens } from './tokens.ts';
import { type Allowed, judge, type Reading, type Verdict } from './verdict.ts';

export interface SoakRun {
  readonly seed: string;
  readonly lastsMs: number;
  readonly readEveryMs: number;
  readonly allowed: Allowed;
  /** How often something goes wrong. */
  readonly harmEveryMs: number;
  /** The first gateway forgets nothing. */
  readonly leaky?: boolean;
  readonly note?: (line: string) => void;
}

export interface SoakOutcome {
  readonly gateways: readonly Soaked[];
  /** Promises that were not kept. */
  readonly breaches: readonly string[];
  readonly harmed: readonly string[];
  readonly written: number;
  readonly asked: number;
  /** Not so where it took too long, or what it was about could not be reached. */
  readonly answered: number;
  /** How often somebody came to listen. */
  readonly visits: number;
}

export interface Soaked {
  readonly readings: readonly Reading[];
  readonly verdict: Verdict;
  /** Lines of its log that say that something is not as it should be. */
  readonly errors: readonly string[];
  /** Whether it ended before its time, as it does where a rejection is not handled. */
  readonly died: boolean;
}

/** As in life: what a service or Redis does to a gateway, and nobody ends it. */
const HARMS = ['Redis begins anew', 'a service fails', 'every connection to Redis is cut'];
const TOKEN_GOOD_FOR_S = 20;
const QUERY_PAUSE_MS = 200;
const ASKERS = 5;
const LONGEST_WRITER_PAUSE_MS = 3000;
/** Fills up in the first third, so that what grows after that is not the cache. */
const CACHE = { memoryMb: 4 };

export async function runSoak(run: SoakRun): Promise<SoakOutcome> {
  const folder = await mkdtemp(join(tmpdir(), 'parlance-soak-'));
  const { jwks, signsIn } = await openTokens({ goodForS: TOKEN_GOOD_FOR_S });
  const keys = join(folder, 'jwks.json');
  await writeFile(keys, jwks);
  const heard: Heard[] = [];
  let asked = 0;
  let answered = 0;
  try {
    const { breaches, harmed, history } = await runGateways({
      ...run,
      longestFreezeMs: 0,
      longestWriterPauseMs: LONGEST_WRITER_PAUSE_MS,
      harms: (name) => HARMS.includes(name),
      signsIn,
      async start(parts) {
        const hears = openHearing();
        const leaky = run.leaky === true && heard.length === 0;
        heard.push(hears);
        return await begin(parts, { hear: hears.hear, keys, leaky, everyMs: run.readEveryMs });
      },
      async besides({ urls, conversations, signal }) {
        const time = realTime();
        const askOn = async (asker: number) => {
          for (let count = asker; !signal.aborted; count += ASKERS) {
            const url = urls[asker % urls.length] ?? '';
            const conversation = conversations[count % conversations.length] ?? '';
            asked += 1;
            if (await ask(url, count, conversation, signsIn)) answered += 1;
            await time.pause(QUERY_PAUSE_MS, signal);
          }
        };
        await Promise.all(Array.from({ length: ASKERS }, (_, asker) => askOn(asker)));
      },
    });
    return {
      gateways: heard.map(({ readings, errors, ends }) => ({
        readings,
        errors,
        died: ends.some((line) => line !== ''),
        verdict: judge(readings, run.allowed),
      })),
      breaches: breaches.map(
        ({ rule, subscriber, sentence }) => `${rule}: ${subscriber}: ${sentence}`,
      ),
      harmed,
      written: history.written.length,
      asked,
      answered,
      visits: history.subscribers.reduce(
        (sum, { moments }) => sum + moments.filter(({ type }) => type === 'came').length,
        0,
      ),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Beginning {
  readonly hear: (part: string) => void;
  readonly keys: string;
  readonly leaky: boolean;
  readonly everyMs: number;
}

function begin(parts: GatewayParts, { hear, keys, leaky, everyMs }: Beginning): Promise<Gateway> {
  const preloads = ['tsx', './tests/soak/gauge.ts', ...(leaky ? ['./tests/soak/leak.ts'] : [])];
  return startGateway({
    ...parts,
    hear,
    command: ['--expose-gc', ...preloads.flatMap((name) => ['--import', name]), 'src/main.ts'],
    environment: { SOAK_EVERY_MS: String(everyMs) },
    config: {
      auth: { jwt: { issuer: ISSUER, audience: AUDIENCE, jwks: keys } },
      cache: CACHE,
    },
  });
}

interface Heard {
  readonly hear: (part: string) => void;
  readonly readings: Reading[];
  readonly errors: string[];
  /** What was printed that is no line of the log: the last words of a process. */
  readonly ends: string[];
}

function openHearing(): Heard {
  const readings: Reading[] = [];
  const errors: string[] = [];
  const ends: string[] = [];
  let rest = '';
  return {
    readings,
    errors,
    ends,
    hear(part) {
      const lines = (rest + part).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const said = parsed(line);
        const reading = at(said, 'soak');
        if (isReading(reading)) readings.push(reading);
        else if (Number(at(said, 'level')) >= ERROR) errors.push(line);
        else if (said === undefined && line.trim() !== '') ends.push(line);
      }
    },
  };
}

/** As pino counts. */
const ERROR = 50;

function isReading(value: unknown): value is Reading {
  return typeof at(value, 'heapUsed') === 'number';
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** One question after the other, each of another kind; whether it was answered. */
async function ask(
  url: string,
  count: number,
  conversation: string,
  signsIn: SignsIn,
): Promise<boolean> {
  if (count % 3 === 0) return (await look(url, conversation, { signsIn })) !== undefined;
  const query =
    count % 3 === 1
      ? '{ conversations(first: 10) { nodes { id title tags { key value } } pageInfo { endCursor } sources { status } } }'
      : `{ providers { name health { state } } n${count}: __typename }`;
  const said = await answerOf(url, { query }, await signsIn());
  return said !== undefined && at(said, 'errors') === undefined;
}
