// Whatever a provider says of its own can be shown once it is redacted: no credential stays, and all else does.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redacted } from '../../src/domain/redaction.ts';

const REDACTED = '«redacted»';
const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1c2VyXzEifQ.c2lnbmF0dXJl_-x';

/** Pieces that stand next to one another in every way, so that what one mask leaves meets the next. */
const pieces = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'Bearer ',
        'bearer ',
        'sk-',
        'oaac-',
        'bp_pat_',
        JWT,
        'eyJ',
        '.',
        '-',
        '//',
        ':',
        '@',
        ' ',
        'https://',
        'user:pass@',
        '?',
        '&',
        '#',
        '=',
        'token=',
        'api_key=',
        '«',
        REDACTED,
        '"',
      ),
      fc.stringMatching(/^[a-z0-9]{1,20}$/),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

const keys = fc.oneof(
  fc.string(),
  fc.constantFrom('token', 'apiKey', 'tokens', 'tokenCount', '__proto__', 'constructor', 'name'),
);

const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom(null, true, false),
    fc.double(),
    fc.string(),
    pieces,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(keys, tie('value'), { maxKeys: 4 }),
  ),
})).value;

describe('redaction', () => {
  it('hides what holds a credential where tokens would be counted', () => {
    const once = redacted({ token: { apiKey: 0 } });

    expect(once).toEqual({ token: '«redacted»' });
    expect(redacted(once)).toEqual(once);
  });

  it('of any JSON ends, changes nothing of what it was given, and done again changes nothing', () => {
    fc.assert(
      fc.property(json, (value) => {
        const before = structuredClone(value);

        const once = redacted(value);

        expect(value).toEqual(before);
        expect(redacted(once)).toEqual(once);
      }),
      { numRuns: 2000 },
    );
  });

  it('keeps everything that neither is named like a credential nor looks like one', () => {
    const word = fc
      .stringMatching(/^[A-Za-z0-9 äß!,]{0,30}$/)
      .filter((text) => !/bearer/i.test(text));
    const plain = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        fc.constantFrom(null, true, false),
        fc.double(),
        word,
        fc.array(tie('value')),
        fc.dictionary(
          fc.constantFrom(
            'id',
            'name',
            'payload',
            'tokenCount',
            'keys',
            'meta',
            '__proto__',
            'monkey',
          ),
          tie('value'),
          { noNullPrototype: true },
        ),
      ),
    })).value;

    fc.assert(
      fc.property(plain, (value) => {
        expect(redacted(value)).toStrictEqual(value);
      }),
    );
  });

  it.each([
    'token',
    'accessToken',
    'access_token',
    'refresh-token',
    'accesstoken',
    'ACCESS_TOKEN',
    'tokens',

    'secret',
    'clientSecret',
    'webhook_secret',
    'x-secret-key',
    'password',
    'passwordHash',
    'Passwd',

    'authorization',
    'Authorization',
    'proxy-authorization',
    'cookie',
    'Set-Cookie',
    'credentials',
    'apiKey',
    'api_key',
    'x-api-key',
    'APIKey',
    'apikey',
    'apiKeys',
    'apiKey2',
    'privateKey',
    'private-key',
    'access key',
    'signingKey',
    'jwt',
    'x-user-key',
  ])('takes away what stands under %s, whatever it is', (key) => {
    for (const value of ['hunter2', '', 4711.5, ['a', 'b'], { inner: 'hunter2' }]) {
      const given = { before: 1, in: [{ [key]: value }], after: 'x' };
      const isCount = /tokens?$/i.test(key) && typeof value === 'number';
      const kept = isCount ? value : REDACTED;
      expect.soft(redacted(given)).toEqual({ before: 1, in: [{ [key]: kept }], after: 'x' });
    }
    expect(redacted({ [key]: null })).toEqual({ [key]: null });
    expect(redacted({ [key]: false })).toEqual({ [key]: false });
  });

  it.each([
    { tokens: 12 },
    { token: 12 },
    { tokens: { input: 12, output: 3, cached: null } },
    { tokenCount: 12 },
    { tokenCount: 'twelve' },
    { maxTokens: 256 },
    { tokenType: 'user' },
    { secretId: 'secret_1' },
    { secretary: 'Ada' },
    { key: 'plan' },
    { monkey: 'George' },
    { keyboard: 'qwerty' },
    { customerKey: 'c_1' },
  ])('leaves %j as it is', (value) => {
    expect(redacted(value)).toEqual(value);
  });

  it('takes a whole object away where its numbers are not all it holds', () => {
    expect(redacted({ tokens: { count: 2, first: 'hunter2' } })).toEqual({ tokens: REDACTED });
  });

  it.each([
    [`see ${JWT}, please`, `see ${REDACTED}, please`],
    ['Authorization: Bearer abc', `Authorization: Bearer ${REDACTED}`],
    ['bearer 0123456789abcdef0123', `bearer ${REDACTED}`],
    ['my key is sk-live_0123456789.', `my key is ${REDACTED}.`],
    ['(oaac-0123456789)', `(${REDACTED})`],
    ['bp_pat_0123456789', REDACTED],
    ['https://ada:hunter2@example.com/a?b=c', `https://${REDACTED}@example.com/a?b=c`],
    ['https://ada:hun@ter2@example.com/', `https://${REDACTED}@example.com/`],
    [
      'https://a.example/x?plan=pro&token=abc#top',
      `https://a.example/x?plan=pro&token=${REDACTED}#top`,
    ],
    ['/cb#access_token=abc&state=1', `/cb#access_token=${REDACTED}&state=1`],
    ['https://a.example/?api-key=abc def', `https://a.example/?api-key=${REDACTED} def`],
    ['https://a.example/?clientSecret=a%20b', `https://a.example/?clientSecret=${REDACTED}`],
  ])('masks the credential in %s, in its place', (text, masked) => {
    expect(redacted({ deep: [[text]] })).toEqual({ deep: [[masked]] });
    expect(redacted(text)).toBe(masked);
  });

  it.each([
    'the bearer of this letter',
    'sk-SK',
    'task-0123456789012',
    'a.b.c',
    'www.example.com',

    'https://example.com:8080/@ada',
    'mailto:ada@example.com',
    '//@',
    'https://ada@example.com/',

    'https://a.example/?page=2&tokenCount=3',
    'What is a token? secret=no',
    '1.2.3',
    'eyes.on.me',
  ])('leaves the words %s as they are', (text) => {
    expect(redacted(text)).toBe(text);
  });

  it('shows nothing of what lies too deep to be looked at', () => {
    const depth = 100_000;
    const deep = JSON.parse(`${'['.repeat(depth)}"hunter2"${']'.repeat(depth)}`);

    const shown = JSON.stringify(redacted(deep));

    expect(shown).toBe(`${'['.repeat(64)}"«too deep»"${']'.repeat(64)}`);
  });

  it.each([
    'ey',
    'eyJ-',
    'eyJa.',
    'sk-',
    '//:',
    '//:@',
    'Bearer ',
    '?a',
    '?token=',
    'Aa',
    'A',
    '1',
    ' ',
  ])(
    'reads a text of many %j in no time out of proportion',
    (piece) => {
      const text = piece.repeat(Math.ceil(1_000_000 / piece.length));
      const beganMs = performance.now();

      redacted({ [text]: text });

      expect(performance.now() - beganMs).toBeLessThan(2_000);
    },
    20_000,
  );
});
