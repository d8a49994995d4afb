// What happens to the event log when its Redis is emptied, begun anew, cut off or out of reach: never silence.

import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { EventLog } from '../../src/state/events/log.ts';
import { redisLog } from '../../src/state/events/redis.ts';
import { openRedis } from '../../src/state/redis.ts';
import { startRedis } from '../support/redis/server.ts';
import { everythingAfter, hearingOf, saying, valueOf } from './event-log.ts';

const LANES = 2;
/** Looked at in each turn, so that no state is overlooked; sooner than a read that waits comes back by itself. */
const SOON = { timeout: 4000, interval: 1 };
const quiet = () => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };

async function scene({ length = 10_000, keepsAll = false } = {}) {
  const server = await startRedis({ keepsAll });
  onTestFinished(() => server.close());
  const operator = new Redis(server.url, { maxRetriesPerRequest: null });
  operator.on('error', quiet);
  onTestFinished(() => operator.disconnect());
  const prefix = `test:${randomUUID()}:`;
  const open = async (url = server.url) => {
    const door = openRedis({ url, prefix, log });
    const retention = { ageMs: 3_600_000, length };
    const opened = await redisLog({ door, lanes: LANES, retention, log });
    onTestFinished(() => opened.close());
    return Object.assign(opened, { complaint: door.complaint });
  };
  return { server, operator, prefix, open };
}

describe('an event log whose Redis', () => {
  it('was emptied says so before the next thing it tells, and to every mark of before', async () => {
    const { operator, open } = await scene();
    const one = await open();
    const hearing = hearingOf(one);
    const [before] = valueOf(await one.append([saying('c', 'before')]));
    await hearing.count(1);

    await operator.flushall();
    const [after] = valueOf(await one.append([saying('c', 'after')]));

    const lane = before?.lane ?? 0;
    expect(await hearing.count(3)).toEqual(['c/before', `lost in ${lane}: RESET`, 'c/after']);
    expect(after?.mark.epoch).not.toBe(before?.mark.epoch);
    const read = await everythingAfter(one, lane, before?.mark ?? { epoch: '', id: '' });
    expect(read).toMatchObject({ texts: ['c/after'], lost: 'RESET' });
  });

  it('was begun anew is heard again, after it said that what was there is gone', async () => {
    const { server, open } = await scene();
    const one = await open();
    const hearing = hearingOf(one);
    const [before] = valueOf(await one.append([saying('c', 'before')]));
    await hearing.count(1);

    await server.restart();
    await appended(one, 'after');

    const told = await hearing.until('c/after');
    expect(told.filter((what) => what.startsWith('c/'))).toEqual(['c/before', 'c/after']);
    expect(told.indexOf(`lost in ${before?.lane}: RESET`)).toBeGreaterThan(0);
    expect(told.indexOf(`lost in ${before?.lane}: RESET`)).toBeLessThan(told.indexOf('c/after'));
  });

  it('has all its connections cut loses nothing, and tells nothing twice', async () => {
    const { operator, open } = await scene();
    const [one, other] = [await open(), await open()];
    const hearing = hearingOf(one);
    const texts = Array.from({ length: 30 }, (_, index) => String(index));

    for (const text of texts) {
      if (Number(text) % 5 === 0) await operator.client('KILL', 'SKIPME', 'yes');
      await appended(other, text);
    }

    expect(await hearing.count(30)).toEqual(texts.map((text) => `c/${text}`));
    expect(hearing.heard).toHaveLength(30);
  });

  it('is out of reach refuses to append, in its own words and soon', async () => {
    const { server, open } = await scene();
    const one = await open();
    await server.kill();

    const outcome = await one.append([saying('c', 'a')]);

    expect(outcome).toMatchObject({ ok: false, failure: { kind: 'gateway-unavailable' } });
  });

  it('answers nothing for a while refuses, and tells what it took all the same once it does', async () => {
    const { server, open } = await scene();
    const one = await open();
    const hearing = hearingOf(one);
    // From here on the server knows the script by its name.
    await appended(one, 'z');
    await server.freeze();
    const outcome = await one.append([saying('c', 'a')]);
    await server.thaw();

    expect(outcome).toMatchObject({ ok: false, failure: { kind: 'gateway-unavailable' } });
    expect(await hearing.count(2)).toEqual(['c/z', 'c/a']);
    // Whoever tries again, since it was refused, adds nothing.
    await appended(one, 'a');
    await appended(one, 'b');
    expect(await hearing.count(3)).toEqual(['c/z', 'c/a', 'c/b']);
  });

  it('came back with all it had says once that its end may be missing, and tells nothing twice', async () => {
    const { server, open } = await scene({ keepsAll: true });
    const one = await open();
    const hearing = hearingOf(one);
    const texts = Array.from({ length: 1200 }, (_, index) => saying('c', String(index)));
    const [first] = valueOf(await one.append(texts));
    await hearing.count(1200);

    await server.restart();
    await appended(one, 'after');

    const told = await hearing.count(1203);
    const lane = first?.lane ?? 0;
    expect(told.slice(1200).toSorted()).toEqual([
      'c/after',
      'lost in 0: RESET',
      'lost in 1: RESET',
    ]);
    const read = await everythingAfter(one, lane, first?.mark ?? { epoch: '', id: '' });
    expect(read.lost).toBe('RESET');
    expect(read.texts).toHaveLength(1200);
    const begun = valueOf(await one.read(lane, first?.mark ?? { epoch: '', id: '' }, 100));
    expect(await everythingAfter(one, lane, begun.next)).toMatchObject({ lost: null });
  });

  it('is not there at first is heard once it is, and until then nobody is told that they listen', async () => {
    const { server, open } = await scene();
    await server.kill();
    const one = await open();
    const hearing = hearingOf(one);
    expect(await one.ends()).toMatchObject({ failure: { kind: 'gateway-unavailable' } });
    expect(one.heard()).toBeNull();
    expect(one.complaint()).toMatch(/ECONNREFUSED/);

    await server.restart();
    await vi.waitFor(async () => expect(await one.ends()).toMatchObject({ ok: true }), {
      timeout: 5000,
      interval: 1,
    });
    await appended(one, 'a');

    expect(await hearing.count(1)).toEqual(['c/a']);
    expect(one.complaint()).toBeNull();
  });

  it('was out of reach is not said to be heard before all is heard that came meanwhile', async () => {
    const { server, open } = await scene();
    const way = await openWay(server.port);
    const [one, other] = [await open(way.url), await open()];
    const hearing = hearingOf(one);
    await appended(other, 'a');
    await hearing.count(1);
    expect(one.heard()).toEqual(valueOf(await other.ends()));

    way.block();
    await vi.waitFor(() => expect(one.heard()).toBeNull(), SOON);
    await appended(other, 'b');
    expect(one.heard()).toBeNull();
    way.clear();
    await vi.waitFor(() => expect(one.heard()).not.toBeNull(), SOON);

    expect(hearing.heard).toEqual(['c/a', 'c/b']);
    expect(one.heard()).toEqual(valueOf(await other.ends()));
  });

  it('has the connections cut of one who hears a quiet log is known not to be heard, for a moment', async () => {
    const { operator, open } = await scene();
    const one = await open();
    await vi.waitFor(async () => expect(await operator.client('LIST')).toContain('cmd=xread'));

    await operator.client('KILL', 'SKIPME', 'yes');

    await vi.waitFor(() => expect(one.heard()).toBeNull(), SOON);
    await vi.waitFor(() => expect(one.heard()).not.toBeNull(), SOON);
  });

  it('answers nothing for a while is complained of, and no more once it does', async () => {
    const { server, open } = await scene();
    const one = await open();
    await server.freeze();
    await one.append([saying('c', 'a')]);
    expect(one.complaint()).toBe('Command timed out');

    await server.thaw();

    await vi.waitFor(() => expect(one.complaint()).toBeNull(), 8000);
  });

  it('lost the stream alone says so', async () => {
    const { operator, prefix, open } = await scene();
    const one = await open();
    const [before] = valueOf(await one.append([saying('c', 'before')]));
    const lane = before?.lane ?? 0;

    await operator.del(`${prefix}{events:${lane}}:log`);

    const read = await everythingAfter(one, lane, before?.mark ?? { epoch: '', id: '' });
    expect(read).toMatchObject({ texts: [], lost: 'RESET' });
  });
});

/** Tried until it is there: a gateway's retries, in small. */
async function appended(events: EventLog, text: string): Promise<void> {
  for (;;) {
    const outcome = await events.append([saying('c', text)]);
    if (outcome.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A way to a port of this machine that can be blocked: whoever is on it is cut off, and nobody comes through. */
async function openWay(port: number) {
  const sockets = new Set<Socket>();
  let isBlocked = false;
  const door = createServer((socket) => {
    socket.on('error', quiet);
    if (isBlocked) {
      socket.destroy();
      return;
    }
    const onward = connect(port, '127.0.0.1').on('error', quiet);
    for (const [from, into] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      sockets.add(from);
      from.on('close', () => {
        sockets.delete(from);
        into.destroy();
      });
      from.pipe(into);
    }
  });
  door.listen(0, '127.0.0.1');
  await once(door, 'listening');
  onTestFinished(() => void door.close());
  const address = door.address();
  return {
    url: `redis://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    block() {
      isBlocked = true;
      for (const socket of sockets) socket.destroy();
    },
    clear() {
      isBlocked = false;
    },
  };
}
