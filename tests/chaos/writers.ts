// Those who write, each in a conversation of its own and one message after the other; and the roads its news takes.

import { between, type Chance, pick } from '../../emulators/story/chance.ts';
import type { Message } from '../../src/domain/message.ts';
import type { Written } from './history.ts';
import { messageOf } from './in-process.ts';
import type { Time } from './time.ts';

export interface Writer {
  readonly written: readonly Written[];
  /** How long it took at most until the log had a message, on any of its roads. Milliseconds. */
  longestMs(): number;
  /** Resolves when all that was written is in the log. */
  close(): Promise<void>;
}

export interface WriterParts {
  readonly conversation: string;
  /** Each of them may hear of it. */
  readonly hearers: readonly { hear(message: Message): Promise<boolean> }[];
  readonly chance: Chance;
  readonly time: Time;
  readonly longestPauseMs: number;
}

/** How much later the same message may be heard of again, on another road. */
const LONGEST_ECHO_MS = 300;
const RETRY_MS = 20;

export function openWriter(parts: WriterParts): Writer {
  const { conversation, hearers, chance, time, longestPauseMs } = parts;
  const written: Written[] = [];
  const over = new AbortController();
  const echoes: Promise<void>[] = [];
  let longestMs = 0;
  const running = run();

  async function run(): Promise<void> {
    while (!over.signal.aborted) {
      await time.pause(between(chance, 0, longestPauseMs), over.signal);
      if (!over.signal.aborted) await write();
    }
  }

  async function write(): Promise<void> {
    const id = `${conversation}/${written.length}`;
    const at = time.now();
    written.push({ conversation, id, at });
    const message = messageOf(conversation, id, at);
    for (let more = between(chance, 0, 2); more > 0; more -= 1) {
      echoes.push(echo(message, between(chance, 0, LONGEST_ECHO_MS)));
    }
    // In the order in which they were written; its echoes come whenever they come.
    await carry(message);
  }

  async function echo(message: Message, afterMs: number): Promise<void> {
    await time.pause(afterMs);
    await carry(message);
  }

  /** Whoever hears of it tries until the log has it. */
  async function carry(message: Message): Promise<void> {
    const hearer = pick(chance, hearers);
    for (;;) {
      if (await hearer?.hear(message)) break;
      await time.pause(RETRY_MS);
    }
    longestMs = Math.max(longestMs, time.now() - (message.createdAt?.getTime() ?? 0));
  }

  return {
    written,
    longestMs: () => longestMs,
    async close() {
      over.abort();
      await running;
      await Promise.all(echoes);
    },
  };
}
