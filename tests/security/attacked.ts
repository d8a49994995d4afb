// How an attack is sent, by each road there is, what came back of it, and what it cost whom it was sent to.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { World } from '../../emulators/world.ts';
import type { Config } from '../../src/config/config.ts';
import { at, listAt, textAt } from '../support/answer.ts';
import { refusalsIn, send } from '../support/hostile.ts';
import { openAcknowledged } from '../support/socket.ts';

export const ROADS = ['POST', 'GET', 'WebSocket', 'SSE'] as const;
export type Road = (typeof ROADS)[number];

export interface Attack {
  readonly query: string;
  readonly variables?: object;
  readonly operationName?: string;
  readonly extensions?: object;
}

/** What was said, and why it was refused; nothing where it was not. */
export interface Told {
  readonly text: string;
  readonly refusals: readonly { readonly code: string; readonly message: string }[];
}

export interface Attacked {
  readonly url: string;
  /** After its garbage was collected. */
  weighed(): Promise<Usage>;
  used(): Promise<Usage>;
  readonly alive: () => boolean;
  close(): Promise<void>;
}

export interface Usage {
  readonly cpuMs: number;
  readonly heapBytes: number;
  readonly errors: readonly unknown[];
}

export async function startAttacked(
  world: World,
  limits: NonNullable<Config['limits']> = {},
): Promise<Attacked> {
  const child = fork(CHILD, [], { execArgv: ['--expose-gc', '--import', 'tsx'] });
  child.send({ credentials: JSON.stringify(world.credentials), limits });
  const [started]: unknown[] = await once(child, 'message');

  async function ask(what: 'collect' | 'usage'): Promise<Usage> {
    child.send(what);
    const [usage]: unknown[] = await once(child, 'message');
    return {
      cpuMs: Number(at(usage, 'cpuMs')),
      heapBytes: Number(at(usage, 'heapBytes')),
      errors: listAt(usage, 'errors'),
    };
  }

  return {
    url: textAt(started, 'url'),
    weighed: () => ask('collect'),
    used: () => ask('usage'),
    alive: () => child.exitCode === null && child.signalCode === null,
    async close() {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}

const CHILD = fileURLToPath(new URL('measured-gateway.ts', import.meta.url));

export function attack(road: Road, url: string, sent: Attack): Promise<Told> {
  switch (road) {
    case 'POST':
      return byPost(url, sent, 'application/json');
    case 'SSE':
      return byPost(url, sent, 'text/event-stream');
    case 'GET':
      return byGet(url, sent);
    case 'WebSocket':
      return bySocket(url, sent);
  }
}

async function byPost(url: string, sent: Attack, accept: string): Promise<Told> {
  const headers = { 'content-type': 'application/json', accept };
  const body = JSON.stringify(sent);
  return toldIn(await send(`${url}/graphql`, { method: 'POST', headers, body }));
}

async function byGet(url: string, sent: Attack): Promise<Told> {
  const address = new URL(`${url}/graphql`);
  for (const [name, value] of Object.entries(sent)) {
    address.searchParams.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  }
  try {
    return toldIn(await send(address.href, { headers: { accept: 'application/json' } }));
  } catch {
    // An address that is too long is not read to its end, and who writes on does not get to read why.
    return { text: '', refusals: [{ code: 'HTTP 431', message: '' }] };
  }
}

function toldIn({ text, status }: { readonly text: string; readonly status: number }): Told {
  // The lines of an event stream, or the one of anything else.
  const lines = /^data: \{/m.test(text)
    ? text.split('\n').flatMap((line) => (line.startsWith('data: {') ? [line.slice(6)] : []))
    : [text];
  const refusals = lines.flatMap((line) => {
    const [parsed] = valuesIn(line);
    return refusalsIn(parsed).map(({ code, message }) => ({ code: String(code), message }));
  });
  return {
    text,
    refusals:
      refusals.length > 0 || status < 400 ? refusals : [{ code: `HTTP ${status}`, message: text }],
  };
}

function valuesIn(text: string): unknown[] {
  try {
    return [JSON.parse(text)];
  } catch {
    return [];
  }
}

async function bySocket(url: string, payload: Attack): Promise<Told> {
  const { say, hear, closed, socket } = await openAcknowledged(url);
  say({ type: 'subscribe', id: 'a', payload });
  const ended = closed.then(({ code, reason }) => ({ type: 'closed', code, reason }));
  const answer = await Promise.race([
    hear((message) => ['next', 'error'].includes(String(at(message, 'type')))),
    ended,
  ]);
  socket.terminate();
  const text = JSON.stringify(answer);
  const said = at(answer, 'payload');
  const errors = at(answer, 'type') === 'error' ? said : at(said, 'errors');
  if (at(answer, 'type') === 'closed') {
    return { text, refusals: [{ code: `closed ${String(at(answer, 'code'))}`, message: text }] };
  }
  return {
    text,
    refusals: refusalsIn({ ...Object(said), errors: errors ?? [] }).map(({ code, message }) => ({
      code: String(code),
      message,
    })),
  };
}
