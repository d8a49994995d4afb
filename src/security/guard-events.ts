// What is told, told to fewer. It ends, and hears of its end, as what it is made of does.

import type { Told } from '../gateway/live/subscribe.ts';

/** What becomes of each; undefined where it is not for them. */
export type Sift = (told: Told) => Told | undefined | Promise<Told | undefined>;

/** No generator: one that waits for what comes next hears of its end only with that. */
export function sifted(told: AsyncIterable<Told>, sift: Sift): AsyncIterableIterator<Told> {
  const source = told[Symbol.asyncIterator]();
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      for (;;) {
        const result = await source.next();
        if (result.done) return { done: true, value: undefined };
        const shown = await sift(result.value);
        if (shown) return { done: false, value: shown };
      }
    },
    async return() {
      await source.return?.();
      return { done: true, value: undefined };
    },
  };
}
