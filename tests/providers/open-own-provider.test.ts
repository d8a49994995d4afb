// What the author of a provider did wrong is said when it is opened, with its name and without its secrets.

import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checkProviders } from '../../src/commands/check.ts';
import { composeGateway } from '../../src/compose.ts';
import type { OwnKind } from '../../src/config/own-kind.ts';
import { secret } from '../../src/config/secret.ts';
import { defineProvider } from '../../src/define-provider.ts';
import { success } from '../../src/domain/failure.ts';
import { providerName } from '../../src/domain/ids.ts';

const HIDDEN = 'sk-very-hidden';

const LIST = {
  support: 'NATIVE',
  note: null,
  paging: 'token',
  order: 'by-time',
  filters: {
    channel: 'lacking',
    contactId: 'lacking',
    tags: 'lacking',
    status: 'lacking',
    archived: 'lacking',
    important: 'lacking',
    createdAfter: 'scanned',
    createdBefore: 'scanned',
    search: 'scanned',
  },
  does: async () => success({ items: [], next: null }),
} as const;

const DELETE = { support: 'NATIVE', note: null, does: async () => success(null) } as const;

/** As JavaScript has it: `open` is whatever its author wrote. */
function opened(open: unknown) {
  const typed = defineProvider({
    kind: 'acme',
    settings: z.object({ token: z.string() }),
    secrets: ['token'],
    origin: 'http://127.0.0.1:9',
    open: () => ({}),
  });
  const definition: OwnKind = Object.assign({ ...typed }, { open });
  return composeGateway(
    {
      kind: 'configured',
      providers: [
        {
          kind: 'generic',
          of: 'acme',
          name: providerName('shop'),
          deadlineMs: 2500,
          replyDeadlineMs: 30_000,
          settings: { token: secret(HIDDEN) },
          definition,
        },
      ],
      server: { host: '127.0.0.1', port: 0, cursorSecret: secret('of a test') },
      log: { level: 'silent' },
    },
    {
      log: { debug() {}, info() {}, warn() {}, error() {} },
      clock: Date.now,
      randomSecret: () => 'of a test',
    },
  );
}

describe('a provider of one’s own', () => {
  it('opens with the verbs that are given, and refuses all others in one sentence', async () => {
    const { gateway, close } = await opened(() => ({ CONVERSATION_LIST: LIST }));

    const [provider] = gateway.providers;
    await close();

    expect(provider).toMatchObject({ name: 'shop', kind: 'acme', deadlineMs: 2500 });
    const { CONVERSATION_LIST: list, ...others } = provider?.can ?? {};
    expect(list).toEqual({ ...LIST, does: expect.any(Function) });
    expect(Object.values(others)).toHaveLength(20);
    expect(new Set(Object.values(others).map((entry) => JSON.stringify(entry)))).toEqual(
      new Set([
        JSON.stringify({
          support: 'NONE',
          note: 'shop is of the kind acme, which does not do this: look at its capabilities for what it does.',
        }),
      ]),
    );
  });
});

describe('a check', () => {
  it('does not say that a provider answers which has no list to be asked for', async () => {
    const { gateway, close } = await opened(() => ({ CONVERSATION_DELETE: DELETE }));

    const checked = await checkProviders(gateway);
    await close();

    expect(checked).toEqual([
      { good: true, sentence: 'shop (acme): opens; it has no list to be asked for.' },
    ]);
  });
});

describe('a page that its author got wrong', () => {
  const row = { provider: 'shop', nativeId: 'a', sortedAt: new Date(0), tags: [] };

  it.each<readonly [string, unknown]>([
    ['nothing', undefined],
    ['no outcome', { items: [], next: null }],
    ['no rows', success({ next: null })],
    ['a failure of no kind', { ok: false }],
    ['a row without an id', success({ items: [{ ...row, nativeId: '' }], next: null })],
    ['a time as a text', success({ items: [{ ...row, sortedAt: '2026-01-01' }], next: null })],
    ['a time that is none', success({ items: [{ ...row, sortedAt: new Date('x') }], next: null })],
    ['a row of another', success({ items: [{ ...row, provider: 'site' }], next: null })],
    ['a token that is none', success({ items: [row], next: 2 })],
  ])('fails its own part of the list, and no more (%s)', async (_what, answer) => {
    const { gateway, close } = await opened(() => ({
      CONVERSATION_LIST: { ...LIST, does: async () => answer },
    }));

    const page = await gateway.listConversations(
      { first: 5, after: null, filter: {} },
      { signal: new AbortController().signal, reads: new Map() },
    );
    await close();

    expect(page).toMatchObject({
      ok: true,
      value: { sources: [{ status: 'FAILED', failure: { kind: 'unavailable' } }] },
    });
  });
});

const BEFORE = 'Provider shop cannot be opened: the kind acme ';
const TABLE = `${BEFORE}returns from \`open\` what is no table of verbs: `;

const MISTAKES: [what: string, open: unknown, sentence: string][] = [
  ['is not there', undefined, `${BEFORE}has no \`open\`. Give it one that returns what it can do.`],
  [
    'throws',
    ({ settings }: { settings: { token: { reveal(): string } } }) => {
      throw new TypeError(`no ${settings.token.reveal()} here`);
    },
    `${BEFORE}throws in \`open\` (TypeError: no «redacted» here). Correct that, or the settings it does not bear.`,
  ],
  ['returns nothing', () => {}, `${TABLE}it must be an object, and no promise of one.`],
  [
    'returns a promise',
    async () => ({ CONVERSATION_LIST: LIST }),
    `${TABLE}it must be given at once, and a promise is not: ask the service in a verb.`,
  ],
  [
    'names a verb that is none',
    () => ({ CONVERSATIONS_LIST: LIST }),
    `${TABLE}CONVERSATIONS_LIST is no verb, CONVERSATION_LIST may be meant.`,
  ],
  [
    'gives a verb nothing',
    () => ({ CONVERSATION_LIST: undefined }),
    `${TABLE}CONVERSATION_LIST is wrong (Invalid input: expected object, received undefined).`,
  ],
  [
    'gives a verb that does nothing',
    () => ({ CONVERSATION_DELETE: { ...DELETE, does: 'delete' } }),
    `${TABLE}CONVERSATION_DELETE.does is wrong (a function is expected).`,
  ],
  [
    'gives a support there is not',
    () => ({ CONVERSATION_DELETE: { ...DELETE, support: 'SOMETIMES' } }),
    `${TABLE}CONVERSATION_DELETE.support is wrong (Invalid option: expected one of "NATIVE"|"EMULATED").`,
  ],
  [
    'refuses without a sentence',
    () => ({ MESSAGE_RATE: { support: 'NONE' } }),
    `${TABLE}MESSAGE_RATE.note is wrong (Invalid input: expected string, received undefined).`,
  ],
  [
    'does not say how it pages',
    () => ({ CONVERSATION_LIST: { ...LIST, paging: 'scroll' } }),
    `${TABLE}CONVERSATION_LIST.paging is wrong (Invalid option: expected one of "token"|"last-id"|"offset"|"page-number").`,
  ],
  [
    'forgets a filter',
    () => ({ CONVERSATION_LIST: { ...LIST, filters: { ...LIST.filters, search: undefined } } }),
    `${TABLE}CONVERSATION_LIST.filters.search is wrong (Invalid option: expected one of "pushed"|"scanned"|"lacking").`,
  ],
  [
    'composes of a verb it lacks',
    () => ({
      CONVERSATION_LIST: LIST,
      CONVERSATION_GET_OR_CREATE: {
        support: 'EMULATED',
        note: null,
        fields: [],
        matches: 'contact',
      },
    }),
    `${TABLE}CONVERSATION_GET_OR_CREATE has \`matches\`, and for that CONVERSATION_CREATE must be there.`,
  ],
];

describe('a mistake in open', () => {
  it.each(MISTAKES)(
    'is told to the operator with the name of the provider: it %s',
    async (...row) => {
      const [, open, sentence] = row;

      await expect(opened(open)).rejects.toThrow(new Error(sentence));
    },
  );
});
