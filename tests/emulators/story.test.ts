import { describe, expect, it } from 'vitest';
import { CAST } from '../../emulators/story/cast.ts';
import { linesAfter, TROUBLES } from '../../emulators/story/plot.ts';
import { fill, readPlay } from '../../emulators/story/trouble.ts';
import { type Tale, tellTales } from '../../emulators/story.ts';

const NOW_MS = Date.UTC(2026, 4, 4, 9, 30, 12, 345);
const DAY_MS = 86_400_000;
const SEEDS = ['botpress', 'chatling', 'chatbotkit', 'stack-auth'];

const newestOf = ({ turns }: Tale) => turns.at(-1)?.at ?? 0;
const writtenIn = ({ subject, summary, note = '', turns }: Tale) =>
  [subject, summary, note, ...turns.map(({ text }) => text)].join('\n');
const troubleOf = ({ key }: Tale) => key.replace(/^.*?-\d+-/, '');

describe.each(SEEDS)('the tales told from "%s"', (seed) => {
  const tales = tellTales({ seed, now: NOW_MS });

  it('are forty, each under a key of its own', () => {
    expect(tales).toHaveLength(40);
    expect(new Set(tales.map(({ key }) => key)).size).toBe(40);
  });

  it('are the same when told again', () => {
    expect(tellTales({ seed, now: NOW_MS })).toEqual(tales);
  });

  it('tell of two dozen troubles and more, no two alike', () => {
    expect(new Set(tales.map(troubleOf)).size).toBeGreaterThan(24);
    expect(new Set(tales.map(({ turns }) => turns[0]?.text)).size).toBe(40);
  });

  it('have two to ten turns, and a customer begins', () => {
    for (const { turns } of tales) {
      expect(turns.length).toBeGreaterThanOrEqual(2);
      expect(turns.length).toBeLessThanOrEqual(10);
      expect(turns[0]?.by).toBe('customer');
    }
    const speakers = new Set(tales.flatMap(({ turns }) => turns.map(({ by }) => by)));
    expect(speakers).toEqual(new Set(['customer', 'bot', 'agent']));
  });

  it('go strictly forward in whole seconds', () => {
    for (const { turns } of tales) {
      const times = turns.map(({ at }) => at);
      expect(times.every((at) => at % 1_000 === 0)).toBe(true);
      expect(times).toEqual([...new Set(times)].toSorted((one, other) => one - other));
    }
  });

  it('reach from a moment ago back six weeks', () => {
    const newest = tales.map(newestOf);

    expect(NOW_MS - Math.max(...newest)).toBeGreaterThan(0);
    expect(NOW_MS - Math.max(...newest)).toBeLessThan(2 * 60_000);
    expect(NOW_MS - Math.min(...newest)).toBeGreaterThan(41 * DAY_MS);
    expect(NOW_MS - Math.min(...newest)).toBeLessThan(43 * DAY_MS);
  });

  it('share the second of their newest turn in a few places', () => {
    const ties = 40 - new Set(tales.map(newestOf)).size;

    expect(ties).toBeGreaterThanOrEqual(2);
    expect(ties).toBeLessThanOrEqual(5);
  });

  it('have every state, urgency and plan, and some VIPs, notes and sources', () => {
    expect(new Set(tales.map(({ state }) => state)).size).toBe(3);
    expect(new Set(tales.map(({ urgency }) => urgency)).size).toBe(4);
    expect(new Set(tales.map(({ plan }) => plan)).size).toBe(3);
    for (const part of [
      tales.filter(({ vip }) => vip),
      tales.filter(({ note }) => note !== undefined),
      tales.filter(({ sources }) => sources.length > 0),
    ]) {
      expect(part.length).toBeGreaterThan(2);
      expect(part.length).toBeLessThan(38);
    }
  });

  it('name sources only where the bot has spoken', () => {
    const sourced = tales.filter(({ sources }) => sources.length > 0);

    for (const { sources, turns } of sourced) {
      expect(turns.map(({ by }) => by)).toContain('bot');
      for (const { url } of sources) expect(url).toMatch(/^https:\/\/help\.example\.com\/\S+$/);
    }
  });

  it('speak several scripts, with emoji, and once at length', () => {
    const texts = tales.flatMap(({ turns }) => turns.map(({ text }) => text));
    const all = texts.join('\n');

    expect(all).toMatch(/\p{Extended_Pictographic}/u);
    expect(all).toMatch(/\p{Script=Arabic}|\p{Script=Han}/u);
    expect(all).toMatch(/[àéüßñçø]/u);
    expect(Math.max(...texts.map((text) => text.length))).toBeGreaterThan(1_500);
  });

  it('leave no gap unfilled', () => {
    for (const tale of tales) expect(writtenIn(tale)).not.toMatch(/\{[a-z]+\}/);
  });
});

describe('the story as a whole', () => {
  const told = SEEDS.map((seed) => tellTales({ seed, now: NOW_MS }));

  it('has people who write to one provider only, and people who write to several', () => {
    const places = new Map<string, Set<number>>();
    for (const [index, tales] of told.entries()) {
      for (const { person } of tales) {
        places.set(person.email, (places.get(person.email) ?? new Set()).add(index));
      }
    }
    const counts = [...places.values()].map(({ size }) => size);

    expect(counts.filter((count) => count === 1).length).toBeGreaterThan(20);
    expect(counts.filter((count) => count > 1).length).toBeGreaterThan(10);
  });

  it('keeps a customer a VIP wherever they write', () => {
    const standing = new Map<string, boolean>();
    for (const { person, vip } of told.flat()) {
      expect(standing.get(person.email) ?? vip).toBe(vip);
      standing.set(person.email, vip);
    }
  });

  it('mixes the troubles differently for each seed', () => {
    const mixes = told.map((tales) => tales.map(troubleOf).join());

    expect(new Set(mixes).size).toBe(SEEDS.length);
  });

  it('lets only those who speak a language write in it', () => {
    const writers = told.flat().filter((tale) => /\p{Script=Arabic}/u.test(tale.subject));
    const arabic = CAST.filter(({ speaks }) => speaks === 'ar').map(({ email }) => email);

    expect(writers.length).toBeGreaterThan(0);
    for (const { person } of writers) expect(arabic).toContain(person.email);
  });

  it('shows of a person only what a provider may be told', () => {
    for (const { person } of told.flat()) {
      expect(Object.keys(person).toSorted()).toEqual(['company', 'email', 'name', 'phone']);
    }
  });

  it('is told in any length, also none', () => {
    expect(tellTales({ seed: 'botpress', count: 0, now: NOW_MS })).toEqual([]);
    expect(tellTales({ seed: 'botpress', count: 1, now: NOW_MS })).toHaveLength(1);

    const many = tellTales({ seed: 'botpress', count: 1_000, now: NOW_MS });
    expect(new Set(many.map(({ key }) => key)).size).toBe(1_000);
  });
});

describe('the cast', () => {
  it('can be reached at no real address or number', () => {
    const fiction =
      /^\+(1(202|613)55501\d{2}|442079460\d{3}|447700900\d{3}|3363998\d{4}|493023125\d{3}|468465004\d{2}|6125550\d{4})$/;

    for (const { email, phone } of CAST) {
      expect(email).toMatch(/^[a-z.]+@example\.(com|org|net)$/);
      expect(phone).toMatch(fiction);
    }
  });

  it('has nobody twice', () => {
    for (const key of ['name', 'email', 'phone'] as const) {
      expect(new Set(CAST.map((member) => member[key])).size).toBe(CAST.length);
    }
  });
});

describe('every trouble', () => {
  it('is named so that a key says which it was', () => {
    for (const { word } of TROUBLES) {
      const named = TROUBLES.filter(({ word: other }) => `seed-1-${word}`.endsWith(`-${other}`));
      expect(named).toHaveLength(1);
    }
  });

  it('has two plays or more, each of which can be read to its end', () => {
    for (const { plays } of TROUBLES) {
      expect(plays.length).toBeGreaterThanOrEqual(2);
      for (const play of plays) expect(readPlay(play).lines.length).toBeGreaterThanOrEqual(2);
    }
  });

  it('leaves its customer something to say afterwards, without gaps', () => {
    for (const { afterwards } of TROUBLES) {
      expect(afterwards.length).toBeGreaterThanOrEqual(2);
      for (const line of afterwards) expect(line).not.toMatch(/[{}]/);
    }
  });

  it('is found again from the tale that tells of it', () => {
    for (const tale of tellTales({ seed: 'chatling', now: NOW_MS })) {
      expect(linesAfter(tale).length).toBeGreaterThan(0);
    }
  });
});

describe('a play', () => {
  it('goes on with the last line where a row names nobody', () => {
    const play = readPlay('subject: S\nsummary: T\ncustomer: one\n\n  two: 2\nbot: three');

    expect(play).toEqual({
      subject: 'S',
      summary: 'T',
      lines: [
        { by: 'customer', text: 'one\n\n  two: 2' },
        { by: 'bot', text: 'three' },
      ],
    });
  });

  it('is refused without a customer who begins', () => {
    expect(() => readPlay('subject: S\nsummary: T\nbot: Hello')).toThrow('a customer who begins');
  });

  it('is refused with a gap that nothing fills', () => {
    expect(() => fill('Hello {nobody}', { first: 'Ada' })).toThrow('Nothing fills {nobody}');
  });
});
