// Customers who write now and then, so that a world left alone still has news.

import type { BotpressStore } from './botpress/store.ts';
import type { ChatbotkitStore } from './chatbotkit/store.ts';
import type { ChatlingStore } from './chatling/store.ts';
import type { StackAuthStore } from './stack-auth/store.ts';
import { type Chance, pick } from './story/chance.ts';
import { linesAfter } from './story/plot.ts';
import type { Tale } from './story.ts';
import type { Place, World } from './world.ts';

/** Does something once after a while. What it returns calls that off. */
export type Schedule = (afterMs: number, beat: () => Promise<void>) => () => void;

export interface PulseOptions {
  /** On average: customers keep no time, so each pause is half to one and a half of this. */
  readonly everyMs: number;
  readonly chance: Chance;
  readonly schedule?: Schedule;
}

export type Stop = () => void;

/** One customer a beat, of any of the four. */
export function startPulse(
  world: Pick<World, Place | 'tales'>,
  { everyMs, chance, schedule = later }: PulseOptions,
): Stop {
  const voices = voicesOf(world);
  let stopped = false;
  let callOff: Stop = () => {};

  async function beat(): Promise<void> {
    try {
      const voice = pick(chance, voices);
      if (voice) await speak(voice, chance);
    } catch (error) {
      // An emulator that goes away in mid-sentence is no news.
      if (!stopped) console.error('pulse: a customer could not be heard, going on.', error);
    }
    next();
  }

  function next(): void {
    if (!stopped) callOff = schedule(everyMs * (0.5 + chance()), beat);
  }

  next();
  return () => {
    stopped = true;
    callOff();
  };
}

/** How many of the most recently active conversations may be gone on with. */
const RECENT = 8;

/** Whoever wrote this often without an answer waits; others have more to say. */
const PATIENCE = 3;

/** For when everything fitting was said. They need no language. */
const LAST_WORDS = ['👍', '🙏', '🙂', '?'];

/** For conversations that no tale tells of. */
const SMALL_TALK = [
  'Is there any news?',
  'Thanks, I will try that.',
  'Sorry, I was away. Where were we?',
  'That did the trick, thank you!',
];

interface Thread {
  readonly id: string;
  /** Oldest first, and only what customers and those who answer them can see. */
  readonly said: readonly Saying[];
}

interface Saying {
  readonly byCustomer: boolean;
  readonly text: string;
  /** ISO 8601 or milliseconds: only ever compared within one provider. */
  readonly at: string | number;
}

interface Voice {
  /** Where its emulator takes what a customer writes. */
  readonly url: string;
  readonly tales: readonly Tale[];
  threads(): Thread[];
}

async function speak({ url, tales, threads }: Voice, chance: Chance): Promise<void> {
  const latestFirst = threads().toSorted((one, other) => compare(lastAt(other), lastAt(one)));
  const patient = latestFirst.filter(({ said }) => unanswered(said) < PATIENCE);
  const thread = pick(chance, (patient.length > 0 ? patient : latestFirst).slice(0, RECENT));
  if (!thread) return;

  const answer = await fetch(`${url}/__emulator/say`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ conversationId: thread.id, text: nextLine(thread, tales, chance) }),
  });
  await answer.arrayBuffer();
  // 404: somebody deleted the conversation while the customer was typing.
  if (!answer.ok && answer.status !== 404) {
    throw new Error(`${url} answered ${answer.status} to its own customer: look at its say.`);
  }
}

function nextLine({ said }: Thread, tales: readonly Tale[], chance: Chance): string {
  const opening = said.find(({ byCustomer }) => byCustomer)?.text;
  const tale = tales.find(({ turns }) => turns[0]?.text === opening);
  const fitting = tale ? linesAfter(tale) : SMALL_TALK;
  const unsaid = fitting.filter((line) => !said.some(({ text }) => text === line));
  return pick(chance, unsaid) ?? pick(chance, LAST_WORDS) ?? '?';
}

function unanswered(said: readonly Saying[]): number {
  return said.length - 1 - said.findLastIndex(({ byCustomer }) => !byCustomer);
}

function lastAt({ said }: Thread): string | number {
  return said.at(-1)?.at ?? '';
}

function compare(one: string | number, other: string | number): number {
  return one < other ? -1 : Number(one > other);
}

function voicesOf({ tales, botpress, chatling, chatbotkit, stackAuth }: PulsingWorld): Voice[] {
  return [
    {
      url: botpress.url,
      tales: tales.botpress,
      threads: () => botpressThreads(botpress.store),
    },
    {
      url: chatling.url,
      tales: tales.chatling,
      threads: () => chatlingThreads(chatling.store),
    },
    {
      url: chatbotkit.url,
      tales: tales.chatbotkit,
      threads: () => chatbotkitThreads(chatbotkit.store),
    },
    {
      url: stackAuth.url,
      tales: tales.stackAuth,
      threads: () => stackAuthThreads(stackAuth.store),
    },
  ];
}

type PulsingWorld = Pick<World, Place | 'tales'>;

function botpressThreads({ conversations, messages }: BotpressStore): Thread[] {
  return threadsFrom(conversations.keys(), messages.values(), (row) => ({
    byCustomer: row.direction === 'incoming',
    text: typeof row.payload['text'] === 'string' ? row.payload['text'] : '',
    at: row.createdAt,
  }));
}

function chatlingThreads({ conversations }: ChatlingStore): Thread[] {
  return [...conversations.values()].map(({ id, messages }) => ({
    id,
    said: messages
      .filter(({ role }) => role !== 'system')
      .map(({ role, text, created_at: at }) => ({ byCustomer: role === 'user', text, at })),
  }));
}

function chatbotkitThreads({ conversations, messages }: ChatbotkitStore): Thread[] {
  const aloud = [...messages.values()].filter(({ type }) => type === 'user' || type === 'bot');
  return threadsFrom(conversations.keys(), aloud, ({ type, text, createdAt }) => ({
    byCustomer: type === 'user',
    text,
    at: createdAt,
  }));
}

function stackAuthThreads({ messages }: StackAuthStore): Thread[] {
  return [...messages].map(([id, rows]) => ({
    id,
    said: rows
      .filter(({ messageType }) => messageType === 'message')
      .map(({ sender, body, createdAt }) => ({
        byCustomer: sender.type === 'user',
        text: body ?? '',
        at: createdAt,
      })),
  }));
}

/** For stores that keep all messages in one map. */
function threadsFrom<Row extends { readonly conversationId: string }>(
  ids: Iterable<string>,
  rows: Iterable<Row>,
  heard: (row: Row) => Saying,
): Thread[] {
  const said = new Map([...ids].map((id): [string, Saying[]] => [id, []]));
  for (const row of rows) said.get(row.conversationId)?.push(heard(row));
  return [...said].map(([id, sayings]) => ({
    id,
    said: sayings.toSorted((one, other) => compare(one.at, other.at)),
  }));
}

function later(afterMs: number, beat: () => Promise<void>): Stop {
  const timer = setTimeout(() => void beat(), afterMs);
  return () => clearTimeout(timer);
}
