// A crowd that stands before a gateway and says nothing: what each of them costs, and whether anybody else notices.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { untilSaid } from '../../cluster/process.ts';
import { startWorld } from '../../emulators/world.ts';
import { startGateway } from '../chaos/gateways.ts';
import { at } from '../support/answer.ts';

export interface CrowdRun {
  readonly kind: 'http' | 'websocket';
  readonly count: number;
  readonly redisUrl: string;
  /** How the gateway is begun; absent, as in a checkout. */
  readonly command?: readonly string[];
}

export interface CrowdOutcome {
  /** How many stood, and how many of them were cut meanwhile. */
  readonly standing: number;
  readonly lost: number;
  /** Of the gateway's process, in bytes. */
  readonly before: number;
  readonly during: number;
  readonly after: number;
  readonly tookMs: number;
  /** How long others waited for their answers while the crowd came and stood. */
  readonly longestAnswerMs: number;
  readonly usualAnswerMs: number;
}

const PROBE_EVERY_MS = 50;
const CLIENTS = fileURLToPath(new URL('clients.ts', import.meta.url));

export async function runCrowd({
  kind,
  count,
  redisUrl,
  command,
}: CrowdRun): Promise<CrowdOutcome> {
  const world = await startWorld({ count: 2 });
  let pid = 0;
  const gateway = await startGateway({
    credentials: world.credentials,
    redisUrl,
    ...(command && { command }),
    began: (child) => {
      pid = child;
    },
  });
  let clients: ChildProcess | undefined;
  const over = new AbortController();
  const answers: number[] = [];
  try {
    const probing = probe(gateway.url, answers, over.signal);
    const before = await residentOf(pid);
    const began = performance.now();
    clients = spawn(process.execPath, [
      '--import',
      'tsx',
      CLIENTS,
      gateway.url,
      kind,
      String(count),
    ]);
    await untilSaid(clients, /\{"standing".*\}/, () => undefined);
    const tookMs = performance.now() - began;
    const during = await residentOf(pid);
    const [said] = await Promise.all([
      untilSaid(clients, /\{"standing".*\}/, () => undefined),
      pause(2000).then(() => clients?.stdin?.write('?')),
    ]);
    const told: unknown = JSON.parse(said[0]);
    clients.kill('SIGKILL');
    await once(clients, 'exit');
    await pause(2000);
    over.abort();
    await probing;
    const sorted = answers.toSorted((one, other) => one - other);
    return {
      standing: Number(at(told, 'standing')),
      lost: Number(at(told, 'lost')),
      before,
      during,
      after: await residentOf(pid),
      tookMs,
      longestAnswerMs: sorted.at(-1) ?? 0,
      usualAnswerMs: sorted[Math.floor(sorted.length / 2)] ?? 0,
    };
  } finally {
    over.abort();
    clients?.kill('SIGKILL');
    await gateway.close();
    await world.close();
  }
}

/** Somebody else, who asks something that no service is needed for. */
async function probe(url: string, answers: number[], signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const began = performance.now();
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"{ providers { name kind } }"}',
    });
    await response.json();
    if (!response.ok) throw new Error(`somebody else was answered with ${response.status}`);
    answers.push(performance.now() - began);
    await pause(PROBE_EVERY_MS);
  }
}

async function residentOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
