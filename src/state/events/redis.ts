// The event log that many gateways share: a Redis stream a lane, all keys of a lane in one slot, so that it runs on a
// cluster as well as on a single server.

import { createHash, randomBytes } from 'node:crypto';
import type { GapReason } from '../../domain/event.ts';
import { failed, mapOutcome, type Outcome, success } from '../../domain/failure.ts';
import type { Log } from '../../observability/log.ts';
import type { Connection, RedisDoor } from '../redis.ts';
import { decodeEvent, encodeEvent } from './codec.ts';
import {
  type Append,
  compareIds,
  type Ear,
  type Entry,
  type EventLog,
  laneOf,
  type Mark,
  placeBefore,
  type Retention,
  type Slice,
} from './log.ts';
import { APPEND, READ, READ_BACK } from './scripts.ts';

export interface RedisLogParts {
  readonly door: RedisDoor;
  readonly lanes: number;
  readonly retention: Retention;
  readonly log: Log;
}

const BLOCK_MS = 5000;
const MOST_AT_ONCE = 500;
const PAUSE_MS = 200;
/** A busy log is asked as often as a quiet one whether it is still the same. */
const LOOK_EVERY_MS = 5000;

/**
 * Resolves once it hears, or could not for a while: it then goes on trying, and until it hears `ends` fails. What is
 * appended after that is heard by everybody who listens.
 */
export async function redisLog({ door, lanes, retention, log }: RedisLogParts): Promise<EventLog> {
  const ears = new Set<Ear>();
  const numbers = Array.from({ length: lanes }, (_, lane) => lane);
  const keyOf = (lane: number, name: string) => `${door.prefix}{events:${lane}}:${name}`;
  const streams = numbers.map((lane) => keyOf(lane, 'log'));
  const gone = new AbortController();
  /** Up to where each lane was heard. */
  const heard = new Map<number, Mark>();
  /** Lanes of which more may have been appended than this process would be told. */
  const unheard = new Set(numbers);

  async function readRows(lane: number, after: Mark, most: number): Promise<Outcome<Rows>> {
    const keys = [keyOf(lane, 'log'), keyOf(lane, 'epoch')];
    const args = [freshWord(), after.epoch, after.id, String(most + 1)];
    const told = await door.run(READ, keys, args);
    if (!told.ok) return told;
    const [epoch, bound, last, listed] = listOf(told.value);
    if (typeof epoch !== 'string' || typeof last !== 'string') return unreadable();
    const lost = lossOf({ epoch, bound: textOf(bound), last }, after);
    // Whatever is there now is of the lane as it is now, also what a server before this one took in.
    const found = listOf(listed).map(rowOf);
    const rows = found.slice(0, most).map(({ id, event }) => ({ mark: { epoch, id }, event }));
    const next = rows.at(-1)?.mark ?? { epoch, id: lost ? last : after.id };
    return success({ rows, next, atEnd: found.length <= most, lost });
  }

  async function endsOf(some: readonly number[]): Promise<Outcome<readonly Mark[]>> {
    const marks: Mark[] = [];
    for (const told of await Promise.all(
      some.map((lane) =>
        door.run(READ, [keyOf(lane, 'log'), keyOf(lane, 'epoch')], [freshWord(), '', '', '1']),
      ),
    )) {
      if (!told.ok) return told;
      const [epoch, , last] = listOf(told.value);
      if (typeof epoch !== 'string' || typeof last !== 'string') return unreadable();
      marks.push({ epoch, id: last });
    }
    return success(marks);
  }

  function take(lane: number, { id, epoch, before, event }: Row): void {
    const known = heard.get(lane);
    if (!known) return;
    const mark = { epoch, id };
    const isTrimmed = known.epoch === epoch && before !== '' && compareIds(before, known.id) > 0;
    if (isTrimmed) tellLoss(lane, 'TRIMMED', placeBefore(mark));
    tell(lane, { mark, event });
  }

  function tell(lane: number, { mark, event }: Rows['rows'][number]): void {
    const before = heard.get(lane);
    if (!before) return;
    if (before.epoch !== mark.epoch) tellLoss(lane, 'RESET', placeBefore(mark));
    try {
      for (const ear of ears) {
        if (event) ear.entry({ lane, mark, event });
        else ear.foreign?.(lane, mark);
      }
    } finally {
      // Last: nobody may take for heard what some ear was not told.
      heard.set(lane, mark);
    }
  }

  function tellLoss(lane: number, reason: GapReason, place: Mark): void {
    for (const ear of ears) ear.lost(lane, reason, place);
  }

  /** After a silence: whatever is there by now, and whether something is not. */
  async function catchUp(some: readonly number[]): Promise<boolean> {
    if (some.some((lane) => !heard.has(lane))) {
      const now = await endsOf(some);
      if (!now.ok) return false;
      for (const [at, mark] of now.value.entries()) heard.set(some[at] ?? 0, mark);
      return true;
    }
    for (const lane of some) {
      for (;;) {
        const from = heard.get(lane);
        if (!from) break;
        const slice = await readRows(lane, from, MOST_AT_ONCE);
        if (!slice.ok) return false;
        const { rows, lost, next, atEnd } = slice.value;
        if (lost) {
          const [first] = rows;
          tellLoss(lane, lost, first ? placeBefore(first.mark) : next);
          heard.set(lane, { epoch: next.epoch, id: '0-0' });
        }
        for (const row of rows) tell(lane, row);
        heard.set(lane, next);
        if (atEnd) break;
      }
    }
    return true;
  }

  async function hear(connection: Connection, some: readonly number[]): Promise<void> {
    while (!gone.signal.aborted) {
      try {
        await door.ready(connection);
        if (!(await catchUp(some))) throw new Error('the log cannot be read');
        if (connection.status === 'ready') for (const lane of some) unheard.delete(lane);
        await follow(connection, some);
      } catch (error) {
        for (const lane of some) unheard.add(lane);
        if (gone.signal.aborted) return;
        log.debug({ err: error }, 'the event log is out of reach; trying again');
        await pause(PAUSE_MS, gone.signal);
      }
    }
  }

  /** Until something goes wrong, or for a while: a log that was emptied says nothing. */
  async function follow(connection: Connection, some: readonly number[]): Promise<void> {
    const until = performance.now() + LOOK_EVERY_MS;
    const cut = cutOf(connection);
    try {
      while (performance.now() < until) {
        const from = some.map((lane) => heard.get(lane)?.id ?? '$');
        const reading: Promise<unknown> = connection.xread(
          'COUNT',
          MOST_AT_ONCE,
          'BLOCK',
          BLOCK_MS,
          'STREAMS',
          ...some.map((lane) => streams[lane] ?? ''),
          ...from,
        );
        const told = await Promise.race([reading, cut.happens]);
        if (told === null) return;
        for (const stream of listOf(told)) {
          const [key, rows] = listOf(stream);
          const lane = streams.indexOf(textOf(key));
          for (const row of listOf(rows)) take(lane, rowOf(row));
        }
      }
    } finally {
      cut.disregard();
    }
  }

  await door.ready();
  if (await catchUp(numbers)) unheard.clear();
  // On a cluster the lanes lie on different servers, and a read waits at one of them.
  const groups = door.isSplit ? numbers.map((lane) => [lane]) : [numbers];
  const hearing = Promise.all(groups.map((some) => hear(door.connection(BLOCK_MS), some)));

  return {
    lanes,
    laneOf: (conversation) => laneOf(conversation, lanes),

    async read(lane, after, most) {
      const read = await readRows(lane, after, most);
      return mapOutcome(read, ({ rows, ...slice }) => ({
        ...slice,
        entries: entriesOf(lane, rows),
      }));
    },

    async readBack(lane, most) {
      const keys = [keyOf(lane, 'log'), keyOf(lane, 'epoch')];
      const told = await door.run(READ_BACK, keys, [freshWord(), String(most)]);
      if (!told.ok) return told;
      const [epoch, rows] = listOf(told.value);
      if (typeof epoch !== 'string') return unreadable();
      const found = listOf(rows).map(rowOf);
      return success(
        entriesOf(
          lane,
          found.map(({ id, event }) => ({ mark: { epoch, id }, event })),
        ),
      );
    },

    async ends() {
      const now = await endsOf(numbers);
      // Whoever listened from here on would miss what comes before this process hears.
      return now.ok && heard.size < lanes ? notHeard() : now;
    },

    async append(asked) {
      const byLane = new Map<number, { readonly index: number; readonly one: Append }[]>();
      for (const [index, one] of asked.entries()) {
        const lane = one.lane ?? laneOf(one.event.conversation, lanes);
        byLane.set(lane, [...(byLane.get(lane) ?? []), { index, one }]);
      }
      const appended: (Entry | null)[] = asked.map(() => null);
      for (const [lane, batch] of byLane) {
        const onceOf = (key: string) =>
          keyOf(lane, `once:${createHash('sha1').update(key).digest('base64url')}`);
        const told = await door.run(
          APPEND,
          [
            keyOf(lane, 'log'),
            keyOf(lane, 'epoch'),
            ...batch.flatMap(({ one }) => one.once.map(onceOf)),
          ],
          [
            String(retention.ageMs),
            String(retention.length),
            freshWord(),
            String(Math.max(0, Date.now() - retention.ageMs)),
            String(batch.length),
            ...batch.flatMap(({ one }) => [String(one.once.length), encodeEvent(one.event)]),
          ],
        );
        if (!told.ok) return told;
        const [epoch, ...ids] = listOf(told.value);
        for (const [at, { index, one }] of batch.entries()) {
          const id = ids[at];
          if (typeof id === 'string' && typeof epoch === 'string') {
            appended[index] = { lane, mark: { epoch, id }, event: one.event };
          }
        }
      }
      return success(appended);
    },

    listen(ear) {
      const own: Ear = {
        entry: (entry) => ear.entry(entry),
        lost: (lane, reason, place) => ear.lost(lane, reason, place),
        foreign: (lane, mark) => ear.foreign?.(lane, mark),
      };
      ears.add(own);
      return () => void ears.delete(own);
    },

    heard() {
      const marks = numbers.flatMap((lane) => heard.get(lane) ?? []);
      return unheard.size > 0 || marks.length < lanes ? null : marks;
    },

    async close() {
      gone.abort();
      ears.clear();
      await door.close();
      await hearing;
    },
  };
}

/** As `Slice`, with what cannot be understood. */
interface Rows extends Omit<Slice, 'entries'> {
  readonly rows: readonly { readonly mark: Mark; readonly event: Entry['event'] | undefined }[];
}

function entriesOf(lane: number, rows: Rows['rows']): Entry[] {
  return rows.flatMap(({ mark, event }) => (event ? [{ lane, mark, event }] : []));
}

function lossOf(
  now: { readonly epoch: string; readonly bound: string; readonly last: string },
  after: Mark,
): GapReason | null {
  if (now.epoch !== after.epoch) return 'RESET';
  // The stream alone was deleted: what is there now is younger than what is gone.
  if (compareIds(now.last, after.id) < 0) return 'RESET';
  return now.bound !== '' && compareIds(after.id, now.bound) < 0 ? 'TRIMMED' : null;
}

interface Row {
  readonly id: string;
  /** When it was appended. */
  readonly epoch: string;
  /** The id of the one before it; empty where nobody wrote that down. */
  readonly before: string;
  /** Undefined in a row of another version of this gateway. */
  readonly event: Entry['event'] | undefined;
}

function rowOf(row: unknown): Row {
  const [id, fields] = listOf(row);
  const [, epoch, , body, , before] = listOf(fields).map(textOf);
  const event = decodeEvent(body ?? '');
  return { id: textOf(id), epoch: epoch ?? '', before: before ?? '', event };
}

/** A read outlives its connection, is sent again over the next one, and would say nothing of what was between. */
function cutOf(connection: Connection) {
  let disregard = () => undefined;
  const happens = new Promise<never>((_, reject) => {
    const lost = () => reject(new Error('the connection was lost'));
    // A cluster's own connection outlives those to its servers.
    for (const sign of ['close', '-node']) connection.once(sign, lost);
    disregard = () => {
      for (const sign of ['close', '-node']) connection.off(sign, lost);
    };
  });
  return { happens, disregard };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function unreadable(): ReturnType<typeof failed> {
  return failed({ kind: 'gateway-unavailable', because: 'its answer could not be read' });
}

function notHeard(): ReturnType<typeof failed> {
  return failed({ kind: 'gateway-unavailable', because: 'it answers again, and is being read' });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}

/** For an epoch that begins now. Cursors repeat it for each lane, so it is short; another one in 2 to the 48th. */
function freshWord(): string {
  return randomBytes(6).toString('base64url');
}
