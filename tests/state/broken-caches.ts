// Caches with one fault each, written as somebody in a hurry would: what the laws are there to catch.

import {
  type Cache,
  type Keeping,
  type Kept,
  MOST_BYTES_OF_ONE,
} from '../../src/state/cache/cache.ts';
import type { CacheScene } from './cache-laws.ts';

/** What is done otherwise than in the plain one below. */
interface Fault {
  readonly keyOf?: (scope: string, key: string) => string;
  readonly answers?: (found: (Kept | undefined)[]) => (Kept | undefined)[];
  readonly copy?: (value: unknown) => unknown;
  readonly isFit?: (value: unknown) => boolean;
  readonly lastsMs?: (forMs: number) => number;
  readonly isNewer?: (kept: Kept, known: Kept, isOver: boolean) => boolean;
  readonly claimKeyOf?: (scope: string, key: string) => string;
  readonly claimLastsMs?: (forMs: number) => number;
  readonly isFree?: (isClaimed: boolean) => boolean;
  readonly releases?: (isOurs: boolean) => boolean;
  readonly kept?: (kept: Kept) => Kept;
  readonly throwsAtNothing?: boolean;
}

interface Broken {
  readonly open: () => CacheScene;
  /** Words of the laws it breaks, in their order. */
  readonly breaks: readonly string[];
}

const always = () => true;
const never = () => false;
const forEver = () => Number.POSITIVE_INFINITY;

/** By what they do. */
export const brokenCaches: readonly (readonly [string, Broken])[] = [
  broken('has no fault', {}, []),
  broken('answers in another order', { answers: (found) => found.toReversed() }, [
    'in the order asked',
    'forgets each',
    'would push out',
  ]),
  broken(
    'leaves out what it has not',
    { answers: (found) => found.filter((kept) => kept !== undefined) },
    [
      'in the order asked',
      'forgets each',
      'keeps accounts apart',
      'would push out',
      'could not be given back',
      'gives one of many',
    ],
  ),
  broken('forgets how far the log was heard', { kept: (kept) => ({ ...kept, asOf: '' }) }, [
    'how far into the log',
  ]),
  broken('asks even for nothing', { throwsAtNothing: true }, ['nothing at all']),
  broken('keeps for ever', { lastsMs: forEver }, ['forgets each', 'newer is forgotten']),
  broken('does not look at the account', { keyOf: (_scope, key) => key }, ['accounts apart']),
  broken('does not look at the credential', { keyOf: (scope, key) => `${nameIn(scope)}/${key}` }, [
    'accounts apart',
  ]),
  broken('keeps what came last', { isNewer: always }, ['fetched last']),
  broken('keeps what came first', { isNewer: (_kept, _known, isOver) => isOver }, ['fetched last']),
  broken(
    'minds what it has forgotten',
    { isNewer: (kept, known) => kept.fetchedAtMs >= known.fetchedAtMs },
    ['newer is forgotten'],
  ),
  broken('keeps dates as text', { copy: (value) => throughJson(value) }, ['gives dates']),
  broken('hands out its own', { copy: (value) => withoutUndefined(value) }, ['shows nobody']),
  broken('keeps as much as it is given', { isFit: (value) => isPlain(value) }, ['would push out']),
  broken(
    'keeps what it cannot give back',
    { isFit: (value) => isSmall(value), copy: (value) => anyCopy(value) },
    ['could not be given back'],
  ),
  broken('gives everybody the right to ask', { isFree: always }, ['one of many', 'ends a right']),
  broken('gives nobody the right to ask', { isFree: never }, [
    'one of many',
    'as soon as it is released',
    'ends a right',
  ]),
  broken('gives one right for all keys', { claimKeyOf: (scope) => scope }, ['one of many']),
  broken('gives one right for all accounts', { claimKeyOf: (_scope, key) => key }, ['one of many']),
  broken('never takes a right back', { releases: never }, ['as soon as it is released']),
  broken('lets a right last for ever', { claimLastsMs: forEver }, ['ends a right']),
  broken('takes a right from whoever has it', { releases: always }, ['ends a right']),
];

function broken(does: string, fault: Fault, breaks: readonly string[]): [string, Broken] {
  const open = () => {
    let nowMs = 5;
    const cache = plainCache(fault, () => nowMs);
    const pass = (ms: number) => {
      nowMs += ms;
      return Promise.resolve();
    };
    return { one: cache, other: cache, pass };
  };
  return [does, { open, breaks }];
}

/** The simplest that keeps the laws, where it has no fault. */
function plainCache(fault: Fault, clock: () => number): Cache {
  const keyOf = fault.keyOf ?? ((scope, key) => `${scope}/${key}`);
  const claimKeyOf = fault.claimKeyOf ?? ((scope, key) => `${scope}/${key}`);
  const copy = fault.copy ?? ((value: unknown) => structuredClone(withoutUndefined(value)));
  const isFit = fault.isFit ?? ((value: unknown) => isSmall(value) && isPlain(value));
  const places = new Map<string, { kept: Kept; until: number }>();
  const claims = new Map<string, { until: number }>();

  function keep(key: string, { kept, forMs }: Keeping): void {
    const known = places.get(key);
    const isOver = !known || known.until <= clock();
    const isNewer = fault.isNewer ?? ((one, last) => isOver || one.fetchedAtMs >= last.fetchedAtMs);
    if (known && !isNewer(kept, known.kept, isOver)) return;
    if (forMs <= 0 || !isFit(kept.value)) return;
    const value = copy(kept.value);
    const until = clock() + (fault.lastsMs?.(forMs) ?? forMs);
    places.set(key, { kept: { ...(fault.kept?.(kept) ?? kept), value }, until });
  }

  return {
    get(scope, keys) {
      if (keys.length === 0 && fault.throwsAtNothing) throw new Error('no key was given');
      const found = keys.map((key) => {
        const place = places.get(keyOf(scope, key));
        if (!place || place.until <= clock()) return undefined;
        return { ...place.kept, value: copy(place.kept.value) };
      });
      return Promise.resolve(fault.answers?.(found) ?? found);
    },
    put(scope, entries) {
      for (const entry of entries) keep(keyOf(scope, entry.key), entry);
      return Promise.resolve();
    },
    claim(scope, name, forMs) {
      const key = claimKeyOf(scope, name);
      const isClaimed = (claims.get(key)?.until ?? 0) > clock();
      if (!(fault.isFree?.(isClaimed) ?? !isClaimed)) return Promise.resolve(null);
      const claim = { until: clock() + (fault.claimLastsMs?.(forMs) ?? forMs) };
      claims.set(key, claim);
      return Promise.resolve({
        release() {
          const isOurs = claims.get(key) === claim;
          if (fault.releases?.(isOurs) ?? isOurs) claims.delete(key);
          return Promise.resolve();
        },
      });
    },
    close: () => Promise.resolve(),
  };
}

function nameIn(scope: string): string {
  return scope.split(':')[0] ?? '';
}

function isSmall(value: unknown): boolean {
  try {
    return (JSON.stringify(value) ?? '').length <= MOST_BYTES_OF_ONE;
  } catch {
    return true;
  }
}

function isPlain(value: unknown, depth = 0): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) {
    return !['function', 'bigint', 'symbol'].includes(typeof value);
  }
  if (value instanceof Date) return !Number.isNaN(value.getTime());
  if (value instanceof Map || depth > 100) return false;
  return Object.values(value).every((one) => isPlain(one, depth + 1));
}

/** Of an object; what is within stays as it is. */
function withoutUndefined(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined));
}

function throughJson(value: unknown): unknown {
  const text: string | undefined = JSON.stringify(value);
  const read: unknown = text === undefined ? undefined : JSON.parse(text);
  return read;
}

function anyCopy(value: unknown): unknown {
  try {
    return structuredClone(withoutUndefined(value));
  } catch {
    return 'something';
  }
}
