// What is kept of answers and how long: what may be said of it, and what is said to mistakes.

import { describe, expect, it } from 'vitest';
import { configOf, loadYaml, messagesOf } from './folder.ts';

const PROVIDERS = 'providers: { good: { kind: chatbotkit, secret: s } }';

describe('the section cache', () => {
  it('may be left out', async () => {
    expect(configOf(await loadYaml(PROVIDERS)).cache).toBeUndefined();
  });

  it.each(['false', '"${CACHE}"'])('may be %s: nothing is kept', async (said) => {
    const loaded = await loadYaml(`${PROVIDERS}\ncache: ${said}`, { CACHE: 'false' });
    expect(configOf(loaded).cache).toBe(false);
  });

  it('holds what was said, and no more, frozen', async () => {
    const config = configOf(
      await loadYaml(
        `${PROVIDERS}\ncache: { memoryMb: "\${MB}", conversations: { freshMs: 0, graceMs: 60000 } }`,
        { MB: '128' },
      ),
    );

    expect(config.cache).toEqual({
      memoryMb: 128,
      conversations: { freshMs: 0, graceMs: 60_000 },
    });
    expect(Object.isFrozen(config.cache)).toBe(true);
  });

  it.each<[string, ...string[]]>([
    [
      'cache: true',
      'cache must be false, to have each query ask, or a mapping: give it memoryMb, conversations, conversation, messages, message, participants, or remove it.',
    ],
    [
      'cache: { memory: 5, messages: 5, message: { fresh: 1 } }',
      'cache.memory is not a setting: write memoryMb instead, or remove it.',
      'cache.message.fresh is not a setting: write freshMs instead, or remove it.',
      'cache.messages must be a mapping: give it freshMs, staleMs, graceMs, or remove it.',
    ],
    [
      'cache: { memoryMb: 0, participants: { staleMs: -1 } }',
      'cache.memoryMb must be a number of megabytes: write a whole number from 1 to 1000000.',
      'cache.participants.staleMs must be a time in milliseconds: write a whole number from 0 to 2147483647.',
    ],
  ])('has each mistake named, with the fix: %j', async (text, ...sentences) => {
    expect(messagesOf(await loadYaml(`${PROVIDERS}\n${text}`))).toEqual(sentences);
  });
});
