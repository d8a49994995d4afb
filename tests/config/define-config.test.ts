// What a parlance.config.ts author gets from the compiler: each kind's own settings, and no others.

import { describe, expect, expectTypeOf, it } from 'vitest';
import { type ConfigInput, defineConfig, type ProviderInput } from '../../src/index.ts';

describe('defineConfig', () => {
  it('returns what it was given', () => {
    const config: ConfigInput = { providers: { a: { kind: 'chatbotkit', secret: '${SECRET}' } } };

    expect(defineConfig(config)).toBe(config);
  });

  it('types each provider by its kind', () => {
    type Of<Kind extends ProviderInput['kind']> = Extract<ProviderInput, { kind: Kind }>;

    expectTypeOf<keyof Of<'chatling'>>().toEqualTypeOf<
      | 'kind'
      | 'token'
      | 'chatbotId'
      | 'aiModelId'
      | 'languageId'
      | 'url'
      | 'deadlineMs'
      | 'replyDeadlineMs'
    >();
    expectTypeOf<Extract<ProviderInput, { via: 'pinkfish' }>>().toHaveProperty('pcid');
    expectTypeOf<Of<'botpress'>>().toHaveProperty('webhookSecret');
    expectTypeOf<Of<'stack-auth'>>().not.toHaveProperty('token');
  });

  it('refuses what no provider of that kind has', () => {
    const config = defineConfig({
      providers: {
        // @ts-expect-error: a chatling provider has a chatbotId, and no botId
        help: { kind: 'chatling', token: 't', botId: 'b' },
      },
    });

    expect(Object.keys(config)).toEqual(['providers']);
  });
});
