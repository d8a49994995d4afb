// One count of one account's calls: what is known of the service's limits, what was asked of it lately, and how many more
// may ask now. In memory here; script.ts is the same for Redis.

import type { Facts, Said } from './budget.ts';
import {
  ALONE_MS,
  type Asks,
  BELIEVED_WINDOWS,
  CAREFUL_MS,
  FIRST_ALONE_MS,
  FIRST_REST_MS,
  FLIGHT_MS,
  type Known,
  LAST_REST_MS,
  LEAST_ESTIMATE,
  LEFT_TO_PEOPLE,
  MOST_FREES,
  PEEK_MS,
  RESERVE,
  type Settled,
  SLACK,
  type Tally,
  type Told,
} from './rules.ts';

interface Flight {
  readonly order: number;
  readonly doneBefore: number;
  readonly until: number;
}

export function openTally({ limit: documented, windowMs, tellsAlways }: Facts): Tally {
  const flying = new Map<string, Flight>();
  /** Calls the service has seen, by when they leave the window. */
  const counted = new Map<string, number>();
  let granted = 0;
  let done = 0;
  let sharers = 1;

  let rests = 0;
  let refusals = 0;
  /** What was granted up to here was under way when the last refusal came. */
  let refusedOrder = -1;
  /** The one that was turned away then. */
  let turnedAway = -1;
  let isCareful = tellsAlways;
  let carefulUntil = 0;
  /** Who asks alone, and until when it is waited for. */
  let alone = { key: '', until: 0 };

  let estimate: number | null = null;
  let believedUntil = 0;

  let toldLimit: number | null = null;
  let left: number | null = null;
  let resetsAt = 0;
  let believedOrder = -1;
  /** What was left where others counted too, when they were last heard. */
  let lent = { left: 0, until: 0 };

  function limitNow(): number | null {
    if (windowMs === null) return null;
    const guess = estimate !== null && estimate >= LEAST_ESTIMATE ? estimate : null;
    if (guess === null) return documented;
    return documented === null ? guess : Math.min(documented, guess);
  }

  function trim(now: number): void {
    for (const [key, { until }] of flying) if (until <= now) flying.delete(key);
    for (const [key, until] of counted) if (until <= now) counted.delete(key);
  }

  function settle({ key, doneBefore, came, said }: Settled, now: number): void {
    const flight = flying.get(key) ?? { order: granted, doneBefore, until: 0 };
    flying.delete(key);
    if (alone.key === key) alone = { key: '', until: 0 };
    if (came === 'unused') return;
    // Not counting itself: what was answered since it was granted may have been seen after it.
    const passed = done - flight.doneBefore;
    done += 1;
    learn(said, flight.order, passed, now);
    const isOld = flight.order <= refusedOrder;
    if (came === 'refused') {
      if (!isOld) turnedAway = flight.order;
      refuse(said, isOld, now);
      return;
    }
    if (windowMs !== null) counted.set(key, now + windowMs);
    if (came === 'lost') return;
    // It was taken in the same window in which one that came after it was not.
    if (flight.order < turnedAway && estimate !== null) estimate += 1;
    if (!isOld && isCareful) {
      const isKnown = limitNow() !== null || left !== null;
      if (isKnown || now >= carefulUntil) {
        isCareful = false;
        refusals = 0;
      }
    }
    if (estimate === null || now < believedUntil) return;
    estimate = estimate < LEAST_ESTIMATE ? null : Math.max(estimate, counted.size);
  }

  function learn(said: Said, order: number, passed: number, now: number): void {
    if (said.limit !== undefined) toldLimit = said.limit;
    if (said.remaining === undefined || order <= believedOrder) return;
    believedOrder = order;
    // Whoever was under way beside it may have been counted in this answer, or not yet.
    const least = Math.floor((said.remaining - flying.size - passed) / sharers);
    left = Math.max(0, Math.min(said.remaining, Math.max(left ?? 0, least)));
    resetsAt = now + (said.resetsInMs ?? 0);
  }

  function refuse(said: Said, isOld: boolean, now: number): void {
    const told = said.resetsInMs === undefined ? null : now + Math.max(PEEK_MS, said.resetsInMs);
    if (isOld) {
      rests = Math.max(rests, told ?? 0);
      return;
    }
    refusals += 1;
    refusedOrder = granted;
    const doubled = Math.min(LAST_REST_MS, FIRST_REST_MS * 2 ** Math.min(10, refusals - 1));
    rests = told ?? now + (windowMs ?? doubled);
    isCareful = true;
    carefulUntil = rests + CAREFUL_MS;
    alone = { key: '', until: 0 };
    // A service that says itself when to come back knows better than any count of ours.
    if (windowMs !== null && told === null) {
      // Of those about to leave the window it may have left the service's own already.
      const slackMs = Math.floor(windowMs * SLACK);
      estimate = [...counted.values()].filter((until) => until > now + slackMs).length;
      believedUntil = rests + BELIEVED_WINDOWS * windowMs;
    }
  }

  function mayGo(asks: Asks, now: number): Omit<Told, 'permits' | 'known'> {
    const limit = limitNow();
    const inWindow = flying.size + counted.size;
    const byCount = limit === null ? null : Math.floor(limit / sharers) - inWindow;
    const isStale = resetsAt <= now;
    const lentLeft = lent.until > now ? lent.left : Number.POSITIVE_INFINITY;
    const all = Math.min(byCount ?? lentLeft, left ?? lentLeft, lentLeft);
    const floors = floorsOf(limit ?? toldLimit ?? 0);
    // Beyond what is known, but perhaps not beyond what is: found out by one at a time.
    const mayTryCount =
      byCount === null ||
      (estimate !== null && now >= believedUntil && (documented === null || inWindow < documented));
    let isAlone = alone.until > now;
    let most = rests > now || (isCareful && isAlone) ? 0 : Number.POSITIVE_INFINITY;
    if (isCareful) most = Math.min(1, most);
    const given: [number, number, number] = [0, 0, 0];
    let goesAlone = isCareful;
    for (const at of [0, 1, 2] as const) {
      const taken = given[0] + given[1] + given[2];
      const spare = all - floors[at] - taken;
      let some = Math.max(0, Math.min(asks[at], spare, most - taken));
      const isTried =
        lentLeft - floors[at] - taken >= 1 &&
        (left === null || left - floors[at] - taken >= 1 || isStale) &&
        (byCount === null || byCount - floors[at] - taken >= 1 || mayTryCount);
      if (some === 0 && asks[at] > 0 && isTried && !isAlone && most - taken >= 1) {
        some = 1;
        isAlone = true;
        goesAlone = true;
      }
      given[at] = some;
    }
    if (goesAlone && given[0] + given[1] + given[2] > 0) {
      const forMs = refusedOrder < 0 ? FIRST_ALONE_MS : ALONE_MS;
      alone = { key: keyOf(granted + given[0] + given[1] + given[2]), until: now + forMs };
      isAlone = true;
    }
    const taken = given[0] + given[1] + given[2];
    const shortOf = (floor: number) =>
      byCount === null ? 0 : Math.max(0, floor + 1 - (byCount - taken));
    const isOut = left !== null && left - taken - floors[1] < 1 && !isStale;
    let waitMs = 0;
    if (rests > now) waitMs = rests - now;
    else if (isAlone) waitMs = Math.min(PEEK_MS, alone.until - now);
    else if (isOut) waitMs = resetsAt - now;
    return {
      granted: given,
      waitMs,
      short: [shortOf(floors[0]), shortOf(floors[1]), shortOf(floors[2])],
      frees:
        taken < asks[0] + asks[1] + asks[2]
          ? [...counted.values()]
              .toSorted((one, other) => one - other)
              .slice(0, MOST_FREES)
              .map((until) => until - now)
          : [],
    };
  }

  function known(now: number): Known {
    const limit = limitNow();
    const told = resetsAt > now ? left : null;
    const byCount = limit === null ? null : Math.max(0, limit - flying.size - counted.size);
    const first = Math.min(...counted.values());
    const isTold = told !== null && (byCount === null || told <= byCount);
    const countedReset = byCount === null || !Number.isFinite(first) ? null : first - now;
    return {
      limit: isTold ? toldLimit : (limit ?? toldLimit),
      remaining: isTold ? told : byCount,
      resetsInMs: isTold ? resetsAt - now : countedReset,
      restsInMs: Math.max(0, rests - now),
      isCareful,
    };
  }

  return {
    exchange(asks, settled, now) {
      trim(now);
      for (const one of settled) settle(one, now);
      const { granted: given, ...waits } = mayGo(asks, now);
      const permits: { readonly key: string; readonly doneBefore: number }[] = [];
      for (let some = given[0] + given[1] + given[2]; some > 0; some -= 1) {
        granted += 1;
        if (left !== null) left = Math.max(0, left - 1);
        if (lent.until > now) lent.left -= 1;
        const key = keyOf(granted);
        flying.set(key, { order: granted, doneBefore: done, until: now + FLIGHT_MS });
        permits.push({ key, doneBefore: done });
      }
      return { granted: given, permits, ...waits, known: known(now) };
    },

    mirror(permits, { limit, remaining, resetsInMs, restsInMs, ...others }, now) {
      trim(now);
      if (left !== null) left = Math.max(0, left - permits.length);
      for (const { key } of permits) {
        granted += 1;
        flying.set(key, { order: granted, doneBefore: done, until: now + FLIGHT_MS });
      }
      toldLimit = limit;
      if (windowMs !== null && limit !== documented) {
        estimate = limit;
        believedUntil = now + BELIEVED_WINDOWS * windowMs;
      }
      if (remaining !== null)
        lent = { left: remaining, until: now + (windowMs ?? resetsInMs ?? 0) };
      rests = Math.max(rests, now + restsInMs);
      isCareful = others.isCareful;
      carefulUntil = now + CAREFUL_MS;
    },

    share(some) {
      if (some === sharers) return;
      sharers = some;
      lent.left = Math.floor(lent.left / some);
      if (left !== null) left = Math.floor(left / some);
    },

    kept: (now) => [...counted].map(([key, until]) => ({ key, forMs: until - now })),
    restMs: (now) => (rests > now ? rests - now : isCareful ? 0 : null),
  };
}

/** Whoever is in another space of keys had them elsewhere. */
function keyOf(order: number): string {
  return `own-${order}`;
}

function floorsOf(limit: number): Asks {
  // Of very few none can be kept back: nobody could read.
  const reserve = limit < LEAST_ESTIMATE ? 0 : Math.ceil(limit * RESERVE);
  return [0, reserve, Math.max(reserve, Math.ceil(limit * LEFT_TO_PEOPLE))];
}
