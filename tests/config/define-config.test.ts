// What a parlance.config.ts author gets from the compiler: each kind's own settings, and no others.

import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import {
  type ConfigInput,
  type Credential,
  defineConfig,
  defineProvider,
  type ProviderInput,
} from '../../src/index.ts';

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

  it('types an account of a kind of one’s own by what its schema takes', () => {
    const config = defineConfig({
      kinds: [acme],
      providers: {
        shop: { kind: 'acme', token: '${TOKEN}', deadlineMs: 500 },
        // @ts-expect-error: a shop is of a kind that says its token
        dumb: { kind: 'acme', city: 'Oslo' },
        // @ts-expect-error: there is no such kind
        none: { kind: 'acmee', token: 't' },
      },
    });

    expect(config.kinds).toEqual([acme]);
  });
});

describe('defineProvider', () => {
  it('gives what it was given, and nobody changes it', () => {
    expect(acme).toMatchObject({ kind: 'acme', secrets: ['token', 'spare'] });
    expect(Object.isFrozen(acme)).toBe(true);
  });

  it('hands each setting over as its schema makes it, and a secret as a credential', () => {
    defineProvider({
      kind: 'acme',
      settings,
      secrets: ['token', 'spare'],
      origin: 'https://api.acme.example',
      open(account) {
        expectTypeOf(account.settings.token).toEqualTypeOf<Credential>();
        expectTypeOf(account.settings.spare).toEqualTypeOf<Credential | undefined>();
        expectTypeOf(account.settings.city).toEqualTypeOf<string>();
        return {};
      },
    });
    defineProvider({
      kind: 'acme',
      settings,
      // @ts-expect-error: there is no such setting
      secrets: ['tokens'],
      origin: 'https://api.acme.example',
      open: () => ({}),
    });

    expect(acme.kind).toBe('acme');
  });

  it('knows the verbs there are, and what each entry has', () => {
    const half = { kind: 'acme', settings, origin: 'https://api.acme.example' } as const;

    defineProvider({
      ...half,
      open: () => ({ MESSAGE_RATE: { support: 'NONE', note: 'Nobody rates.' } }),
    });
    defineProvider({
      ...half,
      // @ts-expect-error: a verb that is there does something
      open: () => ({ MESSAGE_DELETE: { support: 'NATIVE', note: null } }),
    });

    expect(half.kind).toBe('acme');
  });
});

const settings = z.object({
  token: z.string(),
  spare: z.string().optional(),
  city: z.string().default('Oslo'),
});

const acme = defineProvider({
  kind: 'acme',
  settings,
  secrets: ['token', 'spare'],
  origin: 'https://api.acme.example',
  open: () => ({}),
});
