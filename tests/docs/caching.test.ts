// docs/caching.md and parlance.config.example.yaml: the times they name are the times there are.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { KEPT_KINDS, timesOf } from '../../src/gateway/reads/keeping-times.ts';

const root = new URL('../../', import.meta.url);
const usual = timesOf();

/** How the table calls each of them. */
const NAMES = {
  conversations: 'a page of conversations',
  conversation: 'one conversation',
  messages: 'a page of messages',
  message: 'one message',
  participants: 'participants',
} as const;

describe('what is said of how long answers are kept', () => {
  it.each(KEPT_KINDS)('is so for %s in docs/caching.md', (kind) => {
    const page = readFileSync(new URL('docs/caching.md', root), 'utf8');
    const row = page.split('\n').find((line) => (line.split('|')[1] ?? '').includes(NAMES[kind]));
    const said = (row ?? '').split('|').slice(2, 5);

    const { freshMs, staleMs, graceMs } = usual(kind);
    expect(said.map((cell) => Number(/\d+/.exec(cell)?.[0] ?? 0))).toEqual([
      freshMs / 1000,
      staleMs / 1000,
      graceMs / 3_600_000,
    ]);
  });

  it('is so in the example of a config', () => {
    const text = readFileSync(new URL('parlance.config.example.yaml', root), 'utf8');

    expect(parse(text).cache.conversations).toEqual(usual('conversations'));
  });
});
