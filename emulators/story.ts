// The little world all four emulators tell of, in nobody's dialect: who wrote, what about, and what was answered.

import { CAST, type CastMember } from './story/cast.ts';
import { between, type Chance, pick, seededChance, shuffled } from './story/chance.ts';
import { TROUBLES } from './story/plot.ts';
import { fill, type Gaps, type Line, readPlay, type Trouble } from './story/trouble.ts';

export interface Person {
  readonly name: string;
  readonly email: string;
  readonly phone: string;
  readonly company: string;
}

export interface Turn {
  readonly by: 'customer' | 'bot' | 'agent';
  readonly text: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface Tale {
  /** A short stable word, unique within one telling; dialects derive their ids from it. */
  readonly key: string;
  readonly person: Person;
  readonly subject: string;
  readonly summary: string;
  /** What the customer's account is on. */
  readonly plan: 'free' | 'pro' | 'team';
  readonly vip: boolean;
  readonly urgency: 'low' | 'normal' | 'high' | 'urgent';
  readonly state: 'open' | 'waiting' | 'closed';
  /** Oldest first, never empty, begins with the customer. */
  readonly turns: readonly Turn[];
  /** What a colleague wrote down, unseen by the customer. */
  readonly note?: string;
  /** Pages the bot drew on. */
  readonly sources: readonly { readonly title: string; readonly url: string }[];
}

export interface Telling {
  /** Another seed, another set of people and troubles. Same seed and time, same tales. */
  readonly seed: string;
  readonly count?: number;
  /** The newest turn is shortly before this. Milliseconds since the epoch. */
  readonly now: number;
}

/** Newest first, by and large. */
export function tellTales({ seed, count = 40, now }: Telling): Tale[] {
  const chance = seededChance(seed);
  // Some leave early so that somebody comes back; most people have more than one wish in six weeks.
  const people = shuffled(chance, CAST).slice(0, Math.max(1, Math.ceil(count * 0.8)));
  const some = shuffled(chance, TROUBLES).slice(0, Math.ceil(TROUBLES.length * 0.75));
  const troubles = TROUBLES.filter((trouble) => trouble.always || some.includes(trouble));
  const dealt = shuffled(chance, troubles);
  return Array.from({ length: count }, (_, index) => {
    const trouble = dealt[index % dealt.length];
    const fluent = CAST.filter(({ speaks }) => speaks === trouble?.speaks);
    const person =
      trouble?.speaks === undefined
        ? people[index % people.length]
        : fluent[between(chance, 0, fluent.length - 1)];
    if (!person || !trouble) throw new Error('The story has no people or no troubles: add some.');
    return tellOne({
      key: `${seed}-${index}-${trouble.word}`,
      person,
      trouble,
      // Begin at any of its plays, then take turns: two rounds do not tell the same one.
      act: Math.floor(index / dealt.length) + between(seededChance(seed + trouble.word), 0, 9),
      newestAt: Math.floor(now / SECOND_MS) * SECOND_MS - ageMs(seed, index, count),
      now,
    });
  });
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Six weeks reach past every provider's first page and stay within what people would call recent. */
const SPAN_MS = 42 * DAY_MS;

const PRODUCTS = ['Larkfield Pad 10', 'Larkfield Pad 13', 'Larkfield Pad Mini'];
const CITIES = ['Lyon', 'Gdańsk', 'Leeds', 'Montréal', 'Valparaíso', 'Göteborg', 'Accra', 'Perth'];
const AMOUNTS = ['€12.00', '€49.00', '£38.50', '$64.90', '€129.00'];
const AGENTS = ['Ines', 'Tomasz', 'Priya', 'Jonah', 'Mei'];
const URGENCIES = ['low', 'normal', 'high', 'urgent'] as const;
const PLANS = ['free', 'pro', 'team'] as const;

const WEEKDAY = new Intl.DateTimeFormat('en-GB', { weekday: 'long', timeZone: 'UTC' });
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', timeZone: 'UTC' });

interface Plan {
  readonly key: string;
  readonly person: CastMember;
  readonly trouble: Trouble;
  /** Which of the trouble's plays, counted beyond their number. */
  readonly act: number;
  readonly newestAt: number;
  readonly now: number;
}

function tellOne({ key, person, trouble, act, newestAt, now }: Plan): Tale {
  const chance = seededChance(key);
  const { name, email, phone, company } = person;
  // The account is the person's, whatever they write about and whichever provider they write to.
  const habit = seededChance(email);
  const vip = habit() < 0.2;
  const usualPlan = pick(habit, PLANS) ?? 'free';
  const plan = trouble.plans?.includes(usualPlan) === false ? trouble.plans[0] : usualPlan;

  const play = readPlay(trouble.plays[act % trouble.plays.length] ?? '');
  const { lines, settled } = cutShort(chance, play.lines, now - newestAt);
  const times = timesOf(chance, lines, newestAt);
  const gaps = gapsFor(chance, person, times[0] ?? newestAt);

  // A note tells how it went: nobody writes it before somebody has looked.
  const noted = settled || lines.some(({ by }) => by === 'agent');
  const drewOnPages = lines.some(({ by }) => by === 'bot') && chance() < 0.8;
  return {
    key,
    person: { name, email, phone, company },
    subject: fill(play.subject, gaps),
    summary: fill(play.summary, gaps),
    plan: plan ?? usualPlan,
    vip,
    urgency: urgencyNear(chance, trouble.urgency),
    state: settled ? 'closed' : lines.at(-1)?.by === 'customer' ? 'open' : 'waiting',
    turns: lines.map(({ by, text }, index) => ({
      by,
      text: fill(text, gaps),
      at: times[index] ?? newestAt,
    })),
    ...(noted && play.note !== undefined ? { note: fill(play.note, gaps) } : {}),
    sources: drewOnPages
      ? trouble.pages.map(([title, path]) => ({ title, url: `https://help.example.com/${path}` }))
      : [],
  };
}

/** Newest turns lie close together at first and further apart the longer ago. */
function ageMs(seed: string, index: number, count: number): number {
  // A few share their neighbour's second: whoever sorts by time alone must notice.
  const counted = index % 13 === 7 ? index - 1 : index;
  const jitterSeconds = between(seededChance(`${seed}/${counted}`), 40, 75);
  const share = (counted / Math.max(1, count - 1)) ** 2.2;
  return Math.floor((SPAN_MS * share) / SECOND_MS) * SECOND_MS + jitterSeconds * SECOND_MS;
}

/** What is recent is still going on; what is long ago was mostly told to its end. */
function cutShort(
  chance: Chance,
  lines: readonly Line[],
  age: number,
): { lines: readonly Line[]; settled: boolean } {
  const goesOn = age < 2 * DAY_MS ? 0.85 : age < 10 * DAY_MS ? 0.45 : 0.15;
  if (chance() >= goesOn || lines.length < 3) return { lines, settled: true };
  return { lines: lines.slice(0, between(chance, 2, lines.length - 1)), settled: false };
}

/** Told backwards from the newest, because that is the one whose time is given. */
function timesOf(chance: Chance, lines: readonly Line[], newestAt: number): number[] {
  const times: number[] = [];
  let at = newestAt;
  for (const { by } of lines.toReversed()) {
    times.unshift(at);
    at -= pauseSeconds(chance, by) * SECOND_MS;
  }
  return times;
}

function pauseSeconds(chance: Chance, by: Line['by']): number {
  if (by === 'bot') return between(chance, 2, 9);
  if (by === 'agent') return between(chance, 180, 9_000);
  // Customers answer while they are at it, or when they think of it again.
  return chance() < 0.2 ? between(chance, 3_600, 60_000) : between(chance, 25, 420);
}

function gapsFor(chance: Chance, { callName, company }: CastMember, at: number): Gaps {
  return {
    first: callName,
    company,
    agent: pick(chance, AGENTS) ?? '',
    product: pick(chance, PRODUCTS) ?? '',
    city: pick(chance, CITIES) ?? '',
    amount: pick(chance, AMOUNTS) ?? '',
    order: `LF-${between(chance, 20_000, 99_999)}`,
    code: `E-${between(chance, 1_000, 9_999)}`,
    tail: between(chance, 0x1000, 0xffff).toString(16),
    weekday: WEEKDAY.format(at - 2 * DAY_MS),
    later: DAY.format(at + 5 * DAY_MS),
  };
}

/** Mostly as urgent as such a thing is, now and then a step off: people differ. */
function urgencyNear(chance: Chance, usual: Tale['urgency']): Tale['urgency'] {
  const step = chance() < 0.7 ? 0 : chance() < 0.5 ? -1 : 1;
  return URGENCIES[URGENCIES.indexOf(usual) + step] ?? usual;
}
