// Those who look once they are told: at the gateway that told them, and at another one with the cursor that came along.

import { type Chance, pick } from '../../emulators/story/chance.ts';
import { look, type SignsIn } from './clients.ts';
import type { Seen } from './history.ts';
import type { Desk } from './watchers.ts';

export interface Lookers {
  /** All that they saw so far. */
  readonly reads: readonly Seen[];
  /** The same desk, at which some of those who listen look too. */
  at(url: string, desk: Desk): Desk;
}

/** One in so many that are told: each looks twice, and a message is told to many. */
const LOOKS = 6;

export function openLookers({
  urls,
  chance,
  now,
  signsIn,
}: {
  readonly urls: readonly string[];
  readonly chance: Chance;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly signsIn?: SignsIn | undefined;
}): Lookers {
  const reads: Seen[] = [];

  async function see(url: string, { conversation, id, by, cursor }: Told): Promise<void> {
    const shown = await look(url, conversation, {
      ...(cursor === undefined ? {} : { after: cursor }),
      ...(signsIn && { signsIn }),
    });
    // Who is not answered was not told anything old.
    if (shown) reads.push({ at: now(), conversation, id, by, shown });
  }

  return {
    reads,
    at: (url, desk) => ({
      ...desk,
      listen: (asked, hear, signal) =>
        desk.listen(
          asked,
          (heard) => {
            hear(heard);
            if (heard.type !== 'message' || chance() * LOOKS >= 1) return;
            const { conversation, id, cursor } = heard;
            const told = { conversation, id };
            void see(url, { ...told, by: 'the gateway that told' });
            void see(pick(chance, urls) ?? url, { ...told, by: 'its cursor', cursor });
          },
          signal,
        ),
    }),
  };
}

interface Told extends Pick<Seen, 'conversation' | 'id' | 'by'> {
  readonly cursor?: string;
}
