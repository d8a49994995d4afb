// What one caller may have and spend, and who stands before the gateway: what may be said of it, and what is said to mistakes.

import { describe, expect, it } from 'vitest';
import { configOf, loadYaml, messagesOf } from './folder.ts';

const PROVIDERS =
  'providers: { good: { kind: chatbotkit, secret: s } }\nauth: { keys: ./keys.json }';

describe('the share of a caller', () => {
  it('may be left out', async () => {
    expect(configOf(await loadYaml(PROVIDERS)).limits).toBeUndefined();
  });

  it('holds what was said, and no more, frozen', async () => {
    const limits = {
      rate: { points: 100 },
      socketsPerCaller: 5,
      subscriptionsPerCaller: 6,
      operationsPerCaller: 7,
    };

    const config = configOf(
      await loadYaml(
        `${PROVIDERS}\nlimits: { rate: { points: "\${POINTS}" }, socketsPerCaller: 5, subscriptionsPerCaller: 6, operationsPerCaller: 7 }`,
        { POINTS: '100' },
      ),
    );

    expect(config.limits).toEqual(limits);
    expect(Object.isFrozen(config.limits?.rate)).toBe(true);
  });

  it.each<[string, ...string[]]>([
    [
      'limits: { rate: 5 }',
      'limits.rate must be a mapping: give it points, perSeconds, or remove it.',
    ],
    [
      'limits: { rate: { point: 5 }, socketPerCaller: 5 }',
      'limits.socketPerCaller is not a setting: write socketsPerCaller instead, or remove it.',
      'limits.rate.point is not a setting: write points instead, or remove it.',
    ],
    [
      'limits: { rate: { points: 0, perSeconds: 0 }, socketsPerCaller: 0 }',
      'limits.rate.points must be a number: write a whole number from 1 to 1000000.',
      'limits.rate.perSeconds must be a time in seconds: write a whole number from 1 to 86400.',
      'limits.socketsPerCaller must be a number: write a whole number from 1 to 1000000.',
    ],
  ])('has each mistake named, with the fix: %j', async (text, ...sentences) => {
    expect(messagesOf(await loadYaml(`${PROVIDERS}\n${text}`))).toEqual(sentences);
  });
});

describe('the proxies before a gateway', () => {
  it('are as many as was said', async () => {
    const { server } = configOf(await loadYaml(`${PROVIDERS}\nserver: { trustProxy: 2 }`));

    expect(server.trustProxy).toBe(2);
  });

  it.each(['-1', 'true', '11', '10.0.0.0/8'])('cannot be %s', async (said) => {
    expect(messagesOf(await loadYaml(`${PROVIDERS}\nserver: { trustProxy: ${said} }`))).toEqual([
      'server.trustProxy must be a number of proxies: write a whole number from 0 to 10.',
    ]);
  });
});
