// What is kept for subscriptions and how often is looked: what may be said of it, and what is said to mistakes.

import { describe, expect, it } from 'vitest';
import { configOf, loadYaml, messagesOf } from './folder.ts';

const PROVIDERS = 'providers: { good: { kind: chatbotkit, secret: s } }';

describe('the section events', () => {
  it('may be left out', async () => {
    expect(configOf(await loadYaml(PROVIDERS)).events).toBeUndefined();
  });

  it('holds what was said, and no more, frozen', async () => {
    const config = configOf(
      await loadYaml(
        `${PROVIDERS}\nevents: { retention: { ageMs: 3600000 }, polling: { watchedMs: "\${WATCHED}", inboxMs: 30000 } }`,
        { WATCHED: '500' },
      ),
    );

    expect(config.events).toEqual({
      retention: { ageMs: 3_600_000 },
      polling: { watchedMs: 500, inboxMs: 30_000 },
    });
    expect(Object.isFrozen(config.events?.polling)).toBe(true);
  });

  it.each<[string, ...string[]]>([
    ['events: 5', 'events must be a mapping: give it retention, polling, or remove it.'],
    [
      'events: { retention: 5, polling: [] }',
      'events.retention must be a mapping: give it ageMs, length, or remove it.',
      'events.polling must be a mapping: give it watchedMs, inboxMs, or remove it.',
    ],
    [
      'events: { retentoin: {}, polling: { watched: 1 } }',
      'events.retentoin is not a setting: write retention instead, or remove it.',
      'events.polling.watched is not a setting: write watchedMs instead, or remove it.',
    ],
    [
      'events: { retention: { ageMs: 0, length: many }, polling: { watchedMs: 1.5, inboxMs: } }',
      'events.retention.ageMs must be a time in milliseconds: write a whole number from 1 to 2147483647.',
      'events.retention.length must be a number of events: write a whole number from 1 to 10000000.',
      'events.polling.watchedMs must be a time in milliseconds: write a whole number from 1 to 2147483647.',
      'events.polling.inboxMs is empty: give it a time in milliseconds.',
    ],
  ])('has each mistake named, with the fix: %j', async (text, ...sentences) => {
    expect(messagesOf(await loadYaml(`${PROVIDERS}\n${text}`))).toEqual(sentences);
  });
});
